//! What an edition of the notice changes for members, category by category.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::notice::{Category, CategoryChange, Comparison, Difference, Notice};

/// What stands in the letter where a category did not exist before.
const NEW_CATEGORY: &str = "（新たに加える類型のため、変更前の利用目的はありません。）";
/// What stands there where it no longer does.
const GONE_CATEGORY: &str = "（この類型を公表事項から削除します。）";

/// The categories of two editions and which of them changed.
pub(super) struct Changed {
    /// Id of a category by id and by every name it has or had.
    ids: BTreeMap<String, String>,
    /// Rows of the letter's table, in the order of the newer page.
    rows: Vec<(String, Value)>,
}

impl Changed {
    /// Compares two editions. A purpose that only stands elsewhere is no
    /// change to anybody.
    pub(super) fn between(old: &Notice, new: &Notice) -> Self {
        let mut ids = BTreeMap::new();
        for category in old.categories().chain(new.categories()) {
            for word in [&category.id, &category.name] {
                ids.insert(word.clone(), category.id.clone());
            }
        }
        let rows = Comparison::of(old, new)
            .categories
            .into_iter()
            .filter(counts)
            .map(|change| (change.id.clone(), row(&change, old, new)))
            .collect();
        Changed { ids, rows }
    }

    /// How many categories changed.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The categories a roster's entries mean; an entry is a name, an id, or
    /// several of them. The error is the word that is no category.
    pub(super) fn resolve(&self, entries: &[String]) -> Result<BTreeSet<&str>, String> {
        let mut found = BTreeSet::new();
        for entry in entries {
            // A name may itself hold a comma.
            if let Some(id) = self.ids.get(entry.as_str()) {
                found.insert(id.as_str());
                continue;
            }
            for word in entry.split(['、', ',', '，', ';', '；']).map(str::trim) {
                match self.ids.get(word) {
                    Some(id) => found.insert(id.as_str()),
                    None => return Err(word.to_owned()),
                };
            }
        }
        Ok(found)
    }

    /// The rows of the letter's table for these categories.
    pub(super) fn rows_for(&self, categories: &BTreeSet<&str>) -> Vec<Value> {
        self.rows
            .iter()
            .filter(|(id, _)| categories.contains(id.as_str()))
            .map(|(_, row)| row.clone())
            .collect()
    }

    /// Every row.
    pub(super) fn all_rows(&self) -> Vec<Value> {
        self.rows.iter().map(|(_, row)| row.clone()).collect()
    }
}

fn counts(change: &CategoryChange) -> bool {
    let tells = |difference: Difference| match difference {
        Difference::Added | Difference::Reworded | Difference::Removed => true,
        Difference::Moved => false,
    };
    change.difference.is_some_and(tells)
        || change
            .purposes
            .iter()
            .any(|purpose| tells(purpose.difference))
}

fn row(change: &CategoryChange, old: &Notice, new: &Notice) -> Value {
    let purposes = |notice: &Notice| {
        let category = notice.categories().find(|known| known.id == change.id);
        category.map(written)
    };
    let name = match (&change.old_name, &change.new_name) {
        (Some(old), Some(new)) if old != new => format!("{new}（変更前の名称：{old}）"),
        (_, Some(name)) | (Some(name), None) => name.clone(),
        (None, None) => change.id.clone(),
    };
    json!({
        "category": name,
        "old_purpose": purposes(old).unwrap_or_else(|| NEW_CATEGORY.to_owned()),
        "new_purpose": purposes(new).unwrap_or_else(|| GONE_CATEGORY.to_owned()),
    })
}

fn written(category: &Category) -> String {
    let texts: Vec<&str> = category.purposes.iter().map(|p| p.text.as_str()).collect();
    texts.join("、")
}

/// What tells one edition from every other: the SHA-256 of its content, for
/// an edition that was published is never altered.
pub(super) fn edition_key(notice: &Notice) -> String {
    let content = serde_json::to_vec(notice).unwrap_or_default();
    hex::encode(Sha256::digest(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Notice {
        let society = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("society");
        Notice::read(&society).expect("loads")
    }

    #[test]
    fn a_mere_move_concerns_nobody() {
        let old = shipped();
        let mut new = old.clone();
        new.purposes.groups[0].categories[0].purposes.swap(0, 1);
        new.purposes.groups[0].categories.swap(2, 3);
        assert_eq!(Changed::between(&old, &new).len(), 0);
        new.purposes.groups[0].categories[0].purposes.remove(0);
        assert_eq!(Changed::between(&old, &new).len(), 1);
        assert_ne!(edition_key(&old), edition_key(&new));
    }

    #[test]
    fn categories_are_known_by_id_and_by_old_and_new_name() {
        let old = shipped();
        let mut new = old.clone();
        new.purposes.groups[0].categories[0].name = "加入者資格の情報".to_owned();
        let changed = Changed::between(&old, &new);
        let one = |word: &str| {
            changed
                .resolve(&[word.to_owned()])
                .map(|ids| ids.into_iter().collect::<Vec<_>>())
        };
        for word in ["eligibility", "資格に関する情報", "加入者資格の情報"] {
            assert_eq!(one(word), Ok(vec!["eligibility"]), "{word}");
        }
        assert_eq!(one("receipts、income"), Ok(vec!["income", "receipts"]));
        assert_eq!(one("receipts、歯の情報"), Err("歯の情報".to_owned()));
    }
}
