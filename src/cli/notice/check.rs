//! `yobin notice check`: what the notice lacks. It writes nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;
use textwrap::WordSeparator;
use textwrap::core::{Fragment, Word, break_words};
use textwrap::wrap_algorithms::wrap_first_fit;
use unicode_width::UnicodeWidthStr as _;

use super::calling::{in_force_called, of_file};
use crate::cli::given::must_be_readable;
use crate::cli::{Context, NEEDS_PERSON};
use crate::notice::duties::{Duties, Finding, Grade, Position};
use crate::notice::{self, InForce, Notice};
use crate::office;

/// Columns of a terminal; a full-width character takes two.
const COLUMNS: usize = 80;

/// Where the words of a finding begin.
const INDENT: usize = 11;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 点検する公表事項のファイル(なければ公表中の版)
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// 結果を JSON で書く
    #[arg(long)]
    json: bool,
}

pub(in crate::cli) async fn check(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    if let Some(file) = &args.file {
        must_be_readable(file)?;
    }
    let config = context.config()?;
    let today = context.clock.today();
    let duties = Duties::load(&config.templates, today)?;
    let society = office::read_society(&config.society)?;
    let checked = match args.file {
        Some(path) => Checked::File(Notice::from_file(&path)?, path),
        None => Checked::InForce(notice::in_force(&config).await?),
    };
    let findings = duties.assess(checked.notice(), &society);
    let of_file = checked.in_force().and_then(|found| of_file(&config, found));
    if args.json {
        let [missing, weak, met] = Grade::ALL.map(|grade| count(&findings, grade));
        let told = json!({
            "revision": checked.notice().revision.label,
            "edition": checked.edition(),
            "date": today,
            "missing": missing,
            "weak": weak,
            "met": met,
            "findings": findings,
        });
        say!("{told:#}");
        if let Some(of_file) = of_file {
            eprintln!("注意：{of_file}");
        }
    } else {
        tell(&checked, of_file, &findings);
    }
    Ok(if findings.iter().all(|f| f.grade == Grade::Met) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NEEDS_PERSON)
    })
}

/// The notice that is checked.
enum Checked {
    /// A named file.
    File(Notice, PathBuf),
    /// What stands before the public.
    InForce(InForce),
}

impl Checked {
    fn notice(&self) -> &Notice {
        match self {
            Checked::File(notice, _) => notice,
            Checked::InForce(in_force) => in_force.notice(),
        }
    }

    fn in_force(&self) -> Option<&InForce> {
        match self {
            Checked::File(..) => None,
            Checked::InForce(in_force) => Some(in_force).filter(|found| found.is_kept()),
        }
    }

    /// The number of the edition that was checked; none of a file.
    fn edition(&self) -> Option<u32> {
        self.in_force().map(|in_force| in_force.edition().number)
    }

    /// What the heading calls it.
    fn called(&self) -> String {
        let label = &self.notice().revision.label;
        match (self, self.in_force()) {
            (_, Some(in_force)) => format!("公表中の{}", in_force_called(in_force)),
            (Checked::File(_, path), None) => format!("{label}（{}）", path.display()),
            (Checked::InForce(_), None) => label.clone(),
        }
    }
}

fn count(findings: &[Finding], grade: Grade) -> usize {
    findings.iter().filter(|f| f.grade == grade).count()
}

fn tell(checked: &Checked, of_file: Option<String>, findings: &[Finding]) {
    block("公表事項の点検 ", &checked.called(), 15);
    if let Some(of_file) = of_file {
        block("", &format!("注意：{of_file}"), 0);
    }
    let counts = Grade::ALL.map(|grade| format!("{}{}件", grade.label(), count(findings, grade)));
    say!("{}", counts.join("、"));
    for grade in Grade::ALL {
        let mut number = 0;
        for finding in findings.iter().filter(|f| f.grade == grade) {
            if number == 0 {
                say!("\n■ {}", grade.label());
            }
            number += 1;
            match grade {
                Grade::Missing | Grade::Weak => open(number, finding),
                Grade::Met => met(finding),
            }
        }
    }
    say!("");
    say!("法＝個人情報の保護に関する法律、令＝個人情報の保護に関する法律施行令、");
    say!("番号法＝行政手続における特定の個人を識別するための番号の利用等に関する法律、");
    say!("ガイドライン＝個人情報の保護に関する法律についてのガイドライン、");
    say!("ガイダンス＝健康保険組合等における個人情報の適切な取扱いのためのガイダンス");
    say!("");
    say!("この点検は言葉を手がかりにしています。最後は人が読んで確かめてください。");
    say!("公表事項は書き換えていません。");
    if findings.iter().all(|f| f.grade == Grade::Met) {
        return;
    }
    match checked {
        // An edition is not mended; another takes its place.
        Checked::InForce(in_force) if in_force.is_kept() => {
            say!("公表した版は直せません。改定案のファイル(notice.toml の写し)を直して、");
            say!(
                "yobin notice check 改定案.toml で確かめ、yobin notice draft で改定案にしてください。"
            );
        }
        Checked::InForce(_) | Checked::File(..) => {
            say!("直したら、もう一度 yobin notice check を行ってください。");
        }
    }
}

fn open(number: usize, finding: &Finding) {
    let title = match &finding.subject {
        Some(subject) => format!("{}：{subject}", finding.title),
        None => finding.title.clone(),
    };
    say!("");
    block(&format!("{number}. "), &title, 4);
    let places: Vec<String> = finding.places.iter().map(place).collect();
    let parts = [
        ("根拠", Some(finding.citation.clone())),
        ("求め", Some(finding.asked.clone())),
        ("現状", finding.problem.clone()),
        ("場所", Some(places.join("\n"))),
        ("質問", finding.question.clone()),
        ("直し方", finding.remedy.clone()),
        ("文例", finding.model.clone()),
    ];
    for (label, text) in parts {
        for (line, text) in text.iter().flat_map(|text| text.lines()).enumerate() {
            let label = if line == 0 { label } else { "" };
            block(&format!("    {label}"), text, INDENT);
        }
    }
}

fn met(finding: &Finding) {
    let title = match &finding.subject {
        Some(subject) => format!("{}：{subject}", finding.title),
        None => finding.title.clone(),
    };
    block("・", &format!("{title}（{}）", finding.article), 2);
    for place in finding.places.iter().map(place) {
        block("", &place, 4);
    }
    if let Some(problem) = &finding.problem {
        block("", problem, 4);
    }
}

fn place(place: &Position) -> String {
    match &place.words {
        Some(words) => format!("{}：「{words}」", place.section),
        None => format!("「{}」に書きます。", place.section),
    }
}

/// Prints a text after a label, all its lines at the same column.
fn block(label: &str, text: &str, indent: usize) {
    let gap = " ".repeat(indent.saturating_sub(label.width_cjk()));
    let lines = wrapped(text, COLUMNS - indent);
    for (place, line) in lines.iter().enumerate() {
        match place {
            0 => say!("{label}{gap}{line}"),
            _ => say!("{}{line}", " ".repeat(indent)),
        }
    }
}

/// A part of a text within which no line ends.
#[derive(Debug)]
struct Unbroken<'a>(Word<'a>);

/// Columns as a terminal with Japanese fonts has them: a character whose
/// width is not settled (※, ①, …) takes two.
fn columns_of(text: &str) -> f64 {
    u32::try_from(text.width_cjk()).map_or(f64::MAX, f64::from)
}

impl Fragment for Unbroken<'_> {
    fn width(&self) -> f64 {
        columns_of(self.0.word)
    }

    fn whitespace_width(&self) -> f64 {
        columns_of(self.0.whitespace)
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// Breaks a text into lines of at most `columns` where Unicode lets a line
/// end (UAX #14): in Japanese anywhere but before a closing and after an
/// opening mark, and not inside a word of Latin letters that fits a line.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let words = WordSeparator::UnicodeBreakProperties.find_words(text);
    let words: Vec<Unbroken<'_>> = break_words(words, columns)
        .into_iter()
        .map(Unbroken)
        .collect();
    let width = u32::try_from(columns).map_or(f64::MAX, f64::from);
    wrap_first_fit(&words, &[width])
        .into_iter()
        .map(|line| {
            let line: String = line
                .iter()
                .flat_map(|word| [word.0.word, word.0.whitespace])
                .collect();
            line.trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters that must not begin a line (行頭禁則).
    const NOT_FIRST: &str =
        "、。，．・：；？！）］｝」』〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々,.)]}";

    /// Characters that must not end a line (行末禁則).
    const NOT_LAST: &str = "（［｛「『〈《([{";

    #[test]
    fn lines_are_full_width_wide_and_begin_and_end_as_japanese_lines_do() {
        let texts = [
            "「代表者の氏名」を、公表事項（notice.toml）の [complaint] の lines に書いてください。",
            "人々のコーヒーショップへのチェックは、①あっさり（※1）、②きっちり…のどちらか［ファイル］で。",
        ];
        for (text, columns) in texts
            .into_iter()
            .flat_map(|text| (20..60).map(move |columns| (text, columns)))
        {
            let lines = wrapped(text, columns);
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
            for line in &lines {
                assert!(line.width_cjk() <= columns, "{columns}: {line}");
                let first = line.chars().next().unwrap_or('a');
                assert!(!NOT_FIRST.contains(first), "{columns}: {line}");
                let last = line.chars().last().unwrap_or('a');
                assert!(!NOT_LAST.contains(last), "{columns}: {line}");
            }
            let kept = |word| !text.contains(word) || lines.iter().any(|l| l.contains(word));
            assert!(kept("notice.toml"), "{columns}");
        }
    }

    #[test]
    fn a_word_longer_than_a_line_is_broken_and_nothing_of_it_is_lost() {
        let address = format!("https://kenpo.example.jp/{}", "a".repeat(100));
        let lines = wrapped(&format!("{address} を見てください。"), 30);
        assert!(lines.iter().all(|line| line.width_cjk() <= 30), "{lines:?}");
        assert!(lines.concat().starts_with(&address), "{lines:?}");
        assert_eq!(wrapped("", 30).concat(), "");
    }
}
