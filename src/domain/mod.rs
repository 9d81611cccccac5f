//! The society, its letters and what may happen to them.
//!
//! Plain values and rules: no I/O, no async, no clock. Everything else in the
//! program speaks in these types.

mod against;
mod amendment;
mod art39;
mod attempt;
mod by;
mod clock_back;
mod close_reason;
mod counterpart;
mod counterpart_end;
mod delivery;
mod disclosure_method;
mod door;
mod envelope;
mod evidence;
mod fiscal;
mod fold;
mod identifier_doubt;
mod last_given;
mod leaving;
mod letter_act;
mod letter_id;
mod likeness;
mod mail_address;
mod mail_halt;
mod marks;
mod member;
mod night_step;
mod number;
mod paper;
mod person_checks;
mod person_facts;
mod persons;
mod place;
mod print_run;
mod problem;
mod reason;
mod reopen_reason;
mod request;
mod request_close;
mod request_facts;
mod revision;
mod revision_refusal;
mod right;
mod safeguards;
mod site;
mod society;
mod staff;
mod standing;
mod state;
mod steps;
mod tenor;
mod values;
mod visible;
mod whereabouts;
mod window;

pub use against::Against;
pub use amendment::{AmendReason, Amendment, UnknownAmendReason};
pub use art39::{Stage, TwoWeeks};
pub use attempt::AttemptOutcome;
pub use by::{Actor, By, NoStamp, Stamp};
pub use clock_back::{CLOCK_LEEWAY, ClockBack};
pub use close_reason::{CloseReason, UnknownCloseReason};
pub use counterpart::{Caution, Counterpart, cautions};
pub use counterpart_end::{
    COUNTERPART_AGAIN, COUNTERPART_END_PROPOSED, COUNTERPART_END_WITHDRAWN, COUNTERPART_ENDED,
    COUNTERPART_KEY_REFUSED, COUNTERPART_MISTAKEN, CounterpartEnd, EndStands,
    UnknownCounterpartEnd,
};
pub use delivery::{Delivery, Dispatch, HandedTo, UnknownDelivery, UnknownWord};
pub use disclosure_method::DisclosureMethod;
pub use envelope::{Decision, Envelope, RequestReference, RequesterRole};
pub use evidence::{Difference, EntrySays, Evidence, Passage, RowSays, approval_sha256};
pub use fiscal::fiscal_year;
pub use fold::{
    FOLD_VERSION, Plain, folded, half_width, identity_key, is_name_begun, is_same_name, is_unseen,
    katakana, look_alike_key, narrow_identifier, word_key,
};
pub use identifier_doubt::IdentifierDoubt;
pub use last_given::{LastGiven, SaidTooLow, Unsaid};
pub use leaving::DeliveryRefusal;
pub use letter_act::{LetterAction, LetterChange, LetterFacts, LetterRefusal, Move};
pub use letter_id::{InvalidLetterId, LetterId};
pub use likeness::{Likeness, Likening, Subject, differing, liken};
pub use mail_address::{is_mail_address, is_public_mail_address};
pub use mail_halt::MailHalt;
pub use marks::{Doubt, LastNumber, Marks, RegisterEnd, Reported, Skipped, SkippedNumbers};
pub use member::{Member, MemberFlag, PostalPlace};
pub use night_step::{NightStep, NightStepProblem, UndoneStep, UnknownNightStep};
pub use number::{NumberRule, Reset};
pub use paper::{
    OfficeField, PaperBox, PaperChoice, PaperEntry, PaperField, PaperNotes, PaperOption, PaperPart,
    PaperSheet,
};
pub use person_facts::{Ending, PersonFacts, Unfit};
pub use persons::{AnsweredRequest, MEMBER_KEYS, Persons};
pub use place::Place;
pub use print_run::{PrintRun, PrintedIn, ReprintRefusal, reprint_reason};
pub use problem::FieldProblem;
pub use reason::{NotRestored, PdfDamage, Reason};
pub use reopen_reason::{ReopenReason, UnknownReopenReason};
pub use request::{PrincipalCategory, Request, RequestStatus, UnknownRequestStatus};
pub use request_close::RequestRefusal;
pub use request_facts::RequestFacts;
pub use revision::{RevisionEvent, RevisionState, UnknownRevisionState};
pub use revision_refusal::{RevisionRefusal, TellingRefusal};
pub use right::Right;
pub use safeguards::{KeptBack, Safeguards, SetFlag};
pub use society::{
    Contact, Fees, IdentityPapers, MemberRules, NamePolicy, Names, PublicationFacts, Refusals,
    Restricted, SealMode, Society,
};
pub use staff::{InvalidStaffName, NIGHT_ACTOR, StaffName};
pub use standing::{AskedRight, Concern, Standing};
pub use state::{Event, IllegalTransition, State};
pub use steps::{Begun, Chain, Mark, RenderedFacts, Step};
pub use tenor::Tenor;
pub use visible::{for_terminal, in_one_line, is_control, is_invisible};
pub use whereabouts::{UnknownWhereabouts, Whereabouts};
pub use window::{InvalidWindow, PANEL_HEIGHT, Window};
