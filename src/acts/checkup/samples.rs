//! Every shipped sample, checked and rendered.

use super::problem::{Problem, Problems};
use crate::acts::samples;
use crate::office::{OfficeError, Premises};
use crate::record::LetterHead;
use crate::render::{Output, RenderFailure};

/// How `templates/lib/addressee.typ` begins to say that an address is too long.
const TOO_LONG: &str = "宛名が窓あき封筒の窓に入りません";

/// The samples that were rendered.
#[derive(Debug, Default)]
pub struct Samples {
    /// How many.
    pub count: usize,
    /// Of these, those whose address is too long for the society's window:
    /// there is nothing to mend, but staff should know.
    pub too_long: usize,
}

/// Checks and renders every shipped sample.
pub(super) async fn check(
    desk: &Premises,
    problems: &mut Problems,
) -> Result<Samples, OfficeError> {
    let pool = desk.one_worker()?;
    let mut counted = Samples::default();
    for kind in desk.catalogue.iter() {
        let samples = samples::of_kind(desk, kind);
        if samples.is_empty() {
            problems.add(Problem::NoSample(kind.name.clone()));
        }
        for sample in samples {
            counted.count += 1;
            let record = match sample.read(desk) {
                Ok(record) => record,
                Err(found) => {
                    problems.extend(found.into_iter().map(Problem::Part));
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
            match pool.render(&job).await {
                Ok(_) => {}
                Err(RenderFailure::Template(message)) if message.starts_with(TOO_LONG) => {
                    counted.too_long += 1;
                }
                Err(failure) => problems.add(Problem::Sample {
                    path: sample.path,
                    told: failure.staff_message(),
                }),
            }
        }
    }
    Ok(counted)
}
