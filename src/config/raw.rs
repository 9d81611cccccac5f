//! The settings as they were typed, with what holds where nothing was.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Approval, Publication, RequestPolicy, Sides};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawConfig {
    pub(super) templates: PathBuf,
    pub(super) society: PathBuf,
    pub(super) fonts: PathBuf,
    pub(super) out: PathBuf,
    pub(super) marks: Option<PathBuf>,
    pub(super) approval: Approval,
    pub(super) requests: Option<RequestPolicy>,
    pub(super) schedule: String,
    pub(super) render: RawRender,
    pub(super) delivery: RawDelivery,
    pub(super) publication: Publication,
    pub(super) print: RawPrint,
    pub(super) mail: toml::Table,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPrint {
    pub(super) sides: Sides,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRender {
    pub(super) workers: usize,
    pub(super) wall_seconds: u64,
    pub(super) memory_mib: u64,
    pub(super) recycle_after: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawDelivery {
    pub(super) retry_seconds: Vec<u64>,
}

impl Default for RawConfig {
    fn default() -> Self {
        RawConfig {
            templates: "templates".into(),
            society: "society".into(),
            fonts: "fonts".into(),
            out: "out".into(),
            marks: None,
            approval: Approval::default(),
            requests: None,
            schedule: "0 30 1 * * Mon-Fri".to_owned(),
            render: RawRender::default(),
            delivery: RawDelivery::default(),
            publication: Publication::default(),
            print: RawPrint::default(),
            mail: toml::Table::new(),
        }
    }
}

impl Default for RawRender {
    fn default() -> Self {
        RawRender {
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            wall_seconds: 30,
            memory_mib: 1024,
            recycle_after: 5000,
        }
    }
}

impl Default for RawDelivery {
    fn default() -> Self {
        RawDelivery {
            retry_seconds: vec![5, 15, 60, 300, 600],
        }
    }
}
