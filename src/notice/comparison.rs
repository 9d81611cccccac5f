//! What differs between two revisions of the notice (新旧対照).
//!
//! Ids decide what is the same: a purpose whose wording changed under its id
//! is reworded, one whose id is new is added. Order is compared among what
//! both revisions have, so that an addition does not move what follows it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::content::{Category, Item, Notice};

/// The differences between an older and a newer revision, in the order of
/// the newer page; what was removed stands at its old place's end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Categories that differ.
    pub categories: Vec<CategoryChange>,
    /// Other sentences that differ, by the section they stand in.
    pub sentences: Vec<SentenceChange>,
}

/// How something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// It is new.
    Added,
    /// Its wording changed.
    Reworded,
    /// It is gone.
    Removed,
    /// It stands elsewhere among what both revisions have.
    Moved,
}

impl Difference {
    /// The word staff and members read.
    pub fn label(self) -> &'static str {
        match self {
            Difference::Added => "追加",
            Difference::Reworded => "文言の変更",
            Difference::Removed => "削除",
            Difference::Moved => "順序の変更",
        }
    }
}

/// A category of personal information that differs, in itself or in its
/// purposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CategoryChange {
    /// Stable id.
    pub id: String,
    /// Its name before; none if it is new.
    pub old_name: Option<String>,
    /// Its name now; none if it is gone.
    pub new_name: Option<String>,
    /// How the category itself differs: none where only purposes do.
    pub difference: Option<Difference>,
    /// The purposes that differ.
    pub purposes: Vec<PurposeChange>,
}

/// A purpose that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PurposeChange {
    /// Id, stable within the category.
    pub id: String,
    /// How it differs.
    pub difference: Difference,
    /// Its wording before; none if it is new.
    pub old: Option<String>,
    /// Its wording now; none if it is gone.
    pub new: Option<String>,
}

/// A sentence outside the table that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SentenceChange {
    /// Section it stands in.
    pub section: Section,
    /// Stable id; the field's name for a sentence that has none.
    pub id: String,
    /// How it differs.
    pub difference: Difference,
    /// Its wording before.
    pub old: Option<String>,
    /// Its wording now.
    pub new: Option<String>,
}

/// The sections of the notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Title of the whole.
    Title,
    /// 1. Purposes of use, beside the table.
    Purposes,
    /// 2. Security measures.
    Security,
    /// 3. How requests are made.
    Requests,
    /// 4. Where complaints go.
    Complaint,
}

impl Section {
    /// The words staff read.
    pub fn label(self) -> &'static str {
        match self {
            Section::Title => "表題",
            Section::Purposes => "1. 利用目的の表の前後",
            Section::Security => "2. 安全管理措置",
            Section::Requests => "3. 請求の手続",
            Section::Complaint => "4. 苦情の申出先",
        }
    }
}

impl Comparison {
    /// Compares two revisions.
    pub fn of(old: &Notice, new: &Notice) -> Self {
        Comparison {
            categories: categories(old, new),
            sentences: sentences(old, new),
        }
    }

    /// Whether nothing differs. The label and the date of the revision do not
    /// count.
    pub fn is_empty(&self) -> bool {
        self.categories.is_empty() && self.sentences.is_empty()
    }
}

fn categories(old: &Notice, new: &Notice) -> Vec<CategoryChange> {
    let before: BTreeMap<&str, &Category> = old.categories().map(|c| (c.id.as_str(), c)).collect();
    let now: BTreeSet<&str> = new.categories().map(|c| c.id.as_str()).collect();
    let moved = moved(
        old.categories().map(|c| c.id.as_str()),
        new.categories().map(|c| c.id.as_str()),
    );
    let mut changes = Vec::new();
    for category in new.categories() {
        let earlier = before.get(category.id.as_str()).copied();
        let difference = match earlier {
            None => Some(Difference::Added),
            Some(earlier) if earlier.name != category.name => Some(Difference::Reworded),
            Some(_) if moved.contains(category.id.as_str()) => Some(Difference::Moved),
            Some(_) => None,
        };
        let texts = |category: &Category| -> Vec<(String, String)> {
            let purposes = category.purposes.iter();
            purposes.map(|p| (p.id.clone(), p.text.clone())).collect()
        };
        let purposes: Vec<PurposeChange> =
            differing(&earlier.map(texts).unwrap_or_default(), &texts(category))
                .into_iter()
                .map(|(id, difference, old, new)| PurposeChange {
                    id,
                    difference,
                    old,
                    new,
                })
                .collect();
        if difference.is_some() || !purposes.is_empty() {
            changes.push(CategoryChange {
                id: category.id.clone(),
                old_name: earlier.map(|earlier| earlier.name.clone()),
                new_name: Some(category.name.clone()),
                difference,
                purposes,
            });
        }
    }
    for category in old.categories().filter(|c| !now.contains(c.id.as_str())) {
        let purposes = category.purposes.iter().map(|purpose| PurposeChange {
            id: purpose.id.clone(),
            difference: Difference::Removed,
            old: Some(purpose.text.clone()),
            new: None,
        });
        changes.push(CategoryChange {
            id: category.id.clone(),
            old_name: Some(category.name.clone()),
            new_name: None,
            difference: Some(Difference::Removed),
            purposes: purposes.collect(),
        });
    }
    changes
}

fn sentences(old: &Notice, new: &Notice) -> Vec<SentenceChange> {
    let (old, new) = (sections(old), sections(new));
    let mut changes = Vec::new();
    for ((section, before), (_, now)) in old.iter().zip(&new) {
        for (id, difference, old, new) in differing(before, now) {
            changes.push(SentenceChange {
                section: *section,
                id,
                difference,
                old,
                new,
            });
        }
    }
    changes
}

/// Every sentence beside the table, as `(id, text)` by section.
fn sections(notice: &Notice) -> Vec<(Section, Vec<(String, String)>)> {
    let own = |id: &str, text: &str| (id.to_owned(), text.to_owned());
    let whole = |item: &Item| {
        let parts = [
            item.label.as_deref(),
            item.heading.as_deref(),
            Some(&*item.text),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        (item.id.clone(), parts.join("　"))
    };
    let purposes = &notice.purposes;
    let mut beside = vec![
        own("heading", &purposes.heading),
        own("preface", &purposes.preface),
        own("columns.category", &purposes.columns.category),
        own("columns.purposes", &purposes.columns.purposes),
    ];
    beside.extend(purposes.notes.iter().map(whole));
    beside.push(own("exceptions.lead", &purposes.exceptions.lead));
    beside.extend(purposes.exceptions.items.iter().map(whole));
    let with_heading = |heading: &str, items: &[Item]| {
        let mut all = vec![own("heading", heading)];
        all.extend(items.iter().map(whole));
        all
    };
    vec![
        (Section::Title, vec![own("title", &notice.title)]),
        (Section::Purposes, beside),
        (
            Section::Security,
            with_heading(&notice.security.heading, &notice.security.measures),
        ),
        (
            Section::Requests,
            with_heading(&notice.requests.heading, &notice.requests.paragraphs),
        ),
        (
            Section::Complaint,
            with_heading(&notice.complaint.heading, &notice.complaint.lines),
        ),
    ]
}

type Differing = (String, Difference, Option<String>, Option<String>);

/// How two lists of `(id, text)` differ.
fn differing(old: &[(String, String)], new: &[(String, String)]) -> Vec<Differing> {
    let before: BTreeMap<&str, &str> = old
        .iter()
        .map(|(id, t)| (id.as_str(), t.as_str()))
        .collect();
    let now: BTreeSet<&str> = new.iter().map(|(id, _)| id.as_str()).collect();
    let moved = moved(
        old.iter().map(|(id, _)| id.as_str()),
        new.iter().map(|(id, _)| id.as_str()),
    );
    let mut found = Vec::new();
    for (id, text) in new {
        let earlier = before.get(id.as_str()).copied();
        let difference = match earlier {
            None => Difference::Added,
            Some(earlier) if earlier != text => Difference::Reworded,
            Some(_) if moved.contains(id.as_str()) => Difference::Moved,
            Some(_) => continue,
        };
        let earlier = earlier.map(str::to_owned);
        found.push((id.clone(), difference, earlier, Some(text.clone())));
    }
    for (id, text) in old.iter().filter(|(id, _)| !now.contains(id.as_str())) {
        found.push((id.clone(), Difference::Removed, Some(text.clone()), None));
    }
    found
}

/// The ids that stand in another order: the fewest whose moving explains it,
/// which are those outside a longest common subsequence.
fn moved<'a>(
    old: impl Iterator<Item = &'a str>,
    new: impl Iterator<Item = &'a str>,
) -> BTreeSet<&'a str> {
    let new: Vec<&str> = new.collect();
    let places: BTreeMap<&str, usize> = old.enumerate().map(|(place, id)| (id, place)).collect();
    let common: Vec<(&str, usize)> = new
        .iter()
        .filter_map(|id| Some((*id, *places.get(id)?)))
        .collect();
    // Longest rising run of old places; best[i] ends at common[i].
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(common.len());
    for (index, (_, place)) in common.iter().enumerate() {
        let earlier = (0..index)
            .filter(|&before| common.get(before).is_some_and(|(_, p)| p < place))
            .filter_map(|before| Some((best.get(before)?.0, before)))
            .max_by_key(|&(length, before)| (length, std::cmp::Reverse(before)));
        best.push(match earlier {
            Some((length, before)) => (length + 1, Some(before)),
            None => (1, None),
        });
    }
    let mut stays = BTreeSet::new();
    let mut at = (0..best.len()).max_by_key(|&index| best.get(index).map(|b| b.0));
    while let Some(index) = at {
        stays.extend(common.get(index).map(|(id, _)| *id));
        at = best.get(index).and_then(|b| b.1);
    }
    let all = common.iter().map(|(id, _)| *id);
    all.filter(|id| !stays.contains(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(ids: &[(&str, &str)]) -> Vec<(String, String)> {
        let own = |(id, text): &(&str, &str)| ((*id).to_owned(), (*text).to_owned());
        ids.iter().map(own).collect()
    }

    fn told(old: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<(String, Difference)> {
        let found = differing(&list(old), &list(new)).into_iter();
        found
            .map(|(id, difference, _, _)| (id, difference))
            .collect()
    }

    #[test]
    fn an_id_makes_a_new_wording_a_change_and_not_two() {
        let found = told(&[("a", "1"), ("b", "2")], &[("a", "1"), ("b", "3")]);
        assert_eq!(found, [("b".to_owned(), Difference::Reworded)]);
    }

    #[test]
    fn an_addition_moves_nothing() {
        let found = told(
            &[("a", "1"), ("b", "2")],
            &[("n", "0"), ("a", "1"), ("b", "2")],
        );
        assert_eq!(found, [("n".to_owned(), Difference::Added)]);
    }

    #[test]
    fn the_fewest_moves_are_told() {
        let found = told(
            &[("a", ""), ("b", ""), ("c", ""), ("d", "")],
            &[("d", ""), ("a", ""), ("b", ""), ("c", "")],
        );
        assert_eq!(found, [("d".to_owned(), Difference::Moved)]);
    }

    #[test]
    fn what_is_gone_is_told() {
        let found = told(&[("a", "1"), ("b", "2")], &[("b", "2")]);
        assert_eq!(found, [("a".to_owned(), Difference::Removed)]);
    }

    #[test]
    fn a_revision_does_not_differ_from_itself() {
        let society = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("society");
        let notice = Notice::read(&society).expect("loads");
        assert!(Comparison::of(&notice, &notice).is_empty());
    }
}
