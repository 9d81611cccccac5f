//! States that belong together. What else holds a letter against several
//! states, statements of the store among it, names one of these.

use super::State;

impl State {
    /// It waits for a batch.
    pub const WAITING: [State; 2] = [State::Queued, State::Approved];

    /// Where letters can be that never were in a batch and may still join
    /// one.
    pub const WAITING_OR_HELD: [State; 3] = [State::Queued, State::Approved, State::Held];

    /// The night goes on with it by itself.
    pub const ON_THE_WAY: [State; 4] = [
        State::Numbered,
        State::Rendered,
        State::Archived,
        State::Released,
    ];

    /// It is still to be made. A batch closes when none of its letters is:
    /// whether a letter has gone out is the concern of its delivery.
    pub const TO_MAKE: [State; 3] = [State::Numbered, State::Rendered, State::Archived];

    /// It is made, and waits to go out.
    pub const TO_GO: [State; 1] = [State::Released];

    /// Its page is still to come out, or to come out again.
    pub const BEFORE_PAGE: [State; 2] = [State::Numbered, State::Rendered];

    /// A person must look at it.
    pub const NEEDS_PERSON: [State; 3] = [State::Parked, State::Failed, State::Unknown];

    /// It goes on only with a person: one must look at it, or held it.
    pub const STOPPED: [State; 4] = [State::Parked, State::Failed, State::Unknown, State::Held];

    /// It can only be here with its entry in the register.
    pub const REGISTERED: [State; 6] = [
        State::Archived,
        State::Released,
        State::Sent,
        State::Filed,
        State::Failed,
        State::Unknown,
    ];
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::Event;
    use super::*;

    /// The states in which `happens`, in the order of a letter's life.
    fn states(happens: impl Fn(State) -> bool) -> Vec<State> {
        State::ALL
            .into_iter()
            .filter(|state| happens(*state))
            .collect()
    }

    #[test]
    fn a_letter_waits_where_it_can_be_numbered() {
        let numbered = states(|state| state.after(Event::Number).is_ok());
        assert_eq!(numbered, State::WAITING);
        let or_held = [&State::WAITING[..], &[State::Held]].concat();
        assert_eq!(or_held, State::WAITING_OR_HELD);
    }

    #[test]
    fn a_letter_is_on_its_way_where_the_night_can_park_it() {
        let parked = states(|state| state.after(Event::Park).is_ok());
        assert_eq!(parked, State::ON_THE_WAY);
        assert_eq!(states(State::is_on_the_way), State::ON_THE_WAY);
        let in_two = [&State::TO_MAKE[..], &State::TO_GO].concat();
        assert_eq!(in_two, State::ON_THE_WAY);
        let to_go = states(|state| state.after(Event::BeginHandover).is_ok());
        assert_eq!(to_go, State::TO_GO);
        let rendered = states(|state| state.after(Event::Render).is_ok());
        assert_eq!(rendered, State::BEFORE_PAGE);
    }

    #[test]
    fn a_person_is_needed_where_the_night_stopped() {
        let stops = [Event::Park, Event::Fail, Event::LoseAnswer];
        let stopped: BTreeSet<State> = State::ON_THE_WAY
            .into_iter()
            .flat_map(|state| stops.map(|event| state.after(event)))
            .flatten()
            .collect();
        assert_eq!(stopped, BTreeSet::from(State::NEEDS_PERSON));
        assert_eq!(states(State::needs_person), State::NEEDS_PERSON);
        let or_held = [&State::NEEDS_PERSON[..], &[State::Held]].concat();
        assert_eq!(or_held, State::STOPPED);
    }

    #[test]
    fn a_letter_is_registered_where_only_the_archive_leads_to() {
        // What a letter goes through forwards, leaving out its being archived;
        // what brings it back to where it was brings it nowhere new, and what
        // is found out is found out of registered letters only.
        let left_out = |event: &Event| {
            matches!(
                event,
                Event::Archive
                    | Event::Resume(_)
                    | Event::Retry(_)
                    | Event::FindSent
                    | Event::FindPosted
            )
        };
        let ways: Vec<Event> = Event::all(State::Queued)
            .into_iter()
            .filter(|event| !left_out(event))
            .collect();
        let mut reached = vec![State::Queued];
        let mut place = 0;
        while let Some(state) = reached.get(place).copied() {
            place += 1;
            for next in ways.iter().filter_map(|event| state.after(*event).ok()) {
                if !reached.contains(&next) {
                    reached.push(next);
                }
            }
        }
        let registered = states(|state| !reached.contains(&state));
        assert_eq!(registered, State::REGISTERED);
    }
}
