//! The published notice (個人情報保護法に基づく公表事項): its content as data,
//! its page, and the website its editions make.

mod comparison;
mod content;
mod edition;
mod page;
pub mod site;

pub use comparison::{
    CategoryChange, Comparison, Difference, PurposeChange, Section, SentenceChange,
};
pub use content::{Category, Notice, NoticeError, Purpose};
pub use edition::Edition;
pub use page::{PageError, build_pdf, page_data};
