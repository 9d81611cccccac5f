//! Yobin (夜便, night mail): a document service for a health insurance
//! society.
//!
//! The life of a letter: a record comes in ([`intake`], [`reception`]), is
//! checked against its kind ([`catalogue`]), the law ([`law`]) and the fonts
//! ([`text`]), and is queued ([`store`]). At night it joins a batch and gets
//! its number, is set ([`render`]), archived ([`archive`]), registered,
//! released and delivered ([`mail`]) — all of it driven by [`night`]. In the
//! morning a report says what needs a person. [`acts::proof`] shows later that what
//! was issued is what is kept.
//!
//! A module uses only modules named before it in this list; a test holds the
//! `use` lines against it: `clock`, `group`, `files`, `schedule`, `hash`,
//! `domain`, `catalogue`, `law`, `text`, `intake`, `record`, `render`,
//! `config`, `archive`, `mail`, `restricted`, `store`, `wording`, `office`,
//! `reception`, `notice`, `print`, `views`, `acts`, `night`, `cli`.

pub mod acts;
pub mod archive;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod files;
pub mod group;
pub mod hash;
pub mod intake;
pub mod law;
pub mod mail;
pub mod night;
pub mod notice;
pub mod office;
pub mod print;
pub mod reception;
pub mod record;
pub mod render;
pub mod restricted;
pub mod schedule;
pub mod store;
pub mod text;
pub mod views;
pub mod wording;
