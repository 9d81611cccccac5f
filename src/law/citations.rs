//! Grounds that a record names as a lawyer does, by the provision instead of
//! the code.

use serde_json::{Map, Value};

use super::data::{Ground, Law};
use crate::catalogue::{Field, FieldShape, Kind, ListShape, Role};
use crate::domain::half_width;

/// What the citations of the Act begin with.
const ACT: &str = "個人情報の保護に関する法律";

/// How staff call the Act.
const CALLED: [&str; 3] = [ACT, "個人情報保護法", "法"];

/// The citation as staff write it, 法第33条第2項第1号.
pub(super) fn short(citation: &str) -> String {
    match citation.strip_prefix(ACT) {
        Some(provision) => format!("法{provision}"),
        None => citation.to_owned(),
    }
}

impl Law {
    /// Puts the code of a ground where a record has its citation. What names
    /// none, or more than one, stays as it is and is refused by the check.
    pub fn put_codes(&self, kind: &Kind, values: &mut Map<String, Value>) {
        let outcome = values.get("outcome").and_then(Value::as_str);
        let place = format!("{}/{}", kind.code, outcome.unwrap_or_default());
        self.put_codes_in(&kind.fields, &place, values);
    }

    fn put_codes_in(&self, fields: &[Field], place: &str, values: &mut Map<String, Value>) {
        for field in fields {
            let Some(value) = values.get_mut(&field.name) else {
                continue;
            };
            match (&field.shape, value) {
                (FieldShape::List(ListShape::Rows(parts)), Value::Array(rows)) => {
                    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                        self.put_codes_in(parts, place, row);
                    }
                }
                (_, value) if field.role == Some(Role::Ground) => self.put_code(place, value),
                _ => {}
            }
        }
    }

    fn put_code(&self, place: &str, value: &mut Value) {
        match value {
            Value::Array(all) => {
                for one in all {
                    self.put_code(place, one);
                }
            }
            Value::String(text) => {
                if let Some(ground) = self.cited(place, text) {
                    *text = ground.code.clone();
                }
            }
            _ => {}
        }
    }

    /// The one ground that is cited so, first among those of this decision.
    fn cited(&self, place: &str, text: &str) -> Option<&Ground> {
        if self.ground(text).is_some() {
            return None;
        }
        let meant = provision(text);
        let all: Vec<&Ground> = self
            .grounds()
            .filter(|ground| provision(&ground.citation) == meant)
            .collect();
        let here: Vec<&Ground> = all
            .iter()
            .copied()
            .filter(|ground| ground.supports.iter().any(|at| at == place))
            .collect();
        match (here.as_slice(), all.as_slice()) {
            ([one], _) => Some(one),
            ([], [one]) => Some(one),
            _ => None,
        }
    }
}

/// A citation without the name of the Act, spaces and width.
fn provision(citation: &str) -> String {
    let text: String = citation
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(half_width)
        .collect();
    let called = CALLED.iter().find_map(|act| text.strip_prefix(act));
    called.unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provision_is_one_however_the_act_is_called() {
        for written in [
            "個人情報の保護に関する法律第33条第2項第1号",
            "個人情報保護法第３３条第２項第１号",
            "法第33条第2項第1号",
            "第33条 第2項 第1号",
        ] {
            assert_eq!(provision(written), "第33条第2項第1号");
        }
        assert_ne!(provision("令第33条第2項第1号"), "第33条第2項第1号");
        assert_eq!(
            short("個人情報の保護に関する法律第35条第1項"),
            "法第35条第1項"
        );
    }
}
