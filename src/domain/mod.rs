//! The society, its letters and what may happen to them.
//!
//! Plain values and rules: no I/O, no async, no clock. Everything else in the
//! program speaks in these types.

mod delivery;
mod envelope;
mod fiscal;
mod fold;
mod letter_id;
mod number;
mod problem;
mod right;
mod society;
mod staff;
mod state;
mod window;

pub use delivery::{Delivery, UnknownDelivery};
pub use envelope::{Decision, Envelope, RequestReference, RequesterRole};
pub use fiscal::fiscal_year;
pub use fold::folded;
pub use letter_id::{InvalidLetterId, LetterId};
pub use number::{NumberRule, Reset};
pub use problem::FieldProblem;
pub use right::Right;
pub use society::{Contact, SealMode, Society};
pub use staff::{InvalidStaffName, StaffName};
pub use state::{Event, IllegalTransition, State};
pub use window::{InvalidWindow, PANEL_HEIGHT, Window};
