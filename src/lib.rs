//! Yobin (夜便, night mail): a document service for a health insurance
//! society.
//!
//! The life of a letter: a record comes in ([`intake`], [`acts::reception`]),
//! is checked against its kind ([`catalogue`]), the law ([`law`]) and the
//! fonts ([`text`]), and is queued ([`store`]). At night it joins a batch and
//! gets its number, is rendered ([`render`]), archived ([`archive`]), registered
//! and released; then its batch can close. It is delivered ([`mail`]) in that
//! night or, where the mail server is away, in a later one. What follows are
//! steps that are done whatever died: print files ([`print`]), publication
//! ([`notice`]), and the report that says what needs a person. All of it is
//! driven by [`night`]. [`acts::proof`] shows later that what was issued is what
//! is kept, and [`office`] whether the database is the one the workspace had.
//!
//! A room uses the rooms its row of this table names, which stand before it,
//! and no more; a test holds the `use` lines against it both ways:
//!
//! | room | may use |
//! | --- | --- |
//! | `clock` | |
//! | `group` | |
//! | `files` | `group` |
//! | `schedule` | `clock` |
//! | `hash` | |
//! | `confine` | |
//! | `domain` | `hash` |
//! | `catalogue` | `files`, `domain` |
//! | `law` | `files`, `domain`, `catalogue` |
//! | `text` | `files`, `hash`, `domain` |
//! | `intake` | `files`, `hash`, `confine`, `domain`, `catalogue`, `text` |
//! | `config` | `schedule` |
//! | `render` | `files`, `hash`, `confine`, `domain`, `text`, `config` |
//! | `archive` | `files`, `hash` |
//! | `restricted` | `domain`, `catalogue`, `law` |
//! | `pages` | |
//! | `mail` | `files`, `hash`, `domain`, `pages` |
//! | `store` | `clock`, `group`, `hash`, `domain` |
//! | `wording` | `domain`, `text`, `intake`, `config`, `render`, `archive`, `restricted`, `store` |
//! | `record` | `hash`, `domain`, `catalogue`, `law`, `text`, `restricted`, `wording` |
//! | `office` | `clock`, `files`, `confine`, `domain`, `catalogue`, `law`, `text`, `config`, `render`, `archive`, `restricted`, `mail`, `store`, `wording`, `record` |
//! | `notice` | `files`, `hash`, `domain`, `text`, `intake`, `config`, `render`, `pages`, `store`, `wording`, `office` |
//! | `print` | `files`, `domain`, `config`, `archive`, `store`, `wording`, `record`, `office` |
//! | `views` | `files`, `schedule`, `domain`, `catalogue`, `text`, `config`, `archive`, `pages`, `store`, `wording`, `record`, `office`, `notice`, `print` |
//! | `acts` | `clock`, `files`, `hash`, `confine`, `domain`, `catalogue`, `law`, `text`, `intake`, `config`, `render`, `archive`, `restricted`, `pages`, `mail`, `store`, `wording`, `record`, `office`, `notice`, `print`, `views` |
//! | `night` | `clock`, `files`, `schedule`, `domain`, `law`, `config`, `render`, `archive`, `mail`, `store`, `wording`, `record`, `office`, `print`, `views`, `acts` |
//! | `cli` | `clock`, `files`, `hash`, `domain`, `catalogue`, `config`, `wording`, `office`, `notice`, `views`, `acts`, `night` |

pub mod acts;
mod archive;
mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
mod confine;
pub mod domain;
mod files;
mod group;
mod hash;
mod intake;
mod law;
mod mail;
pub mod night;
mod notice;
pub mod office;
mod pages;
mod print;
pub mod record;
pub mod render;
mod restricted;
mod schedule;
pub mod store;
pub mod text;
pub mod views;
mod wording;

#[path = "../fuzz/mod.rs"]
#[cfg(test)]
pub(crate) mod fuzz;
