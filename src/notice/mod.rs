//! The published notice (個人情報保護法に基づく公表事項): its content as data,
//! its page, its revisions with the questions they raise, and the website
//! its editions make.

mod answers;
mod comparison;
mod content;
mod decision;
pub mod duties;
mod edition;
mod ids;
mod in_force;
pub mod notify;
mod page;
mod printable;
mod publication;
mod questions;
mod record;
mod revisions;
pub mod site;
mod telling;

pub use answers::{AnswersError, blank_answers, read_answers};
pub use comparison::{
    CategoryChange, Comparison, Difference, PurposeChange, Section, SentenceChange,
};
pub use content::{Category, Notice, NoticeError, Purpose};
pub use decision::{Consequence, Decision, GivenAnswer, Reach, Ruling, decide};
pub use edition::Edition;
pub use in_force::{FileStanding, InForce, InForceError, in_force, society_file};
pub use page::{PageError, build_pdf, page_data};
pub use printable::misprints;
pub use publication::{Publication, PublicationError, ShowError, publish, show_public};
pub use questions::{AnswerProblem, Answers, Kind, Question, Row, TITLES, questions};
pub use record::record_pdf;
pub use revisions::{
    Proposal, RevisionError, edition_of, import, keep_draft, propose, publish_due,
    published_editions,
};
pub use telling::{Telling, TellingError, telling};
