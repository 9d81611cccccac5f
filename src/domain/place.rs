//! Where somebody lives, for telling one address from another.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fold::folded_address;

/// A postal address with its building.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    address: String,
    building: String,
}

impl Place {
    /// The address in these two fields of a record, if it has one.
    pub fn read(record: &Map<String, Value>, address: &str, building: &str) -> Option<Self> {
        let text = |field: &str| record.get(field).and_then(Value::as_str);
        Some(Place::of(text(address)?, text(building)))
    }

    /// The place of an address and its building.
    pub fn of(address: &str, building: Option<&str>) -> Self {
        Place {
            address: folded_address(address),
            building: folded_address(building.unwrap_or_default()),
        }
    }

    /// The address and its building in the form in which places are compared:
    /// for finding them, never for printing.
    pub fn compared(&self) -> (&str, &str) {
        (&self.address, &self.building)
    }

    /// Whether both are written as the same address, wherever the line was
    /// drawn between address and building.
    pub fn is_same(&self, other: &Place) -> bool {
        let whole = |place: &Place| format!("{}{}", place.address, place.building);
        whole(self) == whole(other)
    }

    /// Whether both may be the same door: a building that only one of them
    /// names does not show that they differ.
    pub fn may_be_same(&self, other: &Place) -> bool {
        let unnamed = self.building.is_empty() || other.building.is_empty();
        self.is_same(other) || (unnamed && self.address == other.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn place(address: &str, building: Option<&str>) -> Place {
        let record = json!({"a": address, "b": building});
        let record = record.as_object().cloned().expect("an object");
        Place::read(&record, "a", "b").expect("an address")
    }

    #[test]
    fn the_line_between_address_and_building_does_not_count() {
        let one = place("前橋市亀里町１－２ 見本荘101", None);
        let two = place("前橋市亀里町1-2", Some("見本荘 １０１"));
        assert!(one.is_same(&two));
        assert!(!one.is_same(&place("前橋市亀里町1-2", Some("見本荘102"))));
    }

    #[test]
    fn an_address_without_its_building_may_be_the_same_door() {
        let flat = place("前橋市亀里町1-2", Some("見本荘101"));
        let bare = place("前橋市亀里町1-2", None);
        assert!(!flat.is_same(&bare) && flat.may_be_same(&bare));
        assert!(!flat.may_be_same(&place("前橋市亀里町1-2", Some("見本荘102"))));
        assert!(!bare.may_be_same(&place("前橋市亀里町1-20", None)));
    }
}
