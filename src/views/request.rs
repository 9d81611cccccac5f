//! One request, whole.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::ViewError;
use super::requests::as_json;
use crate::domain::{
    AskedRight, COUNTERPART_ENDED, EndStands, KeptBack, LetterId, RequestRefusal, Stamp, Standing,
};
use crate::office::Office;
use crate::print;
use crate::store::{
    For, LetterQuery, LetterRow, Refused, RequestAuditRow, RequestRow, Which, WholeRequest,
};
use crate::wording::{RequestConcern, concern_of, request_refusal};

/// A request with all that is known of it.
#[derive(Debug)]
pub struct Request {
    /// The request.
    pub row: RequestRow,
    /// What it asks for, each with what became of it.
    pub rights: Vec<AskedRight>,
    /// How its time stands today, while it is open.
    pub standing: Option<Standing>,
    /// Why it needs a person today, if it does.
    pub concern: Option<RequestConcern>,
    /// The record it was added with.
    pub record: Map<String, Value>,
    /// The letters that belong to it, in the order they were queued.
    pub letters: Vec<LetterRow>,
    /// Those among them that must not go.
    pub kept_back: BTreeMap<LetterId, KeptBack>,
    /// What happened to it, oldest first.
    pub history: Vec<RequestAuditRow>,
    /// Other requests with the same number, as written.
    pub twins: Vec<String>,
    /// Whether protective measures are against who asks; nothing where they
    /// never were.
    pub counterpart: Option<CounterpartStands>,
}

/// Whether protective measures are against who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CounterpartStands {
    /// They are.
    Stands,
    /// They were: somebody confirmed that they are no longer.
    Ended {
        /// Who.
        by: String,
        /// When.
        at: Stamp,
    },
}

impl CounterpartStands {
    /// What stands by a record and the history of its request.
    fn of(record: &Map<String, Value>, ended: bool, history: &[RequestAuditRow]) -> Option<Self> {
        let said = record.get("protected_counterpart").and_then(Value::as_str);
        if said != Some("yes") {
            return None;
        }
        let last = history
            .iter()
            .rev()
            .find(|line| line.act == COUNTERPART_ENDED);
        Some(match last.filter(|_| ended) {
            None => CounterpartStands::Stands,
            Some(line) => CounterpartStands::Ended {
                by: line.actor.clone(),
                at: line.at,
            },
        })
    }

    /// For other programs.
    fn as_json(&self) -> Value {
        match self {
            CounterpartStands::Stands => json!({"stands": true}),
            CounterpartStands::Ended { by, at } => {
                json!({"stands": false, "ended_by": by, "ended_at": at.to_string()})
            }
        }
    }
}

/// Why a request cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum RequestViewError {
    /// There is none with this number.
    #[error("{}", request_refusal::words(.0))]
    NotFound(#[from] Refused<RequestRefusal>),
    /// It cannot be read.
    #[error(transparent)]
    View(#[from] ViewError),
}

impl Request {
    /// Reads the request with this receipt number.
    ///
    /// # Errors
    /// [`RequestViewError`].
    pub async fn of(office: &Office, receipt: &str) -> Result<Self, RequestViewError> {
        let mut conn = office.store.reads().await.map_err(ViewError::from)?;
        let found = conn.request(receipt, For::People).await;
        let found = found.map_err(ViewError::from)?;
        let WholeRequest {
            row,
            record,
            rights,
            twins,
            counterpart_ended,
            history,
        } = found.meant_by(receipt).map_err(Refused::one)?;
        let read = async {
            let record = serde_json::from_slice(&record)?;
            let counterpart = CounterpartStands::of(&record, counterpart_ended, &history);
            let query = LetterQuery::of(Which::OfRequest(row.id));
            let letters = conn.letters(&query).await?;
            let ids: Vec<LetterId> = letters.iter().map(|letter| letter.id).collect();
            let kept_back = print::kept_back_named(office, &mut conn, &ids).await?;
            let today = office.desk.clock.today();
            let standing = row
                .close_reason
                .is_none()
                .then(|| Standing::on(today, row.arrival_date, row.target_date, &rights));
            let concern = standing
                .as_ref()
                .and_then(|standing| concern_of(&row, &rights, standing, &kept_back));
            Ok(Request {
                rights,
                standing,
                concern,
                record,
                letters,
                kept_back,
                history,
                twins,
                counterpart,
                row,
            })
        };
        Ok(read.await.map_err(|error: ViewError| error)?)
    }

    /// The request itself for other programs.
    pub fn as_json(&self) -> Value {
        let mut value = as_json(&self.row, &self.rights, self.standing.as_ref());
        if let (Value::Object(object), Some(stands)) = (&mut value, &self.counterpart) {
            object.insert("counterpart".to_owned(), stands.as_json());
        }
        value
    }

    /// How far the end of the counterpart it registered is.
    pub fn end_stands(&self) -> EndStands<'_> {
        let history = self.history.iter();
        EndStands::of(
            history.map(|row| (row.act.as_str(), row.actor.as_str(), row.note.as_deref())),
        )
    }
}
