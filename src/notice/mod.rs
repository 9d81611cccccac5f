//! The published notice (個人情報保護法に基づく公表事項): its content as data
//! and its page.

mod comparison;
mod content;
pub mod notify;
mod page;

pub use comparison::{
    CategoryChange, Comparison, Difference, PurposeChange, Section, SentenceChange,
};
pub use content::{Category, Notice, NoticeError, Purpose};
pub use page::{PageError, build_pdf, page_data};
