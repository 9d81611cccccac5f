//! The society, its letters and what may happen to them.
//!
//! Plain values and rules: no I/O, no async, no clock. Everything else in the
//! program speaks in these types.

mod art39;
mod close_reason;
mod delivery;
mod envelope;
mod fiscal;
mod fold;
mod letter_id;
mod member;
mod number;
mod place;
mod problem;
mod request;
mod revision;
mod right;
mod society;
mod staff;
mod standing;
mod state;
mod visible;
mod window;

pub use art39::{Stage, TwoWeeks};
pub use close_reason::{CloseReason, UnknownCloseReason};
pub use delivery::{Delivery, UnknownDelivery};
pub use envelope::{Decision, Envelope, RequestReference, RequesterRole};
pub use fiscal::fiscal_year;
pub use fold::{folded, is_same_name};
pub use letter_id::{InvalidLetterId, LetterId};
pub use member::{Member, MemberFlag, PostalPlace};
pub use number::{NumberRule, Reset};
pub use place::Place;
pub use problem::FieldProblem;
pub use request::{PrincipalCategory, Request};
pub use revision::{RevisionEvent, RevisionState, UnknownRevisionState};
pub use right::Right;
pub use society::{
    Contact, Fees, MemberRules, NamePolicy, Names, PublicationFacts, Restricted, SealMode, Society,
};
pub use staff::{InvalidStaffName, StaffName};
pub use standing::{AskedRight, Concern, Standing};
pub use state::{Event, IllegalTransition, State};
pub use visible::{for_terminal, in_one_line, is_control, is_invisible};
pub use window::{InvalidWindow, PANEL_HEIGHT, Window};
