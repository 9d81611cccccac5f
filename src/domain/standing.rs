//! How a request stands on a day: what is answered, and what time is left.

use chrono::NaiveDate;

use super::{LetterId, Right, Stage, TwoWeeks, Whereabouts};

/// A right a request asks for, and the letter that decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedRight {
    /// The right.
    pub right: Right,
    /// The letter that decides it and where that is, if there is one that was
    /// not cancelled.
    pub letter: Option<(LetterId, Whereabouts)>,
    /// A letter that answers it without deciding it, if there is one that was
    /// not cancelled: of several, one that has left the house.
    pub beside: Option<(LetterId, Whereabouts)>,
}

/// How an open request stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Days since it arrived; 0 on the day itself.
    pub days_since_arrival: i64,
    /// The two weeks of art. 39, where a right under it is still unanswered.
    pub two_weeks: Option<TwoWeeks>,
    /// How near their end is; early where they do not run.
    pub stage: Stage,
    /// Days to the society's own target: 0 on that day, negative after it.
    pub target_days_left: i64,
    /// Whether every right was answered.
    pub answered: bool,
}

/// Why a request needs a person. Each request has the gravest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// Nothing presses.
    None,
    /// The society's target has passed.
    TargetPassed,
    /// The two weeks end soon: from the seventh day on.
    TwoWeeksNear,
    /// The two weeks have passed.
    TwoWeeksPast,
}

impl AskedRight {
    /// Whether the answer has left the house. A decision that waits for
    /// approval, for the night, to be posted or to be sent on from its file
    /// answers nobody, so the time goes on.
    pub fn is_answered(&self) -> bool {
        self.answer().is_some_and(|(_, at)| at.left_house())
    }

    /// The letter that answers it: the decision, or else what answers it
    /// without one.
    pub fn answer(&self) -> Option<(LetterId, Whereabouts)> {
        self.letter.or(self.beside)
    }
}

impl Standing {
    /// Where a request stands on the day `today`.
    pub fn on(
        today: NaiveDate,
        arrival: NaiveDate,
        target: NaiveDate,
        rights: &[AskedRight],
    ) -> Self {
        let waits = |asked: &AskedRight| asked.right.is_under_article_39() && !asked.is_answered();
        let two_weeks = rights.iter().any(waits).then(|| TwoWeeks::after(arrival));
        Standing {
            days_since_arrival: (today - arrival).num_days(),
            two_weeks,
            stage: two_weeks.map_or(Stage::Early, |weeks| weeks.stage(today)),
            target_days_left: (target - today).num_days(),
            answered: rights.iter().all(AskedRight::is_answered),
        }
    }

    /// Why the request needs a person.
    pub fn concern(&self) -> Concern {
        match self.stage {
            Stage::Past => Concern::TwoWeeksPast,
            Stage::Day7 | Stage::Day10 | Stage::Day13 => Concern::TwoWeeksNear,
            Stage::Early if self.target_days_left < 0 && !self.answered => Concern::TargetPassed,
            Stage::Early => Concern::None,
        }
    }

    /// Orders requests by urgency, the most urgent first.
    pub fn urgency(&self) -> (std::cmp::Reverse<(Stage, Concern)>, i64) {
        (
            std::cmp::Reverse((self.stage, self.concern())),
            self.target_days_left,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::State;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn asked(right: Right, at: Option<Whereabouts>) -> AskedRight {
        AskedRight {
            right,
            letter: at.map(|at| (LetterId::from_key(1), at)),
            beside: None,
        }
    }

    fn on(today: &str, rights: &[AskedRight]) -> Standing {
        Standing::on(day(today), day("2026-11-04"), day("2026-12-04"), rights)
    }

    #[test]
    fn complaints_the_bereaved_and_purposes_alone_have_no_two_weeks() {
        for right in [
            Right::Complaint,
            Right::BereavedDisclosure,
            Right::NotificationOfPurposes,
        ] {
            let alone = on("2026-11-30", &[asked(right, None)]);
            assert_eq!(alone.two_weeks, None);
            assert_eq!(alone.concern(), Concern::None);
            let both = [asked(right, None), asked(Right::Correction, None)];
            assert_eq!(on("2026-11-30", &both).concern(), Concern::TwoWeeksPast);
        }
    }

    #[test]
    fn only_an_answer_that_left_the_house_stops_the_time() {
        for (at, running) in [
            (State::Queued.into(), true),
            (State::Approved.into(), true),
            (State::Parked.into(), true),
            (State::Unknown.into(), true),
            (State::Filed.into(), true),
            (Whereabouts::Written, true),
            (Whereabouts::Unposted, true),
            (State::Sent.into(), false),
            (Whereabouts::Posted, false),
            (Whereabouts::HandedOver, false),
        ] {
            let standing = on("2026-11-19", &[asked(Right::Disclosure, Some(at))]);
            assert_eq!(standing.two_weeks.is_some(), running, "{at:?}");
            assert_eq!(standing.answered, !running, "{at:?}");
        }
        // An answer that is no decision stops it as well, but not beside a
        // decision that waits.
        for (letter, beside, running) in [
            (None, State::Queued, true),
            (None, State::Sent, false),
            (Some(State::Queued), State::Sent, true),
            (Some(State::Sent), State::Queued, false),
        ] {
            let at = |state: State| (LetterId::from_key(1), Whereabouts::In(state));
            let rights = [AskedRight {
                right: Right::Disclosure,
                letter: letter.map(at),
                beside: Some(at(beside)),
            }];
            let standing = on("2026-11-19", &rights);
            assert_eq!(
                standing.two_weeks.is_some(),
                running,
                "{letter:?} {beside:?}"
            );
        }
        let one_of_two = [
            asked(Right::Disclosure, Some(State::Sent.into())),
            asked(Right::Cessation, None),
        ];
        assert_eq!(on("2026-11-19", &one_of_two).stage, Stage::Past);
    }

    #[test]
    fn a_target_passes_with_the_day_after_it_and_not_once_answered() {
        let open = [asked(Right::Complaint, None)];
        assert_eq!(on("2026-12-04", &open).concern(), Concern::None);
        assert_eq!(on("2026-12-05", &open).concern(), Concern::TargetPassed);
        let answered = [asked(Right::Complaint, Some(State::Sent.into()))];
        assert_eq!(on("2026-12-05", &answered).concern(), Concern::None);
    }

    #[test]
    fn the_nearer_end_comes_first() {
        let disclosure = [asked(Right::Disclosure, None)];
        let complaint = [asked(Right::Complaint, None)];
        let mut all = [
            on("2026-11-10", &disclosure),
            on("2026-12-10", &complaint),
            on("2026-11-11", &disclosure),
            on("2026-11-19", &disclosure),
        ];
        all.sort_by_key(Standing::urgency);
        let stages = all.map(|standing| (standing.stage, standing.concern()));
        assert_eq!(
            stages,
            [
                (Stage::Past, Concern::TwoWeeksPast),
                (Stage::Day7, Concern::TwoWeeksNear),
                (Stage::Early, Concern::TargetPassed),
                (Stage::Early, Concern::None),
            ]
        );
    }
}
