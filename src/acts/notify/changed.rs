//! What an edition of the notice changes for members, category by category.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::hash::Sha256;
use crate::notice::{Category, CategoryChange, Comparison, Difference, Notice, Section};

/// What stands in the letter where a category did not exist before.
const NEW_CATEGORY: &str = "（新たに加える類型のため、変更前の利用目的はありません。）";
/// What stands there where it no longer does.
const GONE_CATEGORY: &str = "（この類型を公表事項から削除します。）";

/// The categories of two editions and which of them changed.
pub(super) struct Changed {
    /// Id of a category by id and by every name it has or had.
    ids: BTreeMap<String, String>,
    /// Rows of the letter's table, in the order of the newer page.
    rows: Vec<Told>,
    /// Names of the categories that differ and are not told.
    untold: Vec<(String, String)>,
    /// Sentences beside the table that change a purpose: no letter has them.
    beside: Vec<String>,
}

/// A category members are told of.
struct Told {
    id: String,
    row: Value,
    /// Whether a purpose changes; else only words do, or a purpose is gone.
    is_purpose: bool,
}

/// How far the rows of one letter go. A revision that goes further than what
/// is reasonably related is told by no letter of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Each is declared to be within what is reasonably related (art. 17(2)).
    Related,
    /// Some are; of the others no purpose changes.
    Partly,
    /// No purpose changes.
    Unchanged,
}

impl Scope {
    fn of(told: &[&Told]) -> Self {
        let changing = told.iter().filter(|told| told.is_purpose).count();
        match changing {
            0 => Scope::Unchanged,
            all if all == told.len() => Scope::Related,
            _ => Scope::Partly,
        }
    }

    /// The code records use.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Scope::Related => "related",
            Scope::Partly => "partly",
            Scope::Unchanged => "unchanged",
        }
    }
}

impl Changed {
    /// Compares two editions. A purpose that only stands elsewhere is no
    /// change to anybody. Where nothing but words changed, as the decision
    /// record has it in `untold`, or a purpose was given up, the purposes are
    /// what they were: that is told only with `all`.
    pub(super) fn between(
        old: &Notice,
        new: &Notice,
        untold: &BTreeSet<String>,
        all: bool,
    ) -> Self {
        let mut ids = BTreeMap::new();
        for category in old.categories().chain(new.categories()) {
            for word in [&category.id, &category.name] {
                ids.insert(word.clone(), category.id.clone());
            }
        }
        let comparison = Comparison::of(old, new);
        let mut changed = Changed {
            ids,
            rows: Vec::new(),
            untold: Vec::new(),
            beside: beside(&comparison, untold),
        };
        for change in comparison.categories.iter().filter(|change| counts(change)) {
            let is_purpose = changes_purposes(change, untold);
            if is_purpose || all {
                changed.rows.push(Told {
                    id: change.id.clone(),
                    row: row(change, old, new),
                    is_purpose,
                });
            } else {
                changed.untold.push((change.id.clone(), name(change)));
            }
        }
        changed
    }

    /// How many categories are told.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Names of the categories that are told and in which a purpose changes,
    /// and of those told although none does.
    pub(super) fn told(&self) -> (Vec<String>, Vec<String>) {
        let names = |is_purpose: bool| {
            let rows = self
                .rows
                .iter()
                .filter(|told| told.is_purpose == is_purpose);
            rows.filter_map(|told| told.row["category"].as_str())
                .map(str::to_owned)
                .collect()
        };
        (names(true), names(false))
    }

    /// Names of the categories that differ and are not told.
    pub(super) fn untold(&self) -> Vec<String> {
        self.untold.iter().map(|(_, name)| name.clone()).collect()
    }

    /// Sentences beside the table that change a purpose.
    pub(super) fn beside(&self) -> &[String] {
        &self.beside
    }

    /// Whether something in these categories differs that is not told.
    pub(super) fn leaves_out(&self, categories: &BTreeSet<&str>) -> bool {
        let mut untold = self.untold.iter();
        untold.any(|(id, _)| categories.contains(id.as_str()))
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

    /// The rows of the letter's table for these categories, and their scope.
    pub(super) fn rows_for(&self, categories: &BTreeSet<&str>) -> (Vec<Value>, Scope) {
        let told: Vec<&Told> = self
            .rows
            .iter()
            .filter(|told| categories.contains(told.id.as_str()))
            .collect();
        let scope = Scope::of(&told);
        (
            told.into_iter().map(|told| told.row.clone()).collect(),
            scope,
        )
    }

    /// Every row.
    pub(super) fn all_rows(&self) -> Vec<Value> {
        self.rows.iter().map(|told| told.row.clone()).collect()
    }
}

/// Whether the category's purposes are others than before. Whatever the
/// record does not name as milder is; what was given up or moved widens
/// nothing, so there is no question about it and no answer.
fn changes_purposes(change: &CategoryChange, untold: &BTreeSet<String>) -> bool {
    let is_told = |key: &str| !untold.contains(key);
    let of_category = match change.difference {
        // One answer stands for a new category with all it is used for.
        Some(Difference::Added) => return is_told(&change.id),
        Some(Difference::Removed) => return false,
        Some(Difference::Reworded) => is_told(&change.id),
        Some(Difference::Moved) | None => false,
    };
    of_category
        || change.purposes.iter().any(|purpose| {
            widens(purpose.difference) && is_told(&format!("{}/{}", change.id, purpose.id))
        })
}

fn beside(comparison: &Comparison, untold: &BTreeSet<String>) -> Vec<String> {
    let sentences = comparison.sentences.iter().filter(|sentence| {
        sentence.section == Section::Purposes
            && widens(sentence.difference)
            && !untold.contains(&format!("purposes.{}", sentence.id))
    });
    sentences
        .filter_map(|sentence| sentence.new.clone())
        .collect()
}

fn widens(difference: Difference) -> bool {
    matches!(difference, Difference::Added | Difference::Reworded)
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
    json!({
        "category": name(change),
        "old_purpose": purposes(old).unwrap_or_else(|| NEW_CATEGORY.to_owned()),
        "new_purpose": purposes(new).unwrap_or_else(|| GONE_CATEGORY.to_owned()),
    })
}

fn name(change: &CategoryChange) -> String {
    match (&change.old_name, &change.new_name) {
        (Some(old), Some(new)) if old != new => format!("{new}（変更前の名称：{old}）"),
        (_, Some(name)) | (Some(name), None) => name.clone(),
        (None, None) => change.id.clone(),
    }
}

fn written(category: &Category) -> String {
    let texts: Vec<&str> = category.purposes.iter().map(|p| p.text.as_str()).collect();
    texts.join("、")
}

/// What tells one edition from every other: the SHA-256 of its content, for
/// an edition that was published is never altered.
pub(super) fn edition_key(notice: &Notice) -> String {
    let content = serde_json::to_vec(notice).unwrap_or_default();
    Sha256::of(&content).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Notice {
        let society = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("society");
        Notice::read(&society).expect("loads")
    }

    fn between(old: &Notice, new: &Notice, untold: &[&str], all: bool) -> Changed {
        let untold = untold.iter().map(|key| (*key).to_owned()).collect();
        Changed::between(old, new, &untold, all)
    }

    #[test]
    fn what_is_moved_or_given_up_changes_no_purpose() {
        let old = shipped();
        let mut new = old.clone();
        new.purposes.groups[0].categories[0].purposes.swap(0, 1);
        new.purposes.groups[0].categories.swap(2, 3);
        assert_eq!(between(&old, &new, &[], true).len(), 0);
        new.purposes.groups[0].categories[0].purposes.remove(0);
        assert_eq!(between(&old, &new, &[], false).len(), 0);
        assert_eq!(between(&old, &new, &[], true).len(), 1);
        assert_ne!(edition_key(&old), edition_key(&new));
    }

    #[test]
    fn only_what_the_record_names_as_milder_is_not_told() {
        let old = shipped();
        let mut new = old.clone();
        let categories = &mut new.purposes.groups[0].categories;
        categories[0].purposes[0].text.push_str("など");
        categories[1].purposes[0].text.push_str("など");
        categories[2].name.push_str("など");
        new.purposes.notes[0].text.push_str("など");
        let keys: Vec<String> = [0, 1]
            .map(|n| format!("{}/{}", categories[n].id, categories[n].purposes[0].id))
            .into();
        let renamed = categories[2].id.clone();
        let ids = [0, 1, 2].map(|n| categories[n].id.clone());
        let note = format!("purposes.{}", new.purposes.notes[0].id);
        let changed = between(&old, &new, &[], false);
        assert_eq!((changed.len(), changed.beside().len()), (3, 1));
        let changed = between(&old, &new, &[&keys[0], &note], false);
        assert_eq!((changed.len(), changed.untold().len()), (2, 1));
        assert!(changed.beside().is_empty());
        let mild = [keys[0].as_str(), &keys[1], &renamed];
        assert_eq!(between(&old, &new, &mild, false).len(), 0);
        let told = between(&old, &new, &mild[..1], true);
        let (purposes, words) = told.told();
        assert_eq!((purposes.len(), words.len()), (2, 1));
        for (of, scope) in [
            (&ids[..1], Scope::Unchanged),
            (&ids[1..], Scope::Related),
            (&ids[..], Scope::Partly),
        ] {
            let (rows, found) = told.rows_for(&of.iter().map(String::as_str).collect());
            assert_eq!((rows.len(), found), (of.len(), scope), "{of:?}");
        }
    }

    #[test]
    fn categories_are_known_by_id_and_by_old_and_new_name() {
        let old = shipped();
        let mut new = old.clone();
        new.purposes.groups[0].categories[0].name = "加入者資格の情報".to_owned();
        let changed = between(&old, &new, &[], false);
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
