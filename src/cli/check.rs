//! `yobin check`: every problem at once, before the night finds it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;

use super::notice::calling::{in_force_called, told_of_file};
use super::{FAILED, Setting, identifiers, mails};
use crate::catalogue::{Catalogue, Form, Need};
use crate::config::{Config, Requests};
use crate::law::{Ground, Law};
use crate::mail::{Composer, Transport};
use crate::night::{self, NextNight};
use crate::notice::duties::Duties;
use crate::notice::{FileStanding, InForce};
use crate::office::{self, Desk};
use crate::record::LetterHead;
use crate::render::{Fonts, Output, RenderFailure, TemplateSet};
use crate::samples;
use crate::store::{Store, StoreError};
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
    problems
        .keep(Form::of_requests(&config.templates).map_err(|error| format!("請求の項目 {error}")));
    let law = problems.keep(Law::load(&config.templates));
    let society = problems.keep(office::read_society(&config.society));
    for forms in [
        Form::of_members(&config.templates),
        Form::of_member_flags(&config.templates),
    ] {
        problems.keep(forms.map_err(|error| format!("名簿の項目 {error}")));
    }
    let in_force = problems.keep(notice::in_force(&config).await);
    if let Some(FileStanding::Unreadable(error)) = in_force.as_ref().and_then(InForce::file) {
        problems.add(error);
    }
    let duties = problems.keep(Duties::load(&config.templates, setting.clock.today()));
    let characters = check_fonts(&config, society.as_ref(), &mut problems);
    if let Some(characters) = &characters {
        let misprints = office::misprints(&config, catalogue.as_ref(), law.as_ref(), characters);
        misprints.iter().for_each(|problem| problems.add(problem));
        check_notice_texts(&config, in_force.as_ref(), characters, &mut problems);
    }
    let set = TemplateSet::read(&config.templates, Vec::new());
    problems.keep(set.map_err(|error| format!("書式 {error}")));
    check_out(&config.out, &mut problems);
    let requests = problems.keep(
        office::peek_requests(&config)
            .await
            .map_err(|error| error.staff_message()),
    );
    let nights = check_schedule(&config, setting, &mut problems).await;
    if let (Some(catalogue), Some(law)) = (&catalogue, &law) {
        check_law(catalogue, law, setting.clock.today(), &mut problems);
    }
    if let (Some(catalogue), Some(society)) = (&catalogue, &society) {
        check_numbering(catalogue, society, &mut problems);
    }
    let look_at = problems.keep(identifiers::to_look_at(&config.out).await);
    let mut samples = Samples::default();
    if problems.0.is_empty() {
        let desk = Desk::open(config.clone(), setting.clock)?.for_samples();
        check_mail(&desk, &mut problems);
        // Without the fonts every page would fail with the same words.
        if problems.keep(desk.fonts()).is_some() {
            samples = check_samples(&desk, &mut problems).await?;
            // With a broken notice its site would fail with the same words.
            if let Some(notice) = in_force.as_ref().map(InForce::notice)
                && problems
                    .keep(notice::build_pdf(&desk, notice).await)
                    .is_some()
            {
                problems.keep(notice::site::check(&desk, notice).await);
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
    if let Some(in_force) = &in_force {
        tell_notice(&config, in_force, duties.as_ref(), society.as_ref());
    }
    for note in look_at.into_iter().flatten() {
        say!("注意：{note}");
    }
    mails::tell_where_they_go(&config);
    if config.requests.is_none() && requests == Some(Requests::Optional) {
        say!(
            "この作業フォルダーは前の版から使っているため、受付番号の請求が登録されていない書簡も受け付けています(requests = \"optional\" と同じ)。請求を先に登録する流れに改めたら、yobin.toml に requests = \"required\" と書いてください。書いた後に受け付ける書簡から、登録された請求が必要になります。"
        );
    }
    say!("次の夜間処理(予定：{})", config.schedule);
    super::tell_nights(&nights);
    Ok(if problems.0.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

/// Which notice was looked at, and what it lacks: that is the society's to
/// decide, and nothing is broken.
fn tell_notice(
    config: &Config,
    in_force: &InForce,
    duties: Option<&Duties>,
    society: Option<&Society>,
) {
    if in_force.is_kept() {
        say!("公表事項は、公表中の{}です。", in_force_called(in_force));
        told_of_file(config, in_force);
    }
    if let (Some(duties), Some(society)) = (duties, society)
        && let Some(line) = super::notice::check::in_one_line(duties, in_force, society)
    {
        say!("{line}");
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
    let file = notice::Notice::read(&config.society).ok();
    for notice in in_force.map(InForce::notice).into_iter().chain(&file) {
        for problem in notice::misprints(notice, characters) {
            let problem = problem.to_string();
            if told.insert(problem.clone()) {
                problems.add(problem);
            }
        }
    }
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

/// Holds the schedule against the calendar and, where there is a workspace,
/// against what was seen to. Returns the next nights.
async fn check_schedule(
    config: &Config,
    setting: &Setting,
    problems: &mut Problems,
) -> Vec<NextNight> {
    let now = setting.clock.now();
    if let Some(fault) = config.schedule.fault(now) {
        problems.add(format!(
            "設定の schedule(今は {})：{fault}",
            config.schedule
        ));
    }
    let upcoming = || {
        let nights = config.schedule.nights(now, 3).into_iter();
        let opened = false;
        nights.map(|time| NextNight { time, opened }).collect()
    };
    // A check makes nothing, so not the database either.
    let database = office::database(&config.out);
    if !database.is_file() {
        return upcoming();
    }
    let store = Store::open_to_read(&database).await;
    let Some(store) = problems.keep(store.map_err(|error| error.staff_message())) else {
        return upcoming();
    };
    let nights = look_at_nights(&store, config, setting, problems).await;
    store.close().await;
    let nights = nights.map_err(|error| error.staff_message());
    problems.keep(nights).unwrap_or_else(upcoming)
}

async fn look_at_nights(
    store: &Store,
    config: &Config,
    setting: &Setting,
    problems: &mut Problems,
) -> Result<Vec<NextNight>, StoreError> {
    let now = setting.clock.now();
    if let Some(until) = night::silenced_until(store, &config.schedule, now).await? {
        problems.add(format!(
            "予定が {} まで済んだことになっています(計算機の時計が進んでいたためと思われます)。時計を確かめてから、yobin serve を動かしてください。今の日時に戻して、夜間処理を続けます。",
            until.format("%Y-%m-%d %H:%M:%S")
        ));
    }
    let ahead = night::opened_ahead(store, setting.clock.today()).await?;
    if !ahead.is_empty() {
        problems.add(format!(
            "先の日付({})の夜間処理が始められ、終わっていません。その日が来るまで、残りの書簡は送りません。日付どおりでよければ yobin run --date 日付 で続け、誤りなら yobin list --batch 日付 で書簡を確かめて取り消してください。",
            ahead.join("、")
        ));
    }
    night::next_nights(store, &config.schedule, now).await
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
    let pool = desk.one_worker()?;
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
