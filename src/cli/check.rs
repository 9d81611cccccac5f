//! `yobin check`: every problem at once, before the night finds it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;

use super::{FAILED, Setting};
use crate::catalogue::{Catalogue, Need};
use crate::config::Config;
use crate::law::{Ground, Law};
use crate::mail::{Composer, Transport};
use crate::notice::duties::Duties;
use crate::office::{self, Desk};
use crate::render::{Fonts, LetterHead, Output, RenderFailure, TemplateSet};
use crate::samples;
use crate::text::characters::Characters;
use crate::{domain::Society, notice};

/// How `templates/lib/addressee.typ` begins to say that an address is too long.
const TOO_LONG: &str = "宛名が窓あき封筒の窓に入りません";

/// Problems found so far.
#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn add(&mut self, problem: impl ToString) {
        self.0.push(problem.to_string());
    }

    /// Keeps the value, or notes the problem.
    fn keep<T, E: ToString>(&mut self, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(error.to_string());
                None
            }
        }
    }
}

pub(super) async fn check(setting: &Setting) -> anyhow::Result<ExitCode> {
    let config = setting.config()?;
    let mut problems = Problems::default();
    let catalogue = match Catalogue::load(&config.templates) {
        Ok(catalogue) => Some(catalogue),
        Err(errors) => {
            for error in errors {
                problems.add(format!("書簡の種類 {error}"));
            }
            None
        }
    };
    problems.keep(
        Catalogue::of_requests(&config.templates).map_err(|error| format!("請求の項目 {error}")),
    );
    let law = problems.keep(Law::load(&config.templates));
    let society = problems.keep(office::read_society(&config.society));
    for forms in [
        Catalogue::of_members(&config.templates),
        Catalogue::of_member_flags(&config.templates),
    ] {
        problems.keep(forms.map_err(|error| format!("名簿の項目 {error}")));
    }
    let notice = problems.keep(notice::Notice::read(&config.society));
    let duties = problems.keep(Duties::load(&config.templates, setting.clock.today()));
    let characters = check_fonts(&config, society.as_ref(), &mut problems);
    if let Some(characters) = &characters {
        let misprints = office::misprints(&config, catalogue.as_ref(), law.as_ref(), characters);
        misprints.iter().for_each(|problem| problems.add(problem));
        if let Some(notice) = &notice {
            let misprints = notice::misprints(notice, characters);
            misprints.iter().for_each(|problem| problems.add(problem));
        }
    }
    let set = TemplateSet::read(&config.templates, Vec::new());
    problems.keep(set.map_err(|error| format!("書式 {error}")));
    check_out(&config.out, &mut problems);
    if let (Some(catalogue), Some(law)) = (&catalogue, &law) {
        check_law(catalogue, law, setting.clock.today(), &mut problems);
    }
    if let (Some(catalogue), Some(society)) = (&catalogue, &society) {
        check_numbering(catalogue, society, &mut problems);
    }
    let mut samples = Samples::default();
    if problems.0.is_empty() {
        let desk = Desk::open(config.clone(), setting.clock)?.for_samples();
        check_mail(&desk, &mut problems);
        // Without the fonts every page would fail with the same words.
        if problems.keep(desk.fonts()).is_some() {
            samples = check_samples(&desk, &mut problems).await?;
            // With a broken notice its site would fail with the same words.
            if problems.keep(notice::build_pdf(&desk).await).is_some() {
                problems.keep(notice::site::check(&desk).await);
            }
        }
    }

    if problems.0.is_empty() {
        say!(
            "問題はありません。(見本 {}件と公表事項を組版して確かめました)",
            samples.count
        );
    } else {
        say!("{}件の問題があります。", problems.0.len());
        for problem in &problems.0 {
            say!("・{problem}");
        }
    }
    if samples.too_long > 0 {
        say!(
            "宛名の長い見本{}件は、封筒の窓に入りませんでした。この窓では、同じくらい長い宛名の書簡は要確認になります。",
            samples.too_long
        );
    }
    if let (Some(duties), Some(notice), Some(society)) = (&duties, &notice, &society) {
        // What the notice lacks is the society's to decide; nothing is broken.
        if let Some(line) = super::notice::check::in_one_line(duties, notice, society) {
            say!("{line}");
        }
    }
    say!("次の夜間処理(予定：{})", config.schedule);
    for time in config.schedule.upcoming(setting.clock.now(), 3) {
        say!("  {}", time.format("%Y-%m-%d %H:%M:%S"));
    }
    Ok(if problems.0.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

/// Holds the fonts against what the program knows of them, and the map of
/// characters against the fonts.
fn check_fonts(
    config: &Config,
    society: Option<&Society>,
    problems: &mut Problems,
) -> Option<Characters> {
    // A font that cannot be read is named by this already.
    if let Err(error) = Fonts::open(&config.fonts) {
        error
            .problems
            .iter()
            .for_each(|problem| problems.add(problem));
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
        problems.add(format!(
            "作業フォルダー {} に書き込めません({error})。設定の out と権限を確かめてください。",
            out.display()
        ));
    }
}

/// Holds grounds and kinds against each other.
fn check_law(catalogue: &Catalogue, law: &Law, today: NaiveDate, problems: &mut Problems) {
    if let Some(amendment) = law.outdated(today) {
        problems.add(format!(
            "法令データ：{}が施行されているはずですが、law/appi.toml に施行日がありません。今の法令に合わせてください。",
            amendment.law
        ));
    }
    for kind in law.forbidding_kinds() {
        if catalogue.get(kind).is_none() {
            problems.add(format!(
                "法令データ：law/appi.toml の forbidden にある {kind} という種類はありません。"
            ));
        }
    }
    let mut decisions = BTreeSet::new();
    let supported = law.supported_decisions();
    for kind in catalogue.iter() {
        for outcome in &kind.outcomes {
            let decision = format!("{}/{}", kind.code, outcome.code);
            if outcome.grounds == Need::Required && !supported.contains(decision.as_str()) {
                problems.add(format!(
                    "法令データ：根拠の必要な「{}」({decision})を支える根拠が law/appi.toml にありません。",
                    outcome.label
                ));
            }
            if !outcome.article.is_empty() && law.article_holds(&outcome.article, today).is_none() {
                problems.add(format!(
                    "法令データ：「{}」({decision})の条項 {} が law/appi.toml の articles にありません。",
                    outcome.label, outcome.article
                ));
            }
            for code in &outcome.cites {
                let supports = |ground: &Ground| ground.supports.contains(&decision);
                if !law.ground(code).is_some_and(supports) {
                    problems.add(format!(
                        "法令データ：「{}」({decision})の cites にある根拠 {code} は、この結果区分を支えません。",
                        outcome.label
                    ));
                }
            }
            decisions.insert(decision);
        }
    }
    for decision in supported {
        if !decisions.contains(decision) {
            problems.add(format!(
                "法令データ：law/appi.toml の supports にある {decision} という種類と結果区分はありません。"
            ));
        }
    }
}

fn check_numbering(catalogue: &Catalogue, society: &Society, problems: &mut Problems) {
    for kind in catalogue.iter() {
        if !society.numbering.contains_key(&kind.series) {
            problems.add(format!(
                "種類「{}」の番号の系列 {} の決まりが profile.toml の [numbering.{}] にありません。",
                kind.name, kind.series, kind.series
            ));
        }
    }
}

fn check_mail(desk: &Desk, problems: &mut Problems) {
    let Some(settings) = problems.keep(desk.mail_settings()) else {
        return;
    };
    let sender = settings.sender().map_err(|error| error.staff_message());
    let Some(sender) = problems.keep(sender) else {
        return;
    };
    let templates = desk.config.templates.join("mail");
    let composer = Composer::open(&templates, sender).map_err(|error| error.staff_message());
    problems.keep(composer);
    for kind in desk.catalogue.iter() {
        if !templates.join(&kind.mail).is_dir() {
            problems.add(format!(
                "種類「{}」のメールの書式 templates/mail/{} がありません。",
                kind.name, kind.mail
            ));
        }
    }
    // Opening reads the password and certificate files; it connects nowhere.
    let probe = tempfile::tempdir().map_err(|error| error.to_string());
    if let Some(outbox) = problems.keep(probe) {
        let opened = Transport::open(&settings, outbox.path());
        problems.keep(opened.map_err(|error| error.staff_message()));
    }
}

/// The samples that were set.
#[derive(Default)]
struct Samples {
    count: usize,
    /// Of these, those whose address is too long for the society's window:
    /// there is nothing to mend, but staff should know.
    too_long: usize,
}

/// Checks and sets every shipped sample.
async fn check_samples(desk: &Desk, problems: &mut Problems) -> anyhow::Result<Samples> {
    let set = desk.template_set()?;
    let pool = desk.pool(&set, Some(1))?;
    let mut counted = Samples::default();
    for kind in desk.catalogue.iter() {
        let samples = samples::of_kind(desk, kind);
        if samples.is_empty() {
            problems.add(format!("種類「{}」に見本がありません。", kind.name));
        }
        for sample in samples {
            counted.count += 1;
            let record = match sample.read(desk) {
                Ok(record) => record,
                Err(found) => {
                    found.iter().for_each(|problem| problems.add(problem));
                    continue;
                }
            };
            let Some(outcome) = kind.outcome(&record.outcome) else {
                continue;
            };
            let head = LetterHead {
                id: "check".to_owned(),
                number: Some("第1号".to_owned()),
                issue_date: desk.clock.today(),
            };
            let job = samples::job(desk, kind, outcome, &record, head, Output::Pdf);
            let name = sample.path.display();
            match pool.render(&job).await {
                Ok(_) => {}
                Err(RenderFailure::Template(message)) if message.starts_with(TOO_LONG) => {
                    counted.too_long += 1;
                }
                Err(failure) => {
                    problems.add(format!("見本 {name} {}", failure.staff_message()));
                }
            }
        }
    }
    Ok(counted)
}
