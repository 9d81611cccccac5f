//! What a postal code and an address say of each other.

use chrono::NaiveDate;

use crate::domain::FieldProblem;
use crate::text::postal::PostalDoubt;

/// A warning that a code and an address do not agree by the list of this day.
pub fn doubt(field: &str, doubt: PostalDoubt, day: NaiveDate) -> FieldProblem {
    let problem = match doubt {
        PostalDoubt::NoSuchCode => "この郵便番号は、日本郵便の一覧にありません",
        PostalDoubt::OtherPrefecture => {
            "住所の都道府県が、日本郵便の一覧の、この郵便番号の都道府県と違います"
        }
        PostalDoubt::OtherMunicipality => {
            "住所の市区町村が、日本郵便の一覧の、この郵便番号の市区町村と違います"
        }
    };
    let remedy = match doubt {
        PostalDoubt::NoSuchCode => {
            "郵便番号を確かめてください。その日より後にできた番号なら、このまま送れます。"
        }
        PostalDoubt::OtherPrefecture | PostalDoubt::OtherMunicipality => {
            "郵便番号と住所のどちらが正しいかを、届や請求書と見比べて確かめてください。"
        }
    };
    FieldProblem::of(field, format!("{problem}({day}現在)。"), remedy)
}
