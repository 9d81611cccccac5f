//! Which writings are one identifier, which only look so, and which are two.

use proptest::prelude::*;

use super::*;

#[test]
fn width_case_and_spaces_do_not_count_in_a_heading_and_kana_does() {
    assert_eq!(folded(" Ｒow　A\u{FEFF}"), "rowa");
    assert_ne!(folded("氏名カナ"), folded("氏名ｶﾅ"));
}

#[test]
fn a_word_is_found_however_it_is_typed() {
    for (typed, word) in [
        ("診療\u{200B}報酬 明細書", "診療報酬明細書"),
        ("診療\n報酬明細書", "診療報酬明細書"),
        ("醫療機關の健康診斷", "医療機関の健康診断"),
        ("がん", "ガン"),
        ("ＨＩＶ", "hiv"),
        ("ﾚｾﾌﾟﾄ", "れせぷと"),
        ("㈱見本", "(株)見本"),
    ] {
        assert_eq!(word_key(typed), word_key(word), "{typed}");
    }
    assert_ne!(word_key("開示"), word_key("不開示"));
}

#[test]
fn a_number_is_one_however_a_keyboard_writes_it() {
    for (one, other) in [
        ("受第26-001号", "受第２６－００１号"),
        ("受第26－001号", "受第26\u{2212}001号"),
        ("受第26-001号", "受第26ー001号"),
        ("受第26-001号", " 受第２６ｰ００１ 号　"),
        ("M-0012", "ｍ\u{2010}００１２"),
        ("M-0012", "Ｍ―００１２"),
        ("M\u{2014}0012", "M─0012"),
        ("ガ-1", "ｶﾞ－1"),
        ("カ\u{3099}-1", "ガ-1"),
        ("センター1", "ｾﾝﾀｰ１"),
        ("Å-1", "A\u{30A}-1"),
        ("É1", "e\u{301}1"),
        ("26～1", "26〜1"),
        ("￠1", "¢1"),
    ] {
        assert_eq!(identity_key(one), identity_key(other), "{one} {other}");
        assert_eq!(look_alike_key(one), look_alike_key(other), "{one} {other}");
    }
}

#[test]
fn every_dash_is_one_and_none_is_dropped() {
    for dash in "-－‐‑‒–—―−ー\u{FF70}﹘﹣─━⁃➖".chars() {
        assert_eq!(identity_key(&format!("1{dash}2")), "1-2", "{dash}");
        assert_eq!(identity_key(&format!("号{dash}２")), "号-2", "{dash}");
        assert_ne!(look_alike_key(&format!("1{dash}2")), look_alike_key("12"));
    }
    assert_ne!(identity_key("1-2"), identity_key("12"));
    assert_ne!(identity_key("M-0012"), identity_key("M0012"));
}

#[test]
fn what_is_not_seen_or_only_leads_makes_a_number_look_alike() {
    for (one, other) in [
        ("00123", "123"),
        ("受第26-001号", "受第26-1号"),
        ("M-0012", "M-12"),
        ("000", "0"),
        ("M\u{200B}12", "M12"),
        ("M\u{200D}12", "M12"),
        ("M\u{AD}12", "M12"),
        ("\u{FEFF}12", "12"),
        ("\u{202E}12", "12"),
        ("12\u{3164}", "12"),
        ("葛\u{E0101}1", "葛1"),
        ("12\u{FE00}", "12"),
        ("センター1", "センタ-1"),
        ("1--2", "1-2"),
        ("1一2", "1-2"),
        ("①", "1"),
        ("\u{FA19}1", "\u{795E}1"),
        ("М-12", "M-12"),
    ] {
        assert_ne!(identity_key(one), identity_key(other), "{one:?} {other:?}");
        assert_eq!(
            look_alike_key(one),
            look_alike_key(other),
            "{one:?} {other:?}"
        );
    }
}

#[test]
fn other_numbers_do_not_even_look_alike() {
    for (one, other) in [
        ("123", "1230"),
        ("123", "1203"),
        ("1002", "12"),
        ("1-2", "12"),
        ("26-001", "26-002"),
        ("A1", "B1"),
        ("か1", "が1"),
        ("カ1", "か1"),
        ("0", ""),
    ] {
        assert_ne!(look_alike_key(one), look_alike_key(other), "{one} {other}");
    }
}

#[test]
fn spaces_and_decomposed_letters_make_no_other_name_and_variants_do() {
    assert!(is_same_name("見本 太郎", "見本　太郎"));
    assert!(is_same_name("見本太郎", " 見本 太郎 "));
    assert!(is_same_name("見本 がぎ", "見本 か\u{3099}き\u{3099}"));
    assert!(is_same_name("ミホン バロウ", "ﾐﾎﾝ ﾊﾞﾛｳ"));
    assert!(is_same_name("Renée", "Rene\u{301}e"));
    assert!(is_same_name("アンナ－マリア", "アンナ\u{2212}マリア"));
    assert!(!is_same_name("見本 太郎", "見本 太朗"));
    assert!(!is_same_name("葛城 花子", "葛\u{E0100}城 花子"));
    assert!(!is_same_name("\u{FA19}田 花子", "\u{795E}田 花子"));
    assert!(!is_same_name("見本 マリー", "見本 マリ-"));
}

#[test]
fn dashes_of_every_kind_are_one_in_an_address() {
    for dash in ["-", "－", "‐", "–", "−", "ー", "ｰ"] {
        assert_eq!(folded_address(&format!("亀里町１ {dash}２")), "亀里町1-2");
        assert_eq!(folded_address(&format!("センタ{dash}")), "センタ-");
    }
    assert_eq!(folded_address("か\u{3099}荘ﾋﾞﾙ"), folded_address("が荘ビル"));
}

#[test]
fn a_selector_is_seen_to_be_no_blank() {
    assert!(is_selector('\u{E0100}') && !is_unseen('\u{E0100}'));
    for c in "\u{200B}\u{200D}\u{AD}\u{3164}\u{202E}\u{FEFF}\u{2800}\u{7}".chars() {
        assert!(is_unseen(c), "{c:?}");
    }
    for c in " 　あ亜ｱa-1".chars() {
        assert!(!is_unseen(c), "{c:?}");
    }
}

#[test]
fn an_identifier_is_kept_in_half_width() {
    for (typed, kept) in [
        ("受第２６－１０１号", "受第26-101号"),
        ("ＡＢ−１２", "AB-12"),
        ("メモー1", "メモー1"),
        ("ﾒﾓｰ1", "ﾒﾓｰ1"),
        ("26ー1", "26-1"),
    ] {
        assert_eq!(narrow_identifier(typed), kept);
    }
}

proptest! {
    #[test]
    fn what_is_kept_of_an_identifier_is_the_same_one(text in "[ -~０-９ァ-ー－ｰｱﾞﾟー\u{3099}\u{2212}]{0,12}|\\PC{0,8}") {
        prop_assert_eq!(identity_key(&narrow_identifier(&text)), identity_key(&text));
    }

    #[test]
    fn a_key_is_its_own_key(text in "[ -~０-９ァ-ー－ｰｱﾞﾟー\u{3099}\u{300}\u{301}À-ỹ\u{2212}İſ\u{FA19}]{0,12}|\\PC{0,8}") {
        let key = identity_key(&text);
        prop_assert_eq!(&identity_key(&key), &key);
        prop_assert_eq!(look_alike_key(&key), look_alike_key(&text));
    }

    // What an older store kept is folded again without what was lost first.
    #[test]
    fn a_heading_folded_is_still_the_same_identifier(text in "[A-Za-z０-９Ａ-Ｚａ-ｚ ァ-ー－ー受第号\u{2212}-]{0,12}") {
        prop_assert_eq!(identity_key(&folded(&text)), identity_key(&text));
    }

    #[test]
    fn a_dash_between_digits_is_never_dropped(a in "[1-9]{1,3}", b in "[1-9]{1,3}") {
        let parted = format!("{a}\u{2212}{b}");
        let joined = format!("{a}{b}");
        prop_assert_ne!(look_alike_key(&parted), look_alike_key(&joined));
    }
}
