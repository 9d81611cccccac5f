//! Open requests whose time is running out.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Count, NAMED, RequestAttention};
use crate::domain::{AskedRight, Concern, KeptBack, LetterId, Standing};
use crate::store::RequestRow;
use crate::text::era;
use crate::wording::concern_of;

/// Open requests by how their time stands.
pub(super) struct Pressing {
    pub counts: Vec<Count>,
    pub count: i64,
    pub named: Vec<RequestAttention>,
}

impl Pressing {
    pub(super) fn on(
        today: NaiveDate,
        open: Vec<(RequestRow, Vec<AskedRight>)>,
        kept_back: &BTreeMap<LetterId, KeptBack>,
    ) -> Self {
        let mut open: Vec<(RequestRow, Vec<AskedRight>, Standing)> = open
            .into_iter()
            .map(|(row, rights)| {
                let standing = Standing::on(today, row.arrival_date, row.target_date, &rights);
                (row, rights, standing)
            })
            .collect();
        open.sort_by_key(|(_, _, standing)| standing.urgency());
        let counts = [
            (Concern::TwoWeeksPast, "2週間を過ぎたもの"),
            (Concern::TwoWeeksNear, "2週間の近いもの(7日目から)"),
            (Concern::TargetPassed, "回答目標日を過ぎたもの"),
            (Concern::None, "そのほか"),
        ]
        .map(|(concern, label)| {
            let of_it = open.iter().filter(|(_, _, on)| on.concern() == concern);
            Count {
                label: label.to_owned(),
                count: i64::try_from(of_it.count()).unwrap_or(i64::MAX),
            }
        })
        .into();
        let mut count = 0;
        let mut named = Vec::new();
        for (row, rights, standing) in &open {
            let Some(concern) = concern_of(row, rights, standing, kept_back) else {
                continue;
            };
            count += 1;
            if count <= NAMED {
                named.push(RequestAttention {
                    receipt_number: row.receipt_number.clone(),
                    arrival_ja: era::write(row.arrival_date)
                        .unwrap_or_else(|| row.arrival_date.to_string()),
                    concern: concern.label.to_owned(),
                    reason: concern.reason,
                    next_step: concern.next_step,
                });
            }
        }
        Pressing {
            counts,
            count,
            named,
        }
    }
}
