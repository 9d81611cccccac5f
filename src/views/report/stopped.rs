//! Letters on paper or in a file that must not go any more.

use std::collections::BTreeMap;

use crate::domain::{KeptBack, PrintRun, Whereabouts};
use crate::office::Office;
use crate::print;
use crate::store::{LetterQuery, LetterRow, Reads, StoreError, Unposted, Which};

/// Letters looked at together.
const TOGETHER: i64 = 500;

/// Letters that stand in the files of print runs or, as mails, in files, and are kept back
/// by what is registered now.
#[derive(Default)]
pub(super) struct Stopped {
    /// Each with the reason, in the order they were queued.
    pub letters: Vec<(LetterRow, KeptBack)>,
    /// How many of them stand in the files of a print run.
    printed: BTreeMap<PrintRun, i64>,
    /// How many of them are mails in files.
    pub written: i64,
}

impl Stopped {
    /// Those of all print runs, and the mails of the batch of `day`.
    pub(super) async fn find(
        office: &Office,
        conn: &mut Reads,
        day: &str,
    ) -> Result<Self, StoreError> {
        let mut stopped = Stopped::default();
        for (at, batch_date) in [
            (Whereabouts::Unposted, None),
            (Whereabouts::Written, Some(day)),
        ] {
            let which = Which::At(Some(at), batch_date);
            let mut after = 0;
            loop {
                let mut page = conn
                    .letters(&LetterQuery::page(which, after, TOGETHER))
                    .await?;
                let Some(last) = page.last() else { break };
                after = last.id.key();
                // A letter that no files hold is listed elsewhere in the
                // report.
                page.retain(|letter| at == Whereabouts::Written || letter.print_place.is_some());
                let kept_back = print::kept_back_of(office, conn, &page).await?;
                for letter in page {
                    if let Some(why) = kept_back.get(&letter.id) {
                        stopped.add(letter, why.clone());
                    }
                }
            }
        }
        Ok(stopped)
    }

    /// How many there are.
    pub(super) fn count(&self) -> i64 {
        i64::try_from(self.letters.len()).unwrap_or(i64::MAX)
    }

    fn add(&mut self, letter: LetterRow, why: KeptBack) {
        match letter.printed {
            Some(run) => *self.printed.entry(run).or_default() += 1,
            None => self.written += 1,
        }
        self.letters.push((letter, why));
    }

    /// What is left to be posted.
    pub(super) fn taken_from(&self, unposted: Unposted) -> Unposted {
        let mut left = unposted;
        for (run, count) in &mut left.print_runs {
            *count -= self.printed.get(run).copied().unwrap_or_default();
        }
        left.print_runs.retain(|(_, count)| *count > 0);
        left
    }
}
