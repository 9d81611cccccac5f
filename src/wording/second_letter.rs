//! What staff read of a record that may be another try at a letter that is
//! there already.

use crate::domain::{FieldProblem, LetterId, Whereabouts};
use crate::store::Earlier;
use crate::wording::print;

/// Fields named in a sentence; a record of which more is different is easier
/// looked at whole.
const FIELDS_NAMED: usize = 8;

/// An earlier letter beside the record that may be it again.
pub struct Beside<'a> {
    /// The letter.
    pub earlier: &'a Earlier,
    /// Titles of the fields that are not the same; nothing of what they hold.
    pub differing: Vec<&'a str>,
    /// Title of the field that tells records apart, where the kind has one.
    pub key: Option<&'a str>,
}

fn whole(problem: impl Into<String>, remedy: impl Into<String>) -> FieldProblem {
    FieldProblem {
        field: None,
        problem: problem.into(),
        remedy: remedy.into(),
    }
}

/// Somebody stopped it for a reason, and the letter in its place is not
/// stopped.
pub fn was_held(letter: LetterId) -> FieldProblem {
    whole(
        format!("差し替えた書簡 {letter} は、担当者が保留にしていたものです。"),
        "保留の理由が今もあるときは、新しい書簡も保留にしてください。",
    )
}

/// A letter that stands in no print run may have been printed by an earlier
/// version of the program.
pub fn perhaps_printed(letter: LetterId) -> FieldProblem {
    whole(
        format!("差し替えた書簡 {letter} は、郵送の書簡です。"),
        "前に印刷した紙があれば、抜いて投函しないでください。印刷用ファイルが残っていれば、作り直してください。",
    )
}

/// The mail of the letter to be replaced still stands in this file.
pub fn file_still_there(letter: LetterId, file: &str) -> FieldProblem {
    whole(
        format!("差し替える書簡 {letter} のメールのファイル({file})が、まだあります。"),
        "ほかのプログラムが送らないように、そのファイルを消してから受け付けてください。もう送っていたときは、yobin confirm --delivered で記録してください。",
    )
}

/// Another row of the same file is the same letter.
pub fn same_file(row: i64) -> FieldProblem {
    whole(
        format!(
            "{row}行目と同じ書簡のようです(種類と宛先、それに受付番号・加入者管理番号・記録番号のどれかが同じです)。"
        ),
        "重なった行を消してください。別の書簡なら、記録番号を書き分けてください。",
    )
}

/// More than one letter waits that the record may be another try at.
pub fn several_wait(several: &[&Earlier]) -> FieldProblem {
    let letters: Vec<String> = several
        .iter()
        .map(|earlier| format!("{}(状態：{})", earlier.letter, earlier.at.label()))
        .collect();
    whole(
        format!(
            "同じ種類・受付番号(又は加入者)・宛先の書簡が、{}件残っています({})。",
            letters.len(),
            letters.join("、")
        ),
        "差し替えるときは、「記録番号」に、差し替える書簡と同じ番号を書いてください。要らない書簡は取り消してください。",
    )
}

/// The record is one whose letter `earlier` another has taken the place of;
/// how it comes back.
pub fn replaced(earlier: LetterId, new: LetterId, at: Whereabouts) -> (String, String) {
    let first = match at.left_house() {
        true => String::new(),
        false => format!("先に yobin cancel で {new} を取り消し、その後、"),
    };
    (
        format!(
            "この記録の書簡 {earlier} は、{new}(状態：{})に差し替えられています。",
            at.label()
        ),
        format!(
            "差し替えた後の表を使ってください。前の記録に戻すときは、{first}「記録番号」を変えた前の記録を受け付けてください。"
        ),
    )
}

impl Beside<'_> {
    /// The letter has not gone out and can be cancelled.
    pub fn still_waits(&self) -> FieldProblem {
        let letter = self.earlier.letter;
        whole(
            format!(
                "同じ方への同じ用件の書簡 {letter}(状態：{})が、まだ送られずに残っています。{}",
                self.state(),
                self.difference()
            ),
            format!(
                "この記録に差し替えるときは、--replace を付けて受け付けてください({letter} を取り消します)。別の書簡としても出すときは、{}",
                self.own_key()
            ),
        )
    }

    /// The letter stands on paper or in `file`: whether it can be stopped,
    /// only a person sees.
    pub fn stands_made(&self, file: &str) -> FieldProblem {
        let letter = self.earlier.letter;
        let (place, pull, left) = match &self.earlier.printed {
            Some(run) => (
                format!(
                    "印刷用ファイル({})に入っていて、投函の記録がありません",
                    print::called_with_folder(run)
                ),
                "印刷した紙を抜いて投函しないようにし",
                "投函していたときは、yobin posted",
            ),
            None => (
                format!("ファイル({file})に書き出され、送った記録がありません"),
                "そのファイルを消し",
                "ほかのプログラムで送っていたときは、yobin confirm --delivered",
            ),
        };
        whole(
            format!(
                "同じ方への同じ用件の書簡 {letter}(状態：{})が、{place}。{}",
                self.state(),
                self.difference()
            ),
            format!(
                "この記録に差し替えるときは、{pull}、その後 --replace --pulled を付けて受け付けてください({letter} を取り消します)。{left} で記録してから受け付けてください。別の書簡としても出すときは、{}",
                self.own_key()
            ),
        )
    }

    /// The letter is on its way out, or nobody knows.
    pub fn leaving(&self) -> FieldProblem {
        let letter = self.earlier.letter;
        whole(
            format!(
                "同じ方への同じ用件の書簡 {letter} は、送付の途中か、届いたかどうか分からない状態(状態：{})です。{}",
                self.state(),
                self.difference()
            ),
            format!(
                "先に {letter} がどうなったかを確かめてください。別の書簡として出すときは、{}",
                self.own_key()
            ),
        )
    }

    /// The letter went out, and nothing but the spelling is another.
    pub fn gone(&self) -> FieldProblem {
        whole(
            format!(
                "表記のほかは同じ内容の書簡 {} を、{}。",
                self.earlier.letter,
                self.is_done()
            ),
            format!("もう一度出すときは、{}", self.own_key()),
        )
    }

    /// A letter of the same kind and number waits, besides the record's own.
    pub fn also_waits(&self) -> FieldProblem {
        whole(
            format!(
                "同じ受付番号(又は加入者)の同じ種類の書簡 {}(状態：{})も、まだ送られずに残っています。",
                self.earlier.letter,
                self.state()
            ),
            "どちらも出すのか確かめてください。出さない方は取り消してください。",
        )
    }

    /// A letter to the same place, of another person or matter, waits;
    /// `asked_to_replace` says whether whoever queued the record wanted
    /// letters replaced.
    pub fn of_another_waits(&self, asked_to_replace: bool) -> FieldProblem {
        let letter = self.earlier.letter;
        let beside = match asked_to_replace {
            true => "差し替えずに、別の書簡として受け付けました。",
            false => "",
        };
        whole(
            format!(
                "同じ宛先への同じ種類の書簡 {letter}(状態：{})が、別の方又は別の件について残っています。{beside}{}",
                self.state(),
                self.difference()
            ),
            format!(
                "どちらも出すのか確かめてください。この記録が {letter} を直したものなら、{letter} を取り消してください。"
            ),
        )
    }

    /// A letter of the same receipt number waits that goes to somebody else.
    pub fn to_another_waits(&self) -> FieldProblem {
        let letter = self.earlier.letter;
        whole(
            format!(
                "同じ受付番号の同じ種類の書簡 {letter}(状態：{})が、別の宛先あてに残っています。",
                self.state()
            ),
            format!("宛先を直したのなら、{letter} を取り消してください。"),
        )
    }

    /// A letter of the same receipt number went out that was not the same.
    pub fn went_out_before(&self) -> FieldProblem {
        whole(
            format!(
                "同じ受付番号の同じ種類の書簡 {} を、{}。{}",
                self.earlier.letter,
                self.is_done(),
                self.difference()
            ),
            "もう一度出してよいか確かめてください。",
        )
    }

    fn state(&self) -> &'static str {
        self.earlier.at.label()
    }

    /// What was done with a letter that is gone, and where it is.
    fn is_done(&self) -> String {
        let night = self.earlier.batch_date.map(|date| date.to_string());
        let night = night.as_deref().unwrap_or("前");
        let done = match self.earlier.at.left_house() {
            true => "出しています",
            false => "作成し、保管しています",
        };
        format!("{night}の夜間処理ですでに{done}(状態：{})", self.state())
    }

    fn difference(&self) -> String {
        if self.differing.is_empty() {
            return "違いは表記だけです。".to_owned();
        }
        let named: Vec<&str> = self.differing.iter().copied().take(FIELDS_NAMED).collect();
        let more = match self.differing.len() - named.len() {
            0 => String::new(),
            count => format!("、ほか{count}項目"),
        };
        format!("違う項目：{}{more}。", named.join("、"))
    }

    /// What shows that a letter of its own is meant.
    fn own_key(&self) -> String {
        let other = self.earlier.letter;
        match self.key {
            Some(title) => format!("「{title}」に {other} のものと違う番号を書いてください。"),
            None => format!("{other} を片付けてから受け付けてください。"),
        }
    }
}
