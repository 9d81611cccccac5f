//! Which texts are plain, which are cut into runs and which are refused, with
//! the shipped fonts.

use proptest::prelude::*;

use super::*;

fn fonts() -> Characters {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    Characters::open(&[
        ("BIZ UDMincho", folder.join("BIZUDMincho-Regular.ttf")),
        ("IPAmjMincho", folder.join("ipamjm.ttf")),
    ])
    .unwrap()
}

fn reason(fonts: &Characters, text: &str) -> Reason {
    match fonts.check(text) {
        Err(refused) => refused[0].reason,
        Ok(_) => panic!("{text:?} was accepted"),
    }
}

#[test]
fn ordinary_text_is_plain() {
    let fonts = fonts();
    for text in [
        "",
        "山田太郎 様",
        "髙橋﨑",
        "ｶﾞｿﾘﾝ",
        "群馬県前橋市１－２",
        "葛\u{E0100}城",
    ] {
        assert_eq!(fonts.check(text), Ok(Shown::Plain), "{text}");
    }
    assert_eq!(fonts.check_lines("一行目\n二行目\n"), Ok(Shown::Plain));
    assert_eq!(fonts.family(1), Some("IPAmjMincho"));
}

#[test]
fn a_rare_name_is_cut_into_runs() {
    let fonts = fonts();
    let text = "𠮷田葛\u{E0102}子";
    let Ok(Shown::Runs(runs)) = fonts.check(text) else {
        panic!("no runs");
    };
    let shape: Vec<_> = runs
        .iter()
        .map(|run| (run.font, run.text.as_str()))
        .collect();
    assert_eq!(shape, [(1, "𠮷"), (0, "田"), (1, "葛\u{E0102}"), (0, "子")]);
    assert_eq!(
        fonts
            .check_lines("𠮷\n𠮷")
            .map(|shown| matches!(shown, Shown::Runs(runs) if runs.len() == 1)),
        Ok(true)
    );
}

#[test]
fn what_cannot_be_shown_is_refused_with_its_reason() {
    let fonts = fonts();
    for (text, expected) in [
        ("한", Reason::NoGlyph),
        ("😀", Reason::NoGlyph),
        ("葛\u{E01EF}", Reason::NoVariant),
        ("葛\u{FE0F}", Reason::NoVariant),
        ("\u{E0100}葛", Reason::LoneSelector),
        ("葛\u{E0100}\u{E0100}", Reason::LoneSelector),
        ("\u{3099}か", Reason::LoneMark),
        ("a\nb", Reason::Control),
        ("a\tb", Reason::Control),
        ("a\u{85}", Reason::Control),
        ("\u{E000}", Reason::PrivateUse),
        ("\u{10FFFD}", Reason::PrivateUse),
        ("\u{FFFF}", Reason::Noncharacter),
        ("\u{1FFFE}", Reason::Noncharacter),
        ("\u{FFFD}", Reason::Replacement),
        ("\u{202E}x", Reason::Invisible),
        ("山\u{200B}田", Reason::Invisible),
        ("山\u{200D}田", Reason::Invisible),
        ("\u{FEFF}山", Reason::Invisible),
        ("山\u{AD}田", Reason::Invisible),
        ("\u{2028}", Reason::Invisible),
        ("\u{E0041}", Reason::Invisible),
    ] {
        assert_eq!(reason(&fonts, text), expected, "{text:?}");
    }
    let refused = fonts.check("葛\u{E01EF}葛\u{E01EF}").unwrap_err();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].code_points, "U+845B U+E01EF");
    assert!(fonts.check_lines("\n\u{3099}").is_err());
    assert!(fonts.check_lines("\r\n").is_err());
}

#[test]
fn a_form_with_two_spellings_is_shown_by_the_one_a_font_has() {
    let fonts = fonts();
    for (given, shown) in [("𠮷\u{E0100}", "𠮷"), ("𠂢\u{E0100}", "𠂢\u{E0101}")] {
        let Ok(Shown::Runs(runs)) = fonts.check(given) else {
            panic!("{given} is not in runs");
        };
        assert_eq!((runs[0].font, runs[0].text.as_str()), (1, given));
        let stand_in = StandIn {
            given: given.to_owned(),
            shown: shown.to_owned(),
        };
        let text = format!("{given}田{given}");
        assert_eq!(fonts.stand_ins(&text), [stand_in]);
    }
    for exact in ["葛\u{E0100}", "葛\u{E0102}", "𠮷"] {
        assert_eq!(fonts.stand_ins(exact), [], "{exact}");
    }
}

#[test]
fn a_form_that_needs_another_glyph_is_refused_with_its_other_spelling() {
    let refused = fonts().check("舘\u{E0101}").unwrap_err();
    assert_eq!(refused[0].reason, Reason::NoVariant);
    let problem = refused[0].problem();
    assert!(problem.contains("(U+8218 U+E0103)はあります"), "{problem}");
    assert!(refused[0].remedy().contains("フォントにある方の番号"));
    assert!(fonts().stand_ins("舘\u{E0101}").is_empty());
}

#[test]
fn decomposed_kana_need_a_font_with_the_mark() {
    let fonts = fonts();
    // Both fonts have the marks; a mark that neither has is refused.
    for text in ["か\u{3099}", "ハ\u{309A}"] {
        assert_eq!(fonts.check(text), Ok(Shown::Plain), "{text}");
    }
    assert_eq!(reason(&fonts, "か\u{1DC0}"), Reason::NoGlyph);
}

#[test]
fn not_a_font_is_an_error() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    assert!(Characters::open(&[("x", &file)]).is_err());
}

proptest! {
    #[test]
    fn runs_join_to_the_text(text in any::<String>()) {
        let fonts = fonts_once();
        if let Ok(Shown::Runs(runs)) = fonts.check_lines(&text) {
            let joined: String = runs.into_iter().map(|run| run.text).collect();
            prop_assert_eq!(joined, text);
        }
    }
}

fn fonts_once() -> &'static Characters {
    static FONTS: std::sync::OnceLock<Characters> = std::sync::OnceLock::new();
    FONTS.get_or_init(fonts)
}
