//! Variants (異体字, 旧字体) of kanji that are common in names and addresses.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The usual form of a variant of a kanji; any other character stays. For
/// asking a person, never for taking two names for one.
pub(in crate::domain) fn usual_form(c: char) -> char {
    static USUALS: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
        // The first of two counts.
        let mut usual = BTreeMap::new();
        for (variant, form) in VARIANTS.chars().zip(USUAL.chars()) {
            usual.entry(variant).or_insert(form);
        }
        usual
    });
    USUALS.get(&c).copied().unwrap_or(c)
}

const VARIANTS: &str =
    "髙﨑碕濵濱澤邊邉櫻廣國龍嶋嶌條圓齋斎齊眞橫與瀨德惠榮礒籠舘莊壽關澁驛縣區號壹貳參閒處擔當樣";
const USUAL: &str =
    "高崎崎浜浜沢辺辺桜広国竜島島条円斉斉斉真横与瀬徳恵栄磯篭館荘寿関渋駅県区号壱弐参間処担当様";
