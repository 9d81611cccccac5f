//! Open requests whose time is running out.

use super::{Count, RequestAttention};
use crate::domain::Concern;
use crate::text::era;
use crate::views::requests::OpenRequest;

/// Requests named one by one in the report.
const NAMED: i64 = 500;

/// Open requests by deadline status.
pub(super) struct Pressing {
    pub counts: Vec<Count>,
    pub count: i64,
    pub named: Vec<RequestAttention>,
}

impl Pressing {
    /// Of open requests, the most urgent first.
    pub(super) fn of(open: &[OpenRequest]) -> Self {
        let counts = [
            (Concern::TwoWeeksPast, "2週間を過ぎたもの"),
            (Concern::TwoWeeksNear, "2週間の近いもの(7日目から)"),
            (Concern::TargetPassed, "回答目標日を過ぎたもの"),
            (Concern::None, "そのほか"),
        ]
        .map(|(concern, label)| {
            let of_it = open.iter().filter(|on| on.standing.concern() == concern);
            Count {
                label: label.to_owned(),
                count: i64::try_from(of_it.count()).unwrap_or(i64::MAX),
            }
        })
        .into();
        let mut count = 0;
        let mut named = Vec::new();
        for request in open {
            let Some(concern) = &request.concern else {
                continue;
            };
            count += 1;
            if count <= NAMED {
                let row = &request.row;
                named.push(RequestAttention {
                    receipt_number: row.receipt_number.clone(),
                    arrival_ja: era::write(row.arrival_date)
                        .unwrap_or_else(|| row.arrival_date.to_string()),
                    concern: concern.label.to_owned(),
                    reason: concern.reason.clone(),
                    next_step: concern.next_step.clone(),
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
