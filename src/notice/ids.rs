//! Ids are promises: the same id is the same thing in every revision.

use std::collections::{BTreeMap, BTreeSet};

use super::Notice;
use super::content::Item;

/// What is wrong with the ids of a new revision, a sentence each, for staff.
/// `current` is the content in force, `earlier` all that were published
/// before it.
pub fn id_problems(new: &Notice, current: &Notice, earlier: &[Notice]) -> Vec<String> {
    let ids = Ids::of(new);
    let mut problems = ids.malformed();
    problems.extend(ids.doubled());
    let now = Ids::of(current);
    problems.extend(ids.renamed(&now));
    let mut reused = BTreeSet::new();
    for before in earlier {
        reused.extend(ids.reused(&Ids::of(before), &now));
    }
    problems.extend(reused);
    problems
}

/// Every id with the place it stands in and the words it stands for.
struct Ids<'a>(Vec<(String, &'a str, &'a str)>);

impl<'a> Ids<'a> {
    fn of(notice: &'a Notice) -> Self {
        let mut all: Vec<(String, &str, &str)> = Vec::new();
        let groups = &notice.purposes.groups;
        all.extend(groups.iter().map(|g| ("表の区分".to_owned(), &*g.id, "")));
        for category in notice.categories() {
            all.push(("類型".to_owned(), &category.id, &category.name));
            for purpose in &category.purposes {
                // The id, not the name: a category may be renamed.
                let place = format!("類型 {} の利用目的", category.id);
                all.push((place, &purpose.id, &purpose.text));
            }
        }
        let mut items = |place: &str, items: &'a [Item]| {
            let own = |item: &'a Item| (place.to_owned(), &*item.id, &*item.text);
            all.extend(items.iter().map(own));
        };
        items("表の下の注記", &notice.purposes.notes);
        items(
            "通知・公表を行わない場合",
            &notice.purposes.exceptions.items,
        );
        items("安全管理措置", &notice.security.measures);
        items("請求手続", &notice.requests.paragraphs);
        items("苦情の申出先", &notice.complaint.lines);
        Ids(all)
    }

    fn map(&self) -> BTreeMap<(&str, &str), &str> {
        let all = self.0.iter();
        all.map(|(place, id, text)| ((place.as_str(), *id), *text))
            .collect()
    }

    fn malformed(&self) -> Vec<String> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let wrong = self
            .0
            .iter()
            .filter(|(_, id, _)| id.is_empty() || !id.chars().all(fits));
        wrong
            .map(|(place, id, _)| {
                format!(
                    "{place}の id「{id}」は使えません。英小文字・数字・ハイフンで書いてください。"
                )
            })
            .collect()
    }

    fn doubled(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let again = self
            .0
            .iter()
            .filter(|(place, id, _)| !seen.insert((place.as_str(), *id)));
        again
            .map(|(place, id, _)| {
                format!("{place}の id「{id}」が2度使われています。別の id にしてください。")
            })
            .collect()
    }

    /// The same words under another id would be told as something new.
    fn renamed(&self, current: &Ids<'_>) -> Vec<String> {
        let (new, old) = (self.map(), current.map());
        let mut problems = Vec::new();
        for ((place, was), text) in &old {
            if new.contains_key(&(place, was)) || text.is_empty() {
                continue;
            }
            let twin = new
                .iter()
                .find(|((p, id), t)| p == place && *t == text && !old.contains_key(&(*p, *id)));
            if let Some(((_, id), _)) = twin {
                problems.push(format!(
                    "{place}「{text}」の id が「{was}」から「{id}」に変わっています。id は「{was}」のままにしてください。"
                ));
            }
        }
        problems
    }

    /// An id that was given up and now stands for something else.
    fn reused(&self, before: &Ids<'_>, current: &Ids<'_>) -> Vec<String> {
        let (old, now) = (before.map(), current.map());
        let taken = self.0.iter().filter_map(|(place, id, text)| {
            let key = (place.as_str(), *id);
            let was = old.get(&key)?;
            let again = !now.contains_key(&key) && was != text;
            again.then(|| {
                format!(
                    "{place}の id「{id}」は、前に「{was}」に使い、廃止したものです。使い回さずに、新しい id を付けてください。"
                )
            })
        });
        taken.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Notice {
        let society = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("society");
        Notice::read(&society).expect("loads")
    }

    fn told(new: &Notice, current: &Notice, earlier: &[Notice]) -> String {
        id_problems(new, current, earlier).join("\n")
    }

    #[test]
    fn the_shipped_notice_has_no_problem() {
        assert_eq!(told(&shipped(), &shipped(), &[]), "");
    }

    #[test]
    fn a_removed_id_comes_back_only_for_what_it_meant() {
        let first = shipped();
        let mut second = shipped();
        let gone = second.purposes.groups[0].categories[0].purposes.remove(0);
        let mut third = second.clone();
        let purposes = &mut third.purposes.groups[0].categories[0].purposes;
        purposes.push(gone);
        assert_eq!(told(&third, &second, std::slice::from_ref(&first)), "");
        let purposes = &mut third.purposes.groups[0].categories[0].purposes;
        purposes.last_mut().expect("pushed").text = "別の目的".to_owned();
        let told = told(&third, &second, &[first]);
        assert!(
            told.contains("「加入者の管理」に使い、廃止したもの"),
            "{told}"
        );
    }

    #[test]
    fn an_id_is_well_formed_unique_and_stays_with_its_words() {
        let mut new = shipped();
        new.security.measures[0].id = "Organisational".to_owned();
        new.security.measures[1].id = "physical".to_owned();
        let told = told(&new, &shipped(), &[]);
        for part in [
            "id「Organisational」は使えません",
            "安全管理措置の id「physical」が2度",
            "「organisational」から「Organisational」に変わっています",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}
