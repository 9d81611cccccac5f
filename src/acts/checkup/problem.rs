//! What a check-up finds to mend.

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};

use crate::catalogue::CatalogueError;
use crate::domain::UndoneStep;
use crate::law::LawMismatch;
use crate::render::TemplateSetError;
use crate::wording;

/// Something that must be mended, for staff.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// What a part says of itself.
    #[error("{0}")]
    Part(String),
    /// A kind of letter does not load.
    #[error("書簡の種類 {0}")]
    Kind(CatalogueError),
    /// The form of a request does not load.
    #[error("請求の項目 {0}")]
    RequestForm(CatalogueError),
    /// The form of a roster or of a list of flags does not load.
    #[error("名簿の項目 {0}")]
    MemberForm(CatalogueError),
    /// The templates cannot be read.
    #[error("書式 {0}")]
    Templates(TemplateSetError),
    /// The law's data and the kinds do not agree.
    #[error(transparent)]
    Law(LawMismatch),
    /// A kind's numbers have no rule.
    #[error(
        "種類「{kind}」の番号の系列 {series} の決まりが profile.toml の [numbering.{series}] にありません。"
    )]
    NoSeries {
        /// Name of the kind.
        kind: String,
        /// The series.
        series: String,
    },
    /// A kind's mails have no template.
    #[error("種類「{kind}」のメールの書式 templates/mail/{template} がありません。")]
    NoMailTemplate {
        /// Name of the kind.
        kind: String,
        /// The template's folder.
        template: String,
    },
    /// Nothing can be written in the workspace.
    #[error(
        "作業フォルダー {} に書き込めません({error})。設定の out と権限を確かめてください。",
        path.display()
    )]
    Workspace {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The schedule does not go with the calendar.
    #[error("設定の schedule(今は {schedule})：{fault}")]
    Schedule {
        /// The schedule.
        schedule: String,
        /// What is wrong.
        fault: &'static str,
    },
    /// The schedule counts as seen to until this time to come.
    #[error("{}", wording::nights_silenced(*.0))]
    Silenced(DateTime<FixedOffset>),
    /// Batches of these days to come stand open.
    #[error("{}", wording::nights_opened_ahead(.0))]
    OpenedAhead(Vec<String>),
    /// What follows a night is not done.
    #[error("{}", wording::night_step::undone_told(.0))]
    Undone(UndoneStep),
    /// A kind without a sample.
    #[error("種類「{0}」に見本がありません。")]
    NoSample(String),
    /// A sample does not come out as a page.
    #[error("見本 {} {told}", path.display())]
    Sample {
        /// Its file.
        path: PathBuf,
        /// What is wrong.
        told: String,
    },
}

impl Problem {
    /// What a part says of itself.
    pub(super) fn part(told: impl ToString) -> Self {
        Problem::Part(told.to_string())
    }
}

/// Problems found so far.
#[derive(Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    pub(super) fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.0.extend(problems);
    }

    /// Keeps the value, or notes what the part says.
    pub(super) fn keep<T, E: ToString>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.add(Problem::part(error))).ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Problems> for Vec<Problem> {
    fn from(problems: Problems) -> Self {
        problems.0
    }
}
