//! What an office does: one function an act. It owns the transaction, the
//! rule and the line of history; a face calls one act and shows what comes
//! back. The first arguments are `(&Office, &By, …)`. What is refused is an
//! enum; its words stand in [`crate::wording`].

pub mod calibration;
pub mod checkup;
pub mod deliveries;
pub mod drafts;
pub mod in_charge;
pub mod letters;
pub mod members;
pub mod notice;
pub mod notify;
pub mod papers;
pub mod previews;
pub mod print_runs;
pub mod proof;
pub mod reception;
pub mod register;
pub mod requests;
pub mod restricted;
pub mod samples;
pub mod sheets;
pub mod site;
mod still_holds;
pub mod workspace;

#[cfg(test)]
mod tests;
