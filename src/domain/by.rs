//! Who acts, and when: what every act is done by and every line of history
//! names.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat};

use super::StaffName;
use super::staff::{DEMO_ACTOR, NIGHT_ACTOR, SCHEDULE_ACTOR};

/// Who acts.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A member of staff.
    Staff(StaffName),
    /// The night, with letters.
    Night,
    /// The schedule, with what is due by itself.
    Schedule,
    /// A demo, with its samples.
    Demo,
}

impl Actor {
    /// The name that stands in the records.
    pub fn as_str(&self) -> &str {
        match self {
            Actor::Staff(name) => name.as_str(),
            Actor::Night => NIGHT_ACTOR,
            Actor::Schedule => SCHEDULE_ACTOR,
            Actor::Demo => DEMO_ACTOR,
        }
    }
}

/// Who acts, and when.
#[derive(Debug, Clone)]
pub struct By {
    /// Who.
    pub who: Actor,
    /// When.
    pub at: Stamp,
}

impl By {
    /// A member of staff at this time.
    pub fn staff(name: StaffName, at: Stamp) -> Self {
        By {
            who: Actor::Staff(name),
            at,
        }
    }

    /// The night at this time.
    pub fn night(at: Stamp) -> Self {
        By {
            who: Actor::Night,
            at,
        }
    }

    /// The day of the act.
    pub fn today(&self) -> NaiveDate {
        self.at.date()
    }
}

/// A time as it stands in the records: to the second, with its offset,
/// `2026-11-22T01:30:00+09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(DateTime<FixedOffset>);

/// A text that is no time of the records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time of the records")]
pub struct NoStamp;

impl Stamp {
    /// The stamp of this time.
    pub fn at(time: DateTime<FixedOffset>) -> Self {
        Stamp(time)
    }

    /// Its day where it was stamped.
    pub fn date(&self) -> NaiveDate {
        self.0.date_naive()
    }

    /// Its time.
    pub fn time(&self) -> DateTime<FixedOffset> {
        self.0
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Secs, false))
    }
}

impl FromStr for Stamp {
    type Err = NoStamp;

    fn from_str(text: &str) -> Result<Self, NoStamp> {
        DateTime::parse_from_rfc3339(text)
            .map(Stamp)
            .map_err(|_| NoStamp)
    }
}

impl serde::Serialize for Stamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Stamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_as_it_is_written() {
        let text = "2026-11-22T01:30:00+09:00";
        let stamp: Stamp = text.parse().expect("a stamp");
        assert_eq!(stamp.to_string(), text);
        assert_eq!(stamp.date().to_string(), "2026-11-22");
        for wrong in ["", "2026-11-22", "2026-11-22 01:30", "2026-11-22T01:30:00"] {
            assert_eq!(wrong.parse::<Stamp>(), Err(NoStamp), "{wrong}");
        }
    }
}
