//! What can go wrong before a message is handed over, and what staff should do about it.
//!
//! Failures *during* a hand-over are not errors but answers: see [`Handover`](super::Handover).

use std::fmt;
use std::path::PathBuf;

use crate::files::Unreadable;

/// Who has to act on an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// The cause may pass; the same call may succeed later.
    Retry,
    /// Settings, templates or the record must be mended by a person.
    AskPerson,
    /// The program contradicts itself; report it.
    ReportBug,
}

/// The place an unusable text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `mail.from`
    From,
    /// `mail.from_name`
    FromName,
    /// `mail.reply_to`
    ReplyTo,
    /// `mail.smtp.host`
    Host,
    /// `mail.smtp.helo`
    Helo,
    /// `mail.smtp.port`
    Port,
    /// `mail.smtp.timeout_seconds`
    Timeout,
    /// `mail.smtp.patience_minutes`
    Patience,
    /// The recipient's address in the record.
    Recipient,
    /// The addressee's name in the greeting.
    AddresseeName,
    /// The addressee's honorific in the greeting.
    Honorific,
    /// A line of the society's profile.
    Society,
    /// The letter's id.
    LetterId,
    /// The document number.
    DocumentNumber,
    /// The attachment's file name.
    AttachmentName,
    /// The name of the message (and of its `.eml` file).
    MessageName,
    /// The Message-ID.
    MessageId,
    /// The subject a template produced.
    Subject,
    /// The body a template produced.
    Body,
}

impl Field {
    /// The field as staff know it.
    fn label(self) -> &'static str {
        match self {
            Self::From => "設定 mail.from（差出人アドレス）",
            Self::FromName => "設定 mail.from_name（差出人名）",
            Self::ReplyTo => "設定 mail.reply_to（返信先アドレス）",
            Self::Host => "設定 mail.smtp.host（メールサーバー名）",
            Self::Helo => "設定 mail.smtp.helo（名乗り）",
            Self::Port => "設定 mail.smtp.port（ポート番号）",
            Self::Timeout => "設定 mail.smtp.timeout_seconds（待ち時間）",
            Self::Patience => "設定 mail.smtp.patience_minutes（つながるのを待つ時間）",
            Self::Recipient => "宛先メールアドレス",
            Self::AddresseeName => "宛名",
            Self::Honorific => "敬称",
            Self::Society => "組合情報（profile.toml）",
            Self::LetterId => "文書ID",
            Self::DocumentNumber => "文書番号",
            Self::AttachmentName => "添付ファイル名",
            Self::MessageName => "メールの整理名",
            Self::MessageId => "メッセージID",
            Self::Subject => "メールの件名",
            Self::Body => "メールの本文",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::From => "mail.from",
            Self::FromName => "mail.from_name",
            Self::ReplyTo => "mail.reply_to",
            Self::Host => "mail.smtp.host",
            Self::Helo => "mail.smtp.helo",
            Self::Port => "mail.smtp.port",
            Self::Timeout => "mail.smtp.timeout_seconds",
            Self::Patience => "mail.smtp.patience_minutes",
            Self::Recipient => "recipient address",
            Self::AddresseeName => "addressee name",
            Self::Honorific => "honorific",
            Self::Society => "society profile",
            Self::LetterId => "letter id",
            Self::DocumentNumber => "document number",
            Self::AttachmentName => "attachment name",
            Self::MessageName => "message name",
            Self::MessageId => "message id",
            Self::Subject => "subject",
            Self::Body => "body",
        })
    }
}

/// An error of settings, templates or composition. It never carries the offending text: that may be
/// personal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// Not one plain ASCII mail address (RFC 5321, at most 254 bytes).
    #[error("{field}: not a usable mail address")]
    BadAddress {
        /// Where it stood.
        field: Field,
    },
    /// Empty, or holds a line break, another control character or a direction override.
    #[error("{field}: must be one non-empty line without control characters")]
    BadLine {
        /// Where it stood.
        field: Field,
    },
    /// Not in the narrow form this field needs (name, host, id or number).
    #[error("{field}: not in the required form")]
    BadForm {
        /// Where it stood.
        field: Field,
    },
    /// `transport = "smtp"` without a `[mail.smtp]` section.
    #[error("mail.transport is smtp but [mail.smtp] is missing")]
    SmtpMissing,
    /// `username` without `password_file`, or the other way round.
    #[error("mail.smtp.username and mail.smtp.password_file must be given together")]
    HalfCredentials,
    /// The password file cannot be read, or is empty.
    #[error("password file {path} cannot be used")]
    Password {
        /// As in the settings.
        path: PathBuf,
        /// Why; `None` when the file is empty or holds more than one line.
        source: Option<std::io::Error>,
    },
    /// The extra root certificate cannot be read, or holds no certificate.
    #[error("root certificate file {path} cannot be used")]
    RootCertificate {
        /// As in the settings.
        path: PathBuf,
        /// Why; `None` when it holds no PEM certificate.
        source: Option<std::io::Error>,
    },
    /// TLS could not be set up from host and certificates.
    #[error("TLS cannot be set up")]
    Tls(#[source] tokio_rustls::rustls::Error),
    /// The folder for `.eml` files cannot be made or opened.
    #[error("outbox folder {path} cannot be used")]
    Outbox {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A template folder or file cannot be read.
    #[error("mail template cannot be read")]
    TemplateFile {
        /// The folder or file, and why.
        source: Unreadable,
    },
    /// A template does not compile, or asks for something it is not given.
    #[error("mail template {name} line {line}: {kind}")]
    Template {
        /// `<folder>/<file>`.
        name: String,
        /// Line, from 1; 0 when unknown.
        line: usize,
        /// The engine's kind of error; its message is left out because it may quote a name.
        kind: minijinja::ErrorKind,
    },
    /// A template makes a longer text than any mail has.
    #[error("mail template {name} makes more than {most_kib} KiB")]
    TooLong {
        /// `<folder>/<file>`.
        name: String,
        /// What a text may have, in KiB.
        most_kib: usize,
    },
    /// No folder of that name was there when the templates were compiled.
    #[error("no mail template named {name:?}")]
    UnknownTemplate {
        /// The name asked for.
        name: String,
    },
    /// The attachment does not begin like a PDF.
    #[error("the attachment is not a PDF")]
    NotPdf,
    /// The date lies outside 1970–9999.
    #[error("the message date lies outside 1970-9999")]
    BadDate,
    /// The finished message could not be built, or breaks the rules of the wire.
    #[error("the message could not be built: {0}")]
    Build(&'static str),
}

impl MailError {
    /// Whether the wording has to be mended, and not the record.
    pub fn concerns_template(&self) -> bool {
        matches!(
            self,
            Self::TemplateFile { .. }
                | Self::Template { .. }
                | Self::TooLong { .. }
                | Self::UnknownTemplate { .. }
                | Self::BadLine {
                    field: Field::Subject | Field::Body
                }
        )
    }

    /// Who has to act.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Outbox { .. } => Remedy::Retry,
            Self::BadForm {
                field:
                    Field::AttachmentName | Field::MessageName | Field::MessageId | Field::LetterId,
            }
            | Self::UnknownTemplate { .. }
            | Self::NotPdf
            | Self::BadDate
            | Self::Build(_) => Remedy::ReportBug,
            Self::BadAddress { .. }
            | Self::BadLine { .. }
            | Self::BadForm { .. }
            | Self::SmtpMissing
            | Self::HalfCredentials
            | Self::Password { .. }
            | Self::RootCertificate { .. }
            | Self::Tls(_)
            | Self::TemplateFile { .. }
            | Self::Template { .. }
            | Self::TooLong { .. } => Remedy::AskPerson,
        }
    }

    /// What happened and what to do next, in Japanese, for staff.
    pub fn staff_message(&self) -> String {
        match self {
            Self::BadAddress { field } => format!(
                "{}がメールアドレスとして使えません。半角英数字の「名前@ドメイン」の形に直してください。\
                 「@」の直前や連続した「.」を含む携帯電話の旧式アドレスには送れません。",
                field.label()
            ),
            Self::BadLine { field } => format!(
                "{}が空か、改行などの制御文字を含んでいます。1行の文字に直してください。",
                field.label()
            ),
            Self::BadForm { field } => {
                format!("{}の形が正しくありません。説明書の書式に合わせて直してください。", field.label())
            }
            Self::SmtpMissing => {
                "メールの送り方が smtp になっていますが、[mail.smtp] の設定がありません。設定ファイルに追加してください。"
                    .to_owned()
            }
            Self::HalfCredentials => {
                "mail.smtp の username と password_file は、両方を書くか、両方を省いてください。".to_owned()
            }
            Self::Password { path, .. } => format!(
                "メールサーバーのパスワードファイル {} を読めないか、中身が1行ではありません。場所・権限・中身を確かめてください。",
                path.display()
            ),
            Self::RootCertificate { path, .. } => format!(
                "証明書ファイル {} を読めないか、PEM形式の証明書が入っていません。メールサーバーの管理者に確かめてください。",
                path.display()
            ),
            Self::Tls(_) => {
                "メールサーバーとの暗号化通信を準備できません。mail.smtp の host と ca_file を確かめてください。".to_owned()
            }
            Self::Outbox { path, .. } => format!(
                "メールの書き出し先フォルダー {} を使えません。場所・権限・ディスクの空きを確かめてから、もう一度実行してください。",
                path.display()
            ),
            Self::TemplateFile { source } => format!(
                "メールのひな形 {}：{}ファイルの有無・権限・文字コード（UTF-8）を確かめてください。",
                source.path.display(),
                source.problem()
            ),
            Self::Template {
                name,
                kind: minijinja::ErrorKind::OutOfFuel,
                ..
            } => format!(
                "メールのひな形 {name} の処理が終わりません。繰り返し（for）が多すぎるか、文が長すぎます。ひな形を直してください。"
            ),
            Self::Template { name, line, .. } => format!(
                "メールのひな形 {name} の {line} 行目に誤りがあります。書き方と、使っている項目の名前を確かめてください。"
            ),
            Self::TooLong { name, most_kib } => format!(
                "メールのひな形 {name} でつくる文が長すぎます（{most_kib} KiB まで）。ひな形を短くしてください。"
            ),
            Self::UnknownTemplate { .. } => {
                "指定されたメールのひな形がありません。プログラムの不具合ですので、記録を添えて担当者へ知らせてください。"
                    .to_owned()
            }
            Self::NotPdf => {
                "添付しようとしたファイルがPDFではありません。送信せずに止めました。記録を添えて担当者へ知らせてください。"
                    .to_owned()
            }
            Self::BadDate | Self::Build(_) => {
                "メールを組み立てられませんでした。送信はしていません。記録を添えて担当者へ知らせてください。".to_owned()
            }
        }
    }
}
