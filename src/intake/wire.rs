//! What the child that reads a workbook tells its parent: a length in four
//! bytes and a message, again and again.

use std::io::{self, Read, Write};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::cell::{Cell, SheetRow, TROUBLES};
use super::problem::FileProblem;
use crate::confine::Confined;

/// The largest message, in bytes: more than a row with all its cells filled.
const MOST: usize = 64 * 1024 * 1024;

/// The first rows of the visible sheets that are not read.
pub(super) type OtherSheets = Vec<(String, Vec<Cell>)>;

/// A sheet as one sees it without reading on.
pub(super) struct SeenSheet {
    pub(super) name: String,
    pub(super) is_visible: bool,
    /// Its first row with cells.
    pub(super) first: Vec<Cell>,
    /// Whether there is a row with cells below that one.
    pub(super) is_filled: bool,
}

/// A message of the child.
pub(super) enum Message {
    /// What confines the child.
    Confined(Confined),
    /// The workbook has these sheets.
    Sheets(Vec<SeenSheet>),
    /// This sheet is opened.
    Opened(String),
    /// Nothing of the workbook can be taken.
    Refused(FileProblem),
    /// The next row with cells.
    Row(SheetRow),
    /// There are no more rows.
    End,
}

#[derive(Serialize, Deserialize)]
enum Wire {
    Confined(Confined),
    Sheets(Vec<(String, bool, Vec<WireCell>, bool)>),
    Opened(String),
    Refused(Refusal, String),
    Row(u64, Vec<WireCell>),
    End,
}

/// The problems a workbook can have.
#[derive(Serialize, Deserialize)]
enum Refusal {
    Unreadable,
    Format,
    Damaged,
    Empty,
}

#[derive(Serialize, Deserialize)]
enum WireCell {
    #[serde(rename = "")]
    Empty,
    #[serde(rename = "t")]
    Text(String),
    /// The bits of the number: as decimal digits it could come back as its
    /// neighbour.
    #[serde(rename = "n")]
    Number(u64, bool),
    #[serde(rename = "d")]
    Date(NaiveDate),
    /// What is shown, and the place of the problem among [`TROUBLES`].
    #[serde(rename = "u")]
    Unusable(String, usize),
}

/// Writes a message.
///
/// # Errors
/// When nobody reads any more.
pub(super) fn send(output: &mut impl Write, message: Message) -> io::Result<()> {
    let bytes = serde_json::to_vec(&Wire::of(message))?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    output.write_all(&length.to_be_bytes())?;
    output.write_all(&bytes)
}

/// Reads the next message.
///
/// # Errors
/// When the child is gone or is out of step.
pub(super) fn receive(input: &mut impl Read) -> io::Result<Message> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > MOST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    let wire: Wire = serde_json::from_slice(&bytes)?;
    wire.message()
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

impl Wire {
    fn of(message: Message) -> Self {
        let cells = |cells: Vec<Cell>| cells.into_iter().map(WireCell::of).collect();
        match message {
            Message::Confined(confined) => Wire::Confined(confined),
            Message::Sheets(seen) => {
                let seen = seen.into_iter();
                let seen = seen.map(|s| (s.name, s.is_visible, cells(s.first), s.is_filled));
                Wire::Sheets(seen.collect())
            }
            Message::Opened(name) => Wire::Opened(name),
            Message::Refused(problem) => {
                let told = problem.to_string();
                match problem {
                    FileProblem::Unreadable(error) => {
                        Wire::Refused(Refusal::Unreadable, error.to_string())
                    }
                    FileProblem::Damaged(told) => Wire::Refused(Refusal::Damaged, told),
                    FileProblem::Empty(told) => Wire::Refused(Refusal::Empty, told),
                    FileProblem::Format(told) => Wire::Refused(Refusal::Format, told),
                    FileProblem::Changed
                    | FileProblem::Kind(_)
                    | FileProblem::KindNotSaid
                    | FileProblem::Columns(_) => Wire::Refused(Refusal::Format, told),
                }
            }
            Message::Row(row) => Wire::Row(row.row, cells(row.cells)),
            Message::End => Wire::End,
        }
    }

    fn message(self) -> Option<Message> {
        let cells = |cells: Vec<WireCell>| -> Option<Vec<Cell>> {
            cells.into_iter().map(WireCell::cell).collect()
        };
        Some(match self {
            Wire::Confined(confined) => Message::Confined(confined),
            Wire::Sheets(seen) => {
                let seen = seen
                    .into_iter()
                    .map(|(name, is_visible, first, is_filled)| {
                        Some(SeenSheet {
                            name,
                            is_visible,
                            first: cells(first)?,
                            is_filled,
                        })
                    });
                Message::Sheets(seen.collect::<Option<_>>()?)
            }
            Wire::Opened(name) => Message::Opened(name),
            Wire::Refused(refusal, told) => Message::Refused(match refusal {
                Refusal::Unreadable => FileProblem::Unreadable(io::Error::other(told)),
                Refusal::Format => FileProblem::Format(told),
                Refusal::Damaged => FileProblem::Damaged(told),
                Refusal::Empty => FileProblem::Empty(told),
            }),
            Wire::Row(row, own) => Message::Row(SheetRow {
                row,
                cells: cells(own)?,
                fault: None,
            }),
            Wire::End => Message::End,
        })
    }
}

impl WireCell {
    fn of(cell: Cell) -> Self {
        match cell {
            Cell::Empty => WireCell::Empty,
            Cell::Text(text) => WireCell::Text(text),
            Cell::Number { value, bare } => WireCell::Number(value.to_bits(), bare),
            Cell::Date(date) => WireCell::Date(date),
            Cell::Unusable { shown, problem, .. } => {
                let place = TROUBLES.iter().position(|(known, _)| *known == problem);
                WireCell::Unusable(shown, place.unwrap_or_default())
            }
        }
    }

    fn cell(self) -> Option<Cell> {
        Some(match self {
            WireCell::Empty => Cell::Empty,
            WireCell::Text(text) => Cell::Text(text),
            WireCell::Number(bits, bare) => Cell::Number {
                value: f64::from_bits(bits),
                bare,
            },
            WireCell::Date(date) => Cell::Date(date),
            WireCell::Unusable(shown, trouble) => {
                let (problem, remedy) = *TROUBLES.get(trouble)?;
                Cell::Unusable {
                    shown,
                    problem,
                    remedy,
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell() -> impl Strategy<Value = Cell> {
        let day = |days| NaiveDate::from_num_days_from_ce_opt(days).unwrap();
        prop_oneof![
            Just(Cell::Empty),
            any::<String>().prop_map(Cell::Text),
            (any::<f64>(), any::<bool>()).prop_map(|(value, bare)| Cell::Number { value, bare }),
            (693_596..2_958_465_i32).prop_map(move |days| Cell::Date(day(days))),
            (any::<String>(), 0..TROUBLES.len()).prop_map(|(shown, trouble)| {
                let (problem, remedy) = TROUBLES[trouble];
                Cell::Unusable {
                    shown,
                    problem,
                    remedy,
                }
            }),
        ]
    }

    proptest! {
        #[test]
        fn a_row_comes_as_it_was_sent(row in any::<u64>(), cells in prop::collection::vec(cell(), 0..8)) {
            let sent = SheetRow { row, cells, fault: None };
            let mut pipe = Vec::new();
            send(&mut pipe, Message::Row(sent.clone())).unwrap();
            match receive(&mut pipe.as_slice()).unwrap() {
                Message::Row(come) => prop_assert_eq!(format!("{come:?}"), format!("{sent:?}")),
                _ => prop_assert!(false, "no row"),
            }
        }
    }

    #[test]
    fn a_child_that_is_out_of_step_is_not_believed() {
        for bytes in [
            &b""[..],
            &b"\0\0\0"[..],
            &b"\0\0\0\x09\"End\""[..],
            &b"\xFF\xFF\xFF\xFF"[..],
            &b"\0\0\0\x11{\"Row\":[1,[{\"u\":[\"x\",99]}]]}"[..],
            &b"\0\0\0\x05Hello"[..],
        ] {
            assert!(receive(&mut &*bytes).is_err(), "{bytes:?}");
        }
        let mut end = &b"\0\0\0\x05\"End\""[..];
        assert!(matches!(receive(&mut end), Ok(Message::End)));
    }
}
