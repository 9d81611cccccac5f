//! Rows of a roster that look like one person's under two numbers: nobody
//! gets two letters by it, and nobody loses theirs without a word.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::ROWS_NAMED;
use super::weigh::LeftOut;
use crate::domain::{Member, identity_key, is_same_name};
use crate::store::{Intake, StagedMember, StagedQuery, StoreError};

/// Two rows of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The earlier row and its number as it is written.
    pub one: (u64, String),
    /// The later row and its number.
    pub other: (u64, String),
}

/// Pairs of rows: how many, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    /// How many.
    pub count: u64,
    /// The first.
    pub named: Vec<Pair>,
}

impl Pairs {
    fn add(&mut self, pair: Pair) {
        self.count += 1;
        if self.named.len() < ROWS_NAMED {
            self.named.push(pair);
        }
    }
}

/// The persons of a roster. Of each row it keeps two numbers, so that a
/// hundred thousand take a few megabytes, and of no row a name.
#[derive(Default)]
pub(super) struct Persons {
    /// Staged rows by name and whole address.
    whole: Index,
    /// Those that name a building, by name and address without it.
    street: Index,
    /// The earlier row each later row of one person leads to, by staged id.
    earlier: BTreeMap<i64, i64>,
    pairs: Pairs,
    /// Persons who have a letter, by the id of their first row.
    written_to: BTreeSet<i64>,
    /// Rows without a flag whose person has one under another number.
    kept_back: BTreeSet<i64>,
}

impl Persons {
    /// Meets a row that was staged as `id`, and looks whether an earlier one
    /// is the same person's.
    pub(super) async fn meet(
        &mut self,
        intake: &mut Intake,
        id: i64,
        row: u64,
        member: &Member,
    ) -> Result<(), StoreError> {
        for other in self.same_door(id, member) {
            let Some(found) = staged(intake, "", other).await? else {
                continue;
            };
            let (earlier, _) = Member::read(&found.record);
            if is_same_person(&earlier, member) {
                self.earlier.insert(id, other);
                self.pairs.add(Pair {
                    one: (found.row, earlier.written_key),
                    other: (row, member.written_key.clone()),
                });
                break;
            }
        }
        Ok(())
    }

    /// The rows before this one that have its name and may have its address.
    fn same_door(&mut self, id: i64, member: &Member) -> BTreeSet<i64> {
        let Some(door) = Door::of(member) else {
            return BTreeSet::new();
        };
        let name = identity_key(&member.name);
        let whole = hash(&name, &door.whole);
        let street = hash(&name, &door.street);
        let mut alike: BTreeSet<i64> = self.whole.of(whole).chain(self.whole.of(street)).collect();
        self.whole.add(whole, id);
        if whole == street {
            alike.extend(self.street.of(street));
        } else {
            self.street.add(street, id);
        }
        alike
    }

    /// Looks, when all rows are there, at what the store knows of those who
    /// have several: a letter of this edition, or something against letters.
    pub(super) async fn settle(
        &mut self,
        intake: &mut Intake,
        edition: &str,
    ) -> Result<(), StoreError> {
        let mut groups: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        for (id, other) in &self.earlier {
            let rows = groups.entry(self.first_of(*id)).or_default();
            rows.extend([*id, *other]);
        }
        for (first, rows) in groups {
            let (mut flagged, mut free) = (false, Vec::new());
            for id in rows {
                let Some(row) = staged(intake, edition, id).await? else {
                    continue;
                };
                if row.is_notified() {
                    self.written_to.insert(first);
                }
                if row.flags.is_empty() {
                    free.push(id);
                } else {
                    flagged = true;
                }
            }
            if flagged {
                self.kept_back.extend(free);
            }
        }
        Ok(())
    }

    /// What is against a letter to this row, as far as the person's other
    /// rows go.
    pub(super) fn against(&self, id: i64) -> Option<LeftOut> {
        if self.kept_back.contains(&id) {
            return Some(LeftOut::SamePersonKept);
        }
        self.written_to
            .contains(&self.first_of(id))
            .then_some(LeftOut::SamePerson)
    }

    /// Notes that this row has its letter.
    pub(super) fn written_to(&mut self, id: i64) {
        self.written_to.insert(self.first_of(id));
    }

    /// The rows that look like one person's.
    pub(super) fn pairs(&self) -> &Pairs {
        &self.pairs
    }

    fn first_of(&self, id: i64) -> i64 {
        let mut first = id;
        while let Some(earlier) = self.earlier.get(&first) {
            first = *earlier;
        }
        first
    }
}

/// Whether two rows are one person's, by all they say: name, address, and day
/// of birth where both have it. Twins have two names.
fn is_same_person(one: &Member, other: &Member) -> bool {
    let (Some(at), Some(door)) = (Door::of(one), Door::of(other)) else {
        return false;
    };
    let born = one.birth_date.zip(other.birth_date);
    is_same_name(&one.name, &other.name)
        && at.may_be(&door)
        && born.is_none_or(|(one, other)| one == other)
}

/// Where a letter to a member comes to: their address, or, of a dependant
/// without one, who it goes to.
struct Door {
    whole: String,
    street: String,
}

impl Door {
    fn of(member: &Member) -> Option<Self> {
        if let Some(place) = &member.place {
            let place = place.place();
            let (street, building) = place.compared();
            return Some(Door {
                whole: format!("{street}{building}"),
                street: street.to_owned(),
            });
        }
        let insured = member.insured_key.as_ref()?;
        let whole = format!("\u{0}{insured}");
        member.through_insured.then(|| Door {
            street: whole.clone(),
            whole,
        })
    }

    /// A building only one of them names does not show that they differ.
    fn may_be(&self, other: &Door) -> bool {
        let unnamed = |door: &Door| door.whole == door.street;
        self.whole == other.whole
            || ((unnamed(self) || unnamed(other)) && self.street == other.street)
    }
}

async fn staged(
    intake: &mut Intake,
    edition: &str,
    id: i64,
) -> Result<Option<StagedMember>, StoreError> {
    let query = StagedQuery::Page {
        after: id - 1,
        limit: 1,
    };
    let page = intake.staged_members(edition, query).await?;
    Ok(page.into_iter().find(|row| row.id == id))
}

fn hash(name: &str, place: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (name, place).hash(&mut hasher);
    hasher.finish()
}

/// Staged rows by a hash; most hashes have one.
#[derive(Default)]
struct Index {
    first: HashMap<u64, i64>,
    further: HashMap<u64, Vec<i64>>,
}

impl Index {
    fn add(&mut self, hash: u64, id: i64) {
        match self.first.entry(hash) {
            Entry::Vacant(place) => {
                place.insert(id);
            }
            Entry::Occupied(_) => self.further.entry(hash).or_default().push(id),
        }
    }

    fn of(&self, hash: u64) -> impl Iterator<Item = i64> {
        let further = self.further.get(&hash).into_iter().flatten();
        self.first.get(&hash).into_iter().chain(further).copied()
    }
}
