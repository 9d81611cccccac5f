//! What staff were told of letters when they were queued.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::domain::LetterId;
use crate::store::{LetterQuery, Reads, StoreError, Which};

/// Letters looked at together.
const TOGETHER: usize = 500;

/// A warning kept with a letter. It quotes nothing of the record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct KeptWarning {
    /// The field's title, or its name in a kind that is known no more; none of
    /// a warning about the whole record.
    pub field: Option<String>,
    /// What staff were told.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

/// What is kept of these letters.
///
/// # Errors
/// When the store cannot be read.
pub async fn kept_warnings(
    catalogue: &Catalogue,
    conn: &mut Reads,
    letters: &[LetterId],
) -> Result<BTreeMap<LetterId, Vec<KeptWarning>>, StoreError> {
    let mut all = BTreeMap::new();
    for some in letters.chunks(TOGETHER) {
        let mut kept = conn.warnings_of(some).await?;
        if kept.is_empty() {
            continue;
        }
        let rows = conn.letters(&LetterQuery::of(Which::Named(some))).await?;
        for row in rows {
            let Some(warnings) = kept.remove(&row.id) else {
                continue;
            };
            let kind = catalogue.get(&row.kind);
            let title = |name: String| {
                let mut fields = kind.into_iter().flat_map(|kind| &kind.fields);
                let field = fields.find(|field| field.name == name);
                field.map_or(name, |field| field.title.clone())
            };
            let warnings = warnings.into_iter().map(|told| KeptWarning {
                field: told.field.map(title),
                problem: told.problem,
                remedy: told.remedy,
            });
            all.insert(row.id, warnings.collect());
        }
    }
    Ok(all)
}
