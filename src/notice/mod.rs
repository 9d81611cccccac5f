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
mod page;
mod printable;
mod proposal;
mod questions;
mod record;
pub mod rules;
pub mod site;

pub use answers::{blank_answers, read_answers};
pub use comparison::{CategoryChange, Comparison, Difference, Section};
pub use content::{Category, Item, Notice, NoticeError, Purpose};
pub use decision::{Decision, Reach, decide};
pub use edition::{Edition, RevisionError, edition_of, editions_of};
pub use ids::id_problems;
pub use in_force::{FileStanding, InForce, InForceError, in_force, society_file};
pub use page::{PageError, build_pdf, page_data};
pub use printable::{misprints, unprintable};
pub use proposal::Proposal;
pub use questions::{AnswerProblem, Answers, Kind, Question, TITLES, as_kept};
pub use record::record_pdf;
