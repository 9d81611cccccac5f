//! What stands on a form to fill in by hand (記入用紙), blank or filled in
//! from a request: the same for the page and for the workbook.

use serde::Serialize;

/// A whole form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperSheet {
    /// What it is called.
    pub title: String,
    /// The society it is handed in to.
    pub society: String,
    /// Whom it is addressed to, with the honorific.
    pub addressee: String,
    /// What stands before the day it is filled in on.
    pub date_title: String,
    /// That day, with room for its numbers.
    pub day: String,
    /// What the person declares, and how to fill in.
    pub opening: String,
    /// The fields.
    pub parts: Vec<PaperPart>,
    /// What to enclose and to know.
    pub notes: Option<PaperNotes>,
    /// Where it goes and where to ask.
    pub hand_in: PaperBox,
    /// What the society writes itself.
    pub office: Vec<OfficeField>,
    /// How the workbook is used. The page says nothing of it.
    pub typing: String,
    /// What a workbook says of a field that is written by hand.
    pub by_hand: String,
}

/// Fields that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperPart {
    /// Their heading; none where they go on from those before.
    pub title: Option<String>,
    /// The fields.
    pub fields: Vec<PaperField>,
}

/// A field: its title and what stands in its room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperField {
    /// What it is called; lines are separated by `\n`.
    pub title: String,
    /// The height of its room on the page, in tenths of a millimetre.
    pub height: u32,
    /// What to write there.
    pub hint: Option<String>,
    /// Whether what stands there begins at the top.
    pub top: bool,
    /// Whether it is written by hand in any case: a signature.
    pub by_hand: bool,
    /// What is written there.
    pub entry: PaperEntry,
}

/// What is written in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PaperEntry {
    /// Words of the person's own.
    Text {
        /// What the request tells.
        value: Option<String>,
    },
    /// Lines of which only the numbers are missing, like a day.
    Lines {
        /// The lines.
        lines: Vec<String>,
    },
    /// A postal code with its address.
    Address {
        /// The code with its hyphen, or room for it.
        postal_code: String,
        /// What the request tells.
        address: Option<String>,
    },
    /// Boxes to tick.
    Choice(PaperChoice),
}

/// Boxes to tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperChoice {
    /// Whether only one of them can be meant.
    pub exclusive: bool,
    /// Whether each stands on a line of its own.
    pub apart: bool,
    /// The boxes.
    pub options: Vec<PaperOption>,
}

/// A box to tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperOption {
    /// What stands beside it.
    pub title: String,
    /// Whether the request tells that it is meant.
    pub ticked: bool,
    /// What is written behind it: the words before the room, which may be none.
    pub write: Option<String>,
    /// Whether that room is on the next line.
    pub below: bool,
    /// Boxes that are a part of it.
    pub options: Vec<PaperOption>,
}

/// Notes with their heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperNotes {
    /// Their heading.
    pub title: String,
    /// What the workbook calls a sheet of theirs.
    pub sheet: String,
    /// What the front says where they stand on the back.
    pub overleaf: Option<String>,
    /// What the workbook says where they stand on a sheet of their own.
    pub on_sheet: Option<String>,
    /// The notes.
    pub items: Vec<String>,
}

/// A few lines in a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperBox {
    /// What begins the first line.
    pub title: String,
    /// The lines.
    pub lines: Vec<String>,
}

/// A field the society fills in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfficeField {
    /// What it is called; lines are separated by `\n`.
    pub title: String,
    /// What the register tells.
    pub value: Option<String>,
}
