//! Looks through a workbook's package before anything of it is kept.
//!
//! `calamine` takes a workbook as it comes: it keeps the whole table of
//! strings, each at any length, and makes room for as many as the table claims
//! to have. A package of two megabytes can hold gigabytes. So the parts that
//! will be read are unpacked once and counted, and what the readers may use of
//! memory is set by what was found.

use std::io::{self, Read, Seek, SeekFrom};

use quick_xml::events::Event;
use zip::ZipArchive;

use super::guarded::{Counted, TooMuch, count};
use super::package::Package;
use super::problem::FileProblem;
use super::source::Source;
use super::worksheet::damaged;
use super::xml::{Broken, raw_attribute};

/// The most parts of a package. A workbook with two hundred sheets, each with
/// a drawing and comments, has fewer.
const MOST_PARTS: usize = 1000;

/// What all parts together may unpack to, in bytes: a million rows.
const MOST_BYTES: u64 = 1024 * 1024 * 1024;

/// What the table of strings may unpack to, in bytes, and hold.
const MOST_STRING_BYTES: u64 = 256 * 1024 * 1024;
const MOST_STRINGS: u64 = 4_000_000;

/// By how much a table of strings may claim more than it holds. Some writers
/// do not count well.
const MISCOUNT: u64 = 1_000_000;

/// What readers use of memory besides strings, in MiB.
pub(super) const READERS_MIB: u64 = 128;

/// Bytes the readers use for each string besides its text.
const EACH_STRING: u64 = 128;

const MIB: u64 = 1024 * 1024;

/// What to do with a workbook that holds too much.
const REMEDY: &str = "Excel で新しいブックをつくり、必要な行の値だけを貼り付けて .xlsx で保存するか、CSV で保存して、そのファイルを受け付けてください。";

/// Looks through a package and says how much memory reading it may take, in
/// MiB.
///
/// # Errors
/// [`FileProblem`] for one that holds too much or is no package.
pub(super) fn inspect(source: &Source) -> Result<u64, FileProblem> {
    if claimed_parts(source.again())?.is_some_and(|parts| parts > MOST_PARTS) {
        return Err(too_many_parts());
    }
    let zip = ZipArchive::new(source.again()).map_err(|_| damaged())?;
    if zip.len() > MOST_PARTS {
        return Err(too_many_parts());
    }
    let mut parts = Parts {
        left: MOST_BYTES,
        zip,
    };
    // What says which parts there are comes first: it is read to find them.
    let names: Vec<String> = parts.zip.file_names().flatten().map(Into::into).collect();
    for name in names {
        let end = name.to_ascii_lowercase();
        if end.ends_with(".rels") || end.ends_with("workbook.xml") {
            parts.count(&name, "構成の情報", MOST_STRINGS)?;
        }
    }
    let mut package = Package::open(source).map_err(|Broken| damaged())?;
    let mut strings = Counted::default();
    for part in package.parts_read() {
        let place = match &part.sheet {
            Some(sheet) => format!("シート「{sheet}」"),
            None => "文字列や書式の表".to_owned(),
        };
        let counted = parts.count(&part.name, &place, MOST_STRINGS)?;
        if part.is_strings {
            strings = counted;
        }
    }
    if strings.bytes > MOST_STRING_BYTES {
        return Err(too_much(TooMuch::Bytes, "文字列の表"));
    }
    let claimed = claimed_strings(&mut package).unwrap_or_default();
    if claimed > strings.strings.saturating_add(MISCOUNT) {
        return Err(FileProblem::Damaged(format!(
            "ブックの文字列の表にある件数が、中身と合いません。Excel で開き、.xlsx で保存し直してください(uniqueCount が{claimed}、文字列は{}個)。",
            strings.strings
        )));
    }
    let table = 3 * strings.bytes + EACH_STRING * claimed.max(strings.strings);
    Ok(READERS_MIB + table / MIB)
}

struct Parts {
    zip: ZipArchive<Source>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl Parts {
    /// Counts a part; one that is not there holds nothing.
    fn count(
        &mut self,
        name: &str,
        place: &str,
        most_strings: u64,
    ) -> Result<Counted, FileProblem> {
        let Ok(part) = self.zip.by_name(name) else {
            return Ok(Counted::default());
        };
        // A part that breaks off is told by those who read it.
        let counted = match count(part, self.left, most_strings) {
            Ok(counted) => counted.map_err(|found| too_much(found, place))?,
            Err(_) => Counted::default(),
        };
        self.left = self.left.saturating_sub(counted.bytes);
        Ok(counted)
    }
}

fn too_many_parts() -> FileProblem {
    FileProblem::Format(format!(
        "ブックの中の部品が多すぎます({MOST_PARTS}個まで)。{REMEDY}"
    ))
}

fn too_much(found: TooMuch, place: &str) -> FileProblem {
    FileProblem::Format(match found {
        TooMuch::Bytes => format!(
            "ブックの{place}が大きすぎます(展開して1 GiBまで、文字列の表は256 MiBまで)。{REMEDY}"
        ),
        TooMuch::Value => format!(
            "ブックの{place}に、1つのセルに入らない長さの値があります(セルに入るのは32,767文字まで)。{REMEDY}"
        ),
        TooMuch::Strings => {
            format!("ブックの{place}に、文字列が多すぎます({MOST_STRINGS}個まで)。{REMEDY}")
        }
    })
}

/// What staff are told of a workbook whose readers ran out of memory.
pub(super) fn out_of_memory() -> FileProblem {
    FileProblem::Format(format!(
        "ブックを読むのに、決められた量を超えるメモリーが必要です。セルのほかに、大量の書式や結合などがあるかもしれません。{REMEDY}"
    ))
}

/// What staff are told of a workbook that takes too long.
pub(super) fn too_slow() -> FileProblem {
    FileProblem::Format(format!("ブックを読むのに時間がかかりすぎます。{REMEDY}"))
}

/// How many parts the end of a package claims to have: opening it makes room
/// for all of them. None if it does not say.
fn claimed_parts(mut source: Source) -> io::Result<Option<usize>> {
    const END: usize = 22;
    let length = source.length()?;
    let looked_at = length.min(END as u64 + u64::from(u16::MAX));
    source.seek(SeekFrom::Start(length - looked_at))?;
    let mut end = Vec::new();
    source.take(looked_at).read_to_end(&mut end)?;
    let at = end.windows(4).rposition(|bytes| bytes == b"PK\x05\x06");
    let count = at.and_then(|at| end.get(at + 10..at + 12)?.try_into().ok());
    // 65,535 says that the count stands elsewhere; that is too many as well.
    Ok(count.map(|count| usize::from(u16::from_le_bytes(count))))
}

/// How many strings the table claims to have.
fn claimed_strings(package: &mut Package) -> Option<u64> {
    let mut part = package.strings().ok()?;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match part.read_event_into(&mut buffer).ok()? {
            Event::Start(element) if element.local_name().as_ref() == "sst" => {
                return raw_attribute(&element, "uniqueCount")?.trim().parse().ok();
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}
