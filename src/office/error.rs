//! Why work cannot begin.

use std::path::PathBuf;

use crate::archive::ArchiveError;
use crate::catalogue::CatalogueError;
use crate::domain::Doubt;
use crate::law::LawError;
use crate::mail::MailError;
use crate::render::{FontError, TemplateSetError};
use crate::store::StoreError;
use crate::text::characters::FontError as CharactersError;
use crate::text::own::Misprint;
use crate::text::substitution::SubstitutionError;
use crate::wording::{StaffMessage as _, standing};

/// Why work cannot begin. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// Kinds of letter that do not load.
    #[error("書簡の種類に誤りがあります。\n{}", lines(.0))]
    Catalogue(Vec<CatalogueError>),
    /// The form of a request does not load.
    #[error("請求の項目の定めに誤りがあります。\n  {0}")]
    Requests(CatalogueError),
    /// The form of a roster or of a list of flags does not load.
    #[error("名簿の項目の定めに誤りがあります。\n  {0}")]
    Members(CatalogueError),
    /// The law's data does not load.
    #[error("法令データに誤りがあります。\n  {0}")]
    Law(#[from] LawError),
    /// The society's profile does not load.
    #[error("組合の情報 {}", crate::config::in_file(path, problem))]
    Society {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Characters of the society's own texts that no font shows: every letter
    /// would be wrong, so none is made.
    #[error("組合の文言に、印刷できない文字があります。直すまで、書簡を作れません。\n{}", listed(.0))]
    OwnTexts(Vec<Misprint>),
    /// The fonts do not load.
    #[error("{0}")]
    Characters(#[from] CharactersError),
    /// The map of characters to replace in names cannot be used.
    #[error("{0}")]
    Substitutions(#[from] SubstitutionError),
    /// The fonts cannot be opened.
    #[error("フォントを使えません。\n{0}")]
    Fonts(#[from] FontError),
    /// The program's own file, which is also its worker, is not known.
    #[error("組版の処理を始められません({0})。")]
    Program(std::io::Error),
    /// A family the templates use is missing.
    #[error("フォント「{family}」が {} にありません。fonts/README.md のとおりに入れてください。", folder.display())]
    FontFamily {
        /// The family.
        family: &'static str,
        /// The fonts' folder.
        folder: PathBuf,
    },
    /// The templates cannot be read.
    #[error("書式を読めません。\n  {0}")]
    Templates(#[from] TemplateSetError),
    /// The mail settings cannot be used.
    #[error("{}", .0.staff_message())]
    Mail(#[from] MailError),
    /// The mail settings cannot be read.
    #[error("設定の [mail] に誤りがあります。{0}")]
    MailSettings(String),
    /// The workspace's folder cannot be used.
    #[error("作業フォルダー {} を使えません({error})。設定の out と、書き込む権限を確かめてください。", path.display())]
    Workspace {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// There is no database in the workspace's folder.
    #[error("{}", standing::no_workspace(out, marks.as_deref()))]
    NoWorkspace {
        /// The folder.
        out: PathBuf,
        /// The file that says that there was one.
        marks: Option<PathBuf>,
    },
    /// A workspace cannot be made where there was one whose database is gone.
    #[error("{}", standing::used_before(out, found))]
    UsedBefore {
        /// The folder.
        out: PathBuf,
        /// What shows that there was one.
        found: PathBuf,
    },
    /// The database is not the one the workspace had last.
    #[error("{}", standing::doubted(.0))]
    Doubted(Vec<Doubt>),
    /// How far the workspace has come cannot be kept outside of it.
    #[error("{}", standing::marks_unwritten(path, error))]
    Marks {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The store does not open.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The archive does not open.
    #[error("{}", .0.staff_message())]
    Archive(#[from] ArchiveError),
}

fn listed(problems: &[Misprint]) -> String {
    let lines: Vec<String> = problems.iter().map(|one| format!("  {one}")).collect();
    lines.join("\n")
}

fn lines(problems: &[CatalogueError]) -> String {
    problems
        .iter()
        .map(|problem| format!("  {problem}"))
        .collect::<Vec<_>>()
        .join("\n")
}
