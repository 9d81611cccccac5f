//! How far a workspace has come, kept outside its database: a database that
//! is behind its marks was put back from a backup, and what happened since
//! the backup is not known to it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{LetterId, Stamp};

/// How far a workspace has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Which workspace it is: drawn at random, 32 hexadecimal digits.
    pub workspace: String,
    /// Key of the last reference that was given to a letter; 0 for none.
    pub letters: i64,
    /// The last line of the letters' histories; 0 for none.
    pub acts: i64,
    /// How often flags of members and registered requests have changed.
    #[serde(default)]
    pub safeguards: i64,
    /// The number of the last print run; 0 for none.
    #[serde(default)]
    pub print_runs: i64,
    /// The last number of each series in each period.
    pub numbers: Vec<LastNumber>,
    /// The register's end.
    pub register: RegisterEnd,
    /// The newest time that was recorded; none where nothing was.
    #[serde(default)]
    pub newest: Option<Stamp>,
}

/// The last number a series gave in a period.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LastNumber {
    /// The series.
    pub series: String,
    /// The year whose numbers it counts.
    pub period: i64,
    /// The number; 0 for none.
    pub last: i64,
}

/// Place and hash of the register's last entry; place 0 for an empty one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterEnd {
    /// The place, from 1.
    pub place: i64,
    /// The entry's hash.
    pub sha256: String,
}

/// What the newest report says of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The report's file name.
    pub file: String,
    /// The workspace it was made in; reports of earlier programs do not say.
    pub workspace: Option<String>,
    /// The register's end then.
    pub register: RegisterEnd,
}

/// In what a database does not agree with what is known of its workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Its marks were written before, and are gone.
    NoMarks,
    /// The marks cannot be read.
    MarksUnreadable(String),
    /// It is another workspace's, or a backup of before there were marks.
    OtherWorkspace,
    /// It knows fewer letters.
    FewerLetters {
        /// The last reference that was given.
        marked: String,
        /// The last one it knows; none for none.
        found: Option<String>,
    },
    /// Less has happened to its letters.
    FewerActs,
    /// It knows fewer changes of members' flags and requests.
    FewerSafeguards,
    /// It knows fewer numbers.
    FewerNumbers {
        /// The series.
        series: String,
        /// The period.
        period: i64,
        /// The last number that was given.
        marked: i64,
        /// The last one it knows.
        found: i64,
    },
    /// It knows fewer print runs.
    FewerPrintRuns,
    /// Its register has not the entry that was the last one.
    RegisterDiffers {
        /// The entry's place.
        place: i64,
    },
    /// Its register has not the entry that was the last one in the newest
    /// report.
    ReportDiffers {
        /// The report's file name.
        report: String,
        /// The entry's place.
        place: i64,
    },
    /// The newest report is another workspace's.
    ReportOfOther {
        /// The report's file name.
        report: String,
    },
    /// It has parts the program did not make, or lacks some that it did.
    Foreign(Vec<String>),
}

/// Numbers and references that are given to nobody, because the database that
/// knew who has them is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// First and last reference.
    pub letters: Option<(String, String)>,
    /// Numbers of each series and period.
    pub numbers: Vec<SkippedNumbers>,
    /// First and last number of print runs.
    #[serde(default)]
    pub print_runs: Option<(i64, i64)>,
}

/// Numbers of a series that are given to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedNumbers {
    /// The series.
    pub series: String,
    /// The period.
    pub period: i64,
    /// The first of them.
    pub first: i64,
    /// The last of them.
    pub last: i64,
}

impl Marks {
    /// What of a database, which is at `found`, does not agree with these
    /// marks. `entry` is the hash its register has at the marked place.
    pub fn doubts(&self, found: &Marks, entry: Option<&str>) -> Vec<Doubt> {
        if self.workspace != found.workspace {
            return vec![Doubt::OtherWorkspace];
        }
        let mut doubts = Vec::new();
        if found.letters < self.letters {
            doubts.push(Doubt::FewerLetters {
                marked: reference(self.letters),
                found: (found.letters > 0).then(|| reference(found.letters)),
            });
        }
        for number in &self.numbers {
            let known = found.last(&number.series, number.period);
            if known < number.last {
                doubts.push(Doubt::FewerNumbers {
                    series: number.series.clone(),
                    period: number.period,
                    marked: number.last,
                    found: known,
                });
            }
        }
        if !self.register.is_entry(entry) {
            let place = self.register.place;
            doubts.push(Doubt::RegisterDiffers { place });
        }
        if found.print_runs < self.print_runs {
            doubts.push(Doubt::FewerPrintRuns);
        }
        if found.safeguards < self.safeguards {
            doubts.push(Doubt::FewerSafeguards);
        }
        if found.acts < self.acts {
            doubts.push(Doubt::FewerActs);
        }
        doubts
    }

    /// The last number of a series in a period.
    pub fn last(&self, series: &str, period: i64) -> i64 {
        let numbers = self.numbers.iter();
        let mut of_it = numbers.filter(|one| one.series == series && one.period == period);
        of_it.next().map_or(0, |one| one.last)
    }

    /// Goes on to where the same workspace is now. What came from an older
    /// look at it takes nothing back.
    pub fn raise(&mut self, now: Marks) {
        if now.workspace != self.workspace {
            *self = now;
            return;
        }
        self.letters = self.letters.max(now.letters);
        self.acts = self.acts.max(now.acts);
        self.safeguards = self.safeguards.max(now.safeguards);
        self.print_runs = self.print_runs.max(now.print_runs);
        self.newest = self.newest.max(now.newest);
        if now.register.place > self.register.place {
            self.register = now.register;
        }
        for number in now.numbers {
            self.raise_number(number);
        }
    }

    /// Knows at least this number of its series and period.
    pub fn raise_number(&mut self, number: LastNumber) {
        let known = self
            .numbers
            .iter_mut()
            .find(|one| one.series == number.series && one.period == number.period);
        match known {
            Some(known) => known.last = known.last.max(number.last),
            None => self.numbers.push(number),
        }
    }
}

impl Skipped {
    /// Keys of the first and the last reference.
    pub fn keys(&self) -> Option<(i64, i64)> {
        let (first, last) = self.letters.as_ref()?;
        let key = |text: &str| Some(text.parse::<LetterId>().ok()?.key());
        Some((key(first)?, key(last)?))
    }
}

impl Reported {
    /// Whether it was made when the workspace had come further than these
    /// marks, or had gone another way.
    pub fn is_beyond(&self, marks: &Marks) -> bool {
        self.register.place > marks.register.place
            || (self.register.place == marks.register.place && self.register != marks.register)
    }

    /// What of a database does not agree with the newest report. `entry` is
    /// the hash its register has at the place the report says.
    pub fn doubts(&self, workspace: &str, entry: Option<&str>) -> Vec<Doubt> {
        let report = self.file.clone();
        if self.workspace.as_deref().is_some_and(|of| of != workspace) {
            return vec![Doubt::ReportOfOther { report }];
        }
        if self.register.is_entry(entry) {
            return Vec::new();
        }
        let place = self.register.place;
        vec![Doubt::ReportDiffers { report, place }]
    }
}

impl RegisterEnd {
    /// Whether this is the hash of the entry at its place. An empty register
    /// is the beginning of every other.
    fn is_entry(&self, entry: Option<&str>) -> bool {
        self.place == 0 || entry == Some(self.sha256.as_str())
    }
}

impl fmt::Display for RegisterEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}：{}", self.place, self.sha256)
    }
}

impl FromStr for RegisterEnd {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (place, sha256) = text.trim().split_once('：').ok_or(())?;
        Ok(RegisterEnd {
            place: place.parse().map_err(drop)?,
            sha256: sha256.to_owned(),
        })
    }
}

fn reference(key: i64) -> String {
    LetterId::from_key(key).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks() -> Marks {
        let number = |series: &str, period, last| LastNumber {
            series: series.to_owned(),
            period,
            last,
        };
        Marks {
            workspace: "a".repeat(32),
            letters: 40,
            acts: 300,
            safeguards: 7,
            print_runs: 2,
            numbers: vec![number("letters", 2026, 20), number("letters", 2027, 4)],
            register: RegisterEnd {
                place: 24,
                sha256: "hash".to_owned(),
            },
            newest: "2026-11-24T10:00:00+09:00".parse().ok(),
        }
    }

    #[test]
    fn a_database_that_has_come_further_is_not_doubted() {
        let mut further = marks();
        assert_eq!(marks().doubts(&further, Some("hash")), []);
        further.letters += 1;
        further.acts += 1;
        further.numbers[0].last += 1;
        further.register.place += 1;
        assert_eq!(marks().doubts(&further, Some("hash")), []);
        // Nothing had happened yet.
        let new = Marks {
            workspace: "a".repeat(32),
            ..Marks::default()
        };
        assert_eq!(new.doubts(&further, None), []);
    }

    #[test]
    fn each_thing_a_database_does_not_know_is_told() {
        let behind: [fn(&mut Marks); 5] = [
            |found| found.safeguards = 6,
            |found| found.letters = 39,
            |found| found.acts = 299,
            |found| found.numbers[1].last = 3,
            |found| found.print_runs = 1,
        ];
        for change in behind {
            let mut found = marks();
            change(&mut found);
            assert_eq!(marks().doubts(&found, Some("hash")).len(), 1, "{found:?}");
        }
        for entry in [None, Some("another")] {
            let doubts = marks().doubts(&marks(), entry);
            assert_eq!(doubts, [Doubt::RegisterDiffers { place: 24 }]);
        }
        // A period that is not there at all.
        let mut found = marks();
        found.numbers.remove(0);
        assert_eq!(marks().doubts(&found, Some("hash")).len(), 1);
        let mut other = marks();
        other.workspace = "b".repeat(32);
        assert_eq!(marks().doubts(&other, None), [Doubt::OtherWorkspace]);
    }

    #[test]
    fn marks_go_on_and_never_back() {
        let mut kept = marks();
        let mut older = marks();
        older.letters = 1;
        older.newest = None;
        older.numbers[0].last = 1;
        older.register = RegisterEnd::default();
        kept.raise(older);
        assert_eq!(kept, marks());
        let mut newer = marks();
        newer.letters = 41;
        newer.newest = "2026-11-24T10:00:01+09:00".parse().ok();
        newer.numbers.push(LastNumber {
            series: "notices".to_owned(),
            period: 2027,
            last: 1,
        });
        kept.raise(newer.clone());
        assert_eq!(kept, newer);
    }

    #[test]
    fn a_report_of_before_names_no_workspace_and_is_compared_all_the_same() {
        let mut report = Reported {
            file: "2026-11-22.txt".to_owned(),
            workspace: None,
            register: "24：hash".parse().expect("an end"),
        };
        assert_eq!(report.register.to_string(), "24：hash");
        assert_eq!(report.doubts("a", Some("hash")), []);
        assert_eq!(report.doubts("a", None).len(), 1);
        report.workspace = Some("b".to_owned());
        let report_of_other = report.doubts("a", Some("hash"));
        assert!(matches!(report_of_other[..], [Doubt::ReportOfOther { .. }]));
        for unreadable in ["", "24", "x：hash", "：hash"] {
            assert!(unreadable.parse::<RegisterEnd>().is_err(), "{unreadable}");
        }
    }
}
