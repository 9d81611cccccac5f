//! The one cause behind many complaints of headers.
//!
//! A wrong separator or a title above the headers makes every column missing
//! at once. A dozen sentences that ask for columns the file has would send
//! staff the wrong way, so the cause alone is told. It is told only where the
//! headers can be seen in another reading; nothing is guessed.

use crate::catalogue::{Form, Forms};

use super::cell::{Cell, SheetRow};
use super::columns::{is_kind_key, position};
use super::problem::FileProblem;
use super::wire::OtherSheets;

/// How many rows below the first are looked at for the headers.
pub(super) const LOOKED_AT: usize = 10;

/// What headers may be those of.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) forms: Forms<'a>,
    /// The form, if it is known; else any may be meant.
    pub(super) form: Option<&'a Form>,
}

impl Known<'_> {
    /// Whether these cells are headers, as far as one can tell: two of them
    /// name fields.
    fn are_headers(self, cells: &[Cell]) -> bool {
        let texts: Vec<String> = cells.iter().map(Cell::shown).collect();
        self.are_named(texts.iter().map(String::as_str))
    }

    fn are_named<'t>(self, texts: impl Iterator<Item = &'t str> + Clone) -> bool {
        let named = |form: &Form| {
            let known = |text: &&str| is_kind_key(text) || position(&form.fields, text).is_some();
            texts.clone().filter(known).count() >= 2
        };
        match self.form {
            Some(form) => named(form),
            None => self.forms.iter().any(named),
        }
    }

    /// Refuses a first row that is no header when it can be seen why; `next`
    /// gives the rows below it, `delimited` says that they were cut at a sign.
    pub(super) fn refuse_no_header(
        self,
        first: &SheetRow,
        delimited: bool,
        next: impl FnMut() -> Option<SheetRow>,
    ) -> Result<(), FileProblem> {
        if self.are_headers(&first.cells) {
            return Ok(());
        }
        let told = match delimited {
            true => self.cut_at_another_sign(first),
            false => None,
        };
        match told.or_else(|| self.headers_below(next)) {
            Some(told) => Err(FileProblem::Format(told)),
            None => Ok(()),
        }
    }

    fn cut_at_another_sign(self, first: &SheetRow) -> Option<String> {
        let (line, rest) = first.cells.split_first()?;
        if rest.iter().any(|cell| !cell.is_empty()) {
            return None;
        }
        let line = line.shown();
        if line.to_ascii_lowercase().starts_with("sep=") {
            return Some(format!(
                "{}行目の「sep=」の行は、Excel のための印で、見出しではありません。この行を削除して保存し直してください。",
                first.row
            ));
        }
        let signs = [
            ('\t', "タブ"),
            (';', "セミコロン(;)"),
            (',', "コンマ(,)"),
            ('|', "縦線(|)"),
        ];
        let (sign, name) = signs
            .into_iter()
            .find(|(sign, _)| self.are_named(line.split(*sign)))?;
        let remedy = match sign {
            '\t' => {
                "ファイル名の終わりを .tsv にするか、Excel で開いて「CSV UTF-8(コンマ区切り)」で保存し直してください。"
            }
            ',' => "ファイル名の終わりを .csv にしてください。",
            _ => "Excel で開いて「CSV UTF-8(コンマ区切り)」か .xlsx で保存し直してください。",
        };
        Some(format!("項目が{name}で区切られています。{remedy}"))
    }

    fn headers_below(self, mut next: impl FnMut() -> Option<SheetRow>) -> Option<String> {
        for _ in 0..LOOKED_AT {
            let row = next()?;
            if self.are_headers(&row.cells) {
                return Some(format!(
                    "見出しは{}行目にあるようです。見出しより上の行(表題など)を削除して保存し直してください。",
                    row.row
                ));
            }
        }
        None
    }

    /// The problem of a first sheet, or that another one has the headers.
    pub(super) fn on_another_sheet(
        self,
        problem: FileProblem,
        others: &OtherSheets,
    ) -> FileProblem {
        let headers = matches!(
            problem,
            FileProblem::Columns(_) | FileProblem::Kind(_) | FileProblem::KindNotSaid
        );
        let found = others.iter().find(|(_, cells)| self.are_headers(cells));
        match found {
            Some((name, _)) if headers => FileProblem::Format(format!(
                "1枚目のシートは記録の表ではなく、シート「{name}」に見出しがあります。そのシートを1枚目に移すか、ほかのシートを削除して保存し直してください。"
            )),
            _ => problem,
        }
    }
}
