//! The check-up: every problem at once, before the night finds it.
//!
//! It opens each part by itself, because an office with a fault does not open,
//! and makes nothing: not the workspace, not its database.

mod links;
mod mails;
mod problem;
mod rights;
mod samples;
mod schedule;
mod standing;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::catalogue::{Catalogue, Form};
use crate::clock::Clock;
use crate::config::{Config, RequestPolicy};
use crate::confine::{self, Confined};
use crate::domain::{IdentifierDoubt, Society};
use crate::law::Law;
use crate::notice::duties::{Duties, Grade};
use crate::notice::{self, FileStanding, InForce, Notice};
use crate::office::{self, OfficeError, Premises};
use crate::render::{Fonts, TemplateSet};
use crate::store::Store;
use crate::text::characters::Characters;
use crate::views::{NextNight, identifier_doubts};

pub use problem::Problem;
pub use samples::Samples;

use crate::wording::{self, StaffMessage as _};
use problem::Problems;

/// What a check-up found.
#[derive(Debug)]
pub struct CheckUp {
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// The samples that were rendered; none where there were problems before.
    pub samples: Samples,
    /// The notice in force, where it can be told.
    pub notice: Option<NoticeLooked>,
    /// Numbers in the workspace that a person has to look at.
    pub doubts: Vec<IdentifierDoubt>,
    /// What else somebody should know; nothing is broken by it.
    pub remarks: Vec<String>,
    /// Whether letters need no registered request only because the workspace
    /// was made by an earlier program.
    pub requests_as_before: bool,
    /// The next nights.
    pub nights: Vec<NextNight>,
    /// What of the kernel's means can hold the child processes.
    pub confined: Confined,
    /// Whether a child process said that less of it holds.
    pub fell_short: bool,
}

/// The notice that was looked at, and what it lacks: that is the society's to
/// decide, and nothing is broken.
#[derive(Debug)]
pub struct NoticeLooked {
    /// The notice.
    pub in_force: InForce,
    /// Duties it does not meet.
    pub missing: usize,
    /// Duties it meets weakly.
    pub weak: usize,
}

/// The parts that were opened, each as far as it opens.
struct Parts {
    catalogue: Option<Catalogue>,
    law: Option<Law>,
    society: Option<Society>,
    in_force: Option<InForce>,
    duties: Option<Duties>,
}

/// Looks at everything.
///
/// # Errors
/// When the premises do not open although none of their parts has a problem.
pub async fn check_up(config: &Config, clock: Clock) -> Result<CheckUp, OfficeError> {
    let mut problems = Problems::default();
    let parts = open_parts(config, clock, &mut problems).await;
    check_out(&config.out, &mut problems);
    rights::check(config, &mut problems);
    links::check(config, &mut problems);
    let remarks = rights::remark().into_iter();
    let remarks = remarks.chain(standing::check(config, clock.now(), &mut problems).await);
    let unsigned = parts.society.as_ref().and_then(|society| {
        let unnamed = society.representative_name.is_none();
        unnamed.then(|| wording::unsigned(&society.representative_title))
    });
    let remarks = remarks.chain(unsigned).collect();
    let requests = office::peek_requests(config).await;
    let requests = problems.keep(requests.map_err(|error| error.staff_message()));
    let nights = schedule::check(config, clock.now(), &mut problems).await;
    check_kinds(&parts, clock, &mut problems);
    let doubts = look_for_doubts(&config.out).await;
    let doubts = problems.keep(doubts).unwrap_or_default();
    let mut samples = Samples::default();
    if problems.is_empty() {
        let desk = Premises::open(config.clone(), clock)?.for_samples();
        samples = check_pages(&desk, parts.in_force.as_ref(), &mut problems).await?;
    }
    Ok(CheckUp {
        problems: problems.into(),
        samples,
        notice: parts.notice(),
        doubts,
        remarks,
        requests_as_before: config.requests.is_none() && requests == Some(RequestPolicy::Optional),
        nights,
        confined: confine::possible(),
        fell_short: confine::fell_short(),
    })
}

impl Parts {
    fn notice(self) -> Option<NoticeLooked> {
        let in_force = self.in_force?;
        let findings = match (&self.duties, &self.society) {
            (Some(duties), Some(society)) => duties.assess(in_force.notice(), society),
            _ => Vec::new(),
        };
        let count = |grade| findings.iter().filter(|found| found.grade == grade).count();
        Some(NoticeLooked {
            missing: count(Grade::Missing),
            weak: count(Grade::Weak),
            in_force,
        })
    }
}

async fn open_parts(config: &Config, clock: Clock, problems: &mut Problems) -> Parts {
    let templates = &config.templates;
    let catalogue = match Catalogue::load(templates) {
        Ok(catalogue) => Some(catalogue),
        Err(errors) => {
            problems.extend(errors.into_iter().map(Problem::Kind));
            None
        }
    };
    if let Err(error) = Form::of_requests(templates) {
        problems.add(Problem::RequestForm(error));
    }
    let law = problems.keep(Law::load(templates));
    let society = problems.keep(office::read_society(&config.society));
    for forms in [
        Form::of_members(templates),
        Form::of_member_flags(templates),
    ] {
        if let Err(error) = forms {
            problems.add(Problem::MemberForm(error));
        }
    }
    let in_force = problems.keep(notice::in_force(config).await);
    if let Some(FileStanding::Unreadable(error)) = in_force.as_ref().and_then(InForce::file) {
        problems.add(Problem::Part(error.to_string()));
    }
    let duties = problems.keep(Duties::load(templates, clock.today()));
    if let Some(characters) = open_characters(config, society.as_ref(), problems) {
        let misprints = office::misprints(config, catalogue.as_ref(), law.as_ref(), &characters);
        problems.extend(misprints.iter().map(Problem::part));
        check_notice_texts(config, in_force.as_ref(), &characters, problems);
    }
    if let Err(error) = TemplateSet::read(templates, Vec::new()) {
        problems.add(Problem::Templates(error));
    }
    Parts {
        catalogue,
        law,
        society,
        in_force,
        duties,
    }
}

/// Holds the texts of the notice in force and of the society's file, from
/// which the next revision is made, against the fonts.
fn check_notice_texts(
    config: &Config,
    in_force: Option<&InForce>,
    characters: &Characters,
    problems: &mut Problems,
) {
    let mut told = BTreeSet::new();
    let file = Notice::read(&config.society).ok();
    for notice in in_force.map(InForce::notice).into_iter().chain(&file) {
        for problem in notice::misprints(notice, characters) {
            let problem = problem.to_string();
            if told.insert(problem.clone()) {
                problems.add(Problem::Part(problem));
            }
        }
    }
}

/// Holds the fonts against what the program knows of them, and the map of
/// characters against the fonts.
fn open_characters(
    config: &Config,
    society: Option<&Society>,
    problems: &mut Problems,
) -> Option<Characters> {
    // A font that cannot be read is named by this already.
    if let Err(error) = Fonts::open(&config.fonts) {
        problems.extend(error.problems.iter().map(Problem::part));
    }
    let open = || office::open_characters(&config.fonts).ok();
    let Some(society) = society else {
        return open();
    };
    let with_policy = office::with_policy(open()?, society, &config.society);
    problems.keep(with_policy).or_else(open)
}

/// Tries to make a file in the workspace, or where it would be made.
fn check_out(out: &Path, problems: &mut Problems) {
    let mut folder: PathBuf = out.to_owned();
    while !folder.exists() {
        folder = match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
    }
    if let Err(error) = tempfile::NamedTempFile::new_in(&folder) {
        problems.add(Problem::Workspace {
            path: out.to_owned(),
            error,
        });
    }
}

/// Holds the kinds of letter against the law's data and the numbering.
fn check_kinds(parts: &Parts, clock: Clock, problems: &mut Problems) {
    let Some(catalogue) = &parts.catalogue else {
        return;
    };
    if let Some(law) = &parts.law {
        let found = law.mismatches(catalogue, clock.today());
        problems.extend(found.into_iter().map(Problem::Law));
    }
    if let Some(society) = &parts.society {
        for kind in catalogue.iter() {
            if !society.numbering.contains_key(&kind.series) {
                problems.add(Problem::NoSeries {
                    kind: kind.name.clone(),
                    series: kind.series.clone(),
                });
            }
        }
    }
}

/// What is doubtful in the workspace, if it has a store. The store is only
/// looked at: one an earlier program made says nothing until it is opened for
/// work.
async fn look_for_doubts(out: &Path) -> Result<Vec<IdentifierDoubt>, String> {
    let path = office::database(out);
    let store = Store::open_to_read(&path).await;
    let store = store.map_err(|error| error.staff_message())?;
    let Some(store) = store else {
        return Ok(Vec::new());
    };
    let doubts = identifier_doubts(&store).await;
    store.close().await;
    doubts.map_err(|error| error.staff_message())
}

/// Renders every sample and the notice.
async fn check_pages(
    desk: &Premises,
    in_force: Option<&InForce>,
    problems: &mut Problems,
) -> Result<Samples, OfficeError> {
    mails::check(desk, problems);
    // Without the fonts every page would fail with the same words.
    if problems.keep(desk.fonts()).is_none() {
        return Ok(Samples::default());
    }
    let samples = samples::check(desk, problems).await?;
    // With a broken notice its site would fail with the same words.
    if let Some(notice) = in_force.map(InForce::notice)
        && problems
            .keep(notice::build_pdf(desk, notice).await)
            .is_some()
    {
        problems.keep(notice::site::check(desk, notice).await);
    }
    Ok(samples)
}
