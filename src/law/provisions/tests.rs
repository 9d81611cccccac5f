//! Which citations of the Act are none, and which are another law's.

use super::*;

fn provisions() -> Provisions {
    toml::from_str(
        r#"
called = ["個人情報の保護に関する法律", "個人情報保護法", "個情法", "保護法", "法"]
last_article = 185
items = { 25 = [0], 28 = [0, 0, 0], 33 = [0, 3, 0, 0, 0], 36 = [0], 38 = [0, 0] }
moved = { 28 = 33, 33 = 38 }
public_bodies = { from = 76, to = 106, applied_by = "番号法第31条第3項" }
"#,
    )
    .expect("reads")
}

#[test]
fn what_the_act_does_not_hold_is_found() {
    let provisions = provisions();
    for text in [
        "第33条第6項により開示しません。",
        "法33条6項ではなく、法第33条第6項による。",
        "旧第28条第2項第1号に当たる。",
        "第28条第2項第1号に当たる。",
        "個人情報保護法（平成15年法律第57号）第三十三条第二項第四号",
        "個情法第200条",
        "健康保険法の記録です。第33条第6項により開示しません。",
        "個人情報の保護に関する法律により、同法第33条第9項",
        "個人情報保護法33条2項4号に当たる。",
        "33条2項4号に当たる。",
        "保護法第33条第2項第4号",
        "法第33条第5号",
        "法第12条の2",
        "個人情報保護法第25条第1項",
        "第33条の第7項",
        "個人情報保護法第33条及び同法第36条第2項",
    ] {
        assert!(provisions.miscited(text).is_some(), "{text}");
    }
    let old = provisions.miscited("第28条第2項第1号").expect("found");
    assert!(old.told().1.contains("今の第33条"), "{old:?}");
    // Article 33 of before had no such paragraph either.
    let never = provisions.miscited("第33条第6項").expect("found");
    assert!(!never.told().1.contains("今の"), "{never:?}");
}

#[test]
fn other_laws_have_articles_of_their_own() {
    let provisions = provisions();
    for text in [
        "第33条第2項第3号及び第36条による。",
        "健康保険法第33条第6項",
        "健康保険法（大正11年法律第70号）に基づく傷病手当金の記録で、同法第99条によるもの",
        "健康保険法では、第99条で定めています。",
        "健康保険法第99条及び第108条",
        "同法施行規則第33条第9項",
        "当組合の規程の第33条第7項",
        "令第12条第3号",
        "開示の方法は、第33条第2項による。",
        "番号法第31条第3項において準用する個人情報保護法第76条",
        "健康保険法第98条及び同法第99条の給付",
        "健康保険法98条により継続給付の対象となる方及び同法第99条の傷病手当金",
        "民法第九十八条及び同法第九十九条",
        "生活保護法第33条第9項",
        "法第33条の一部の定め",
        "法第33条の2週間の期間",
        "法第33条の三要件",
        "法第33条の2か月の期間",
        "ガイダンス第36条第2項",
        "通則編のガイドラインの第33条第9項",
        "法第33条第3号",
        "民法111条2項9号",
    ] {
        assert_eq!(provisions.miscited(text), None, "{text}");
    }
}

#[test]
fn articles_of_public_bodies_are_not_ours() {
    let provisions = provisions();
    for text in [
        "法83条",
        "個人情報保護法第76条",
        "個情法第八十三条第一項",
        "個人情報保護法により、同法第83条",
    ] {
        assert!(
            matches!(provisions.miscited(text), Some(Miscited::Public { .. })),
            "{text}"
        );
    }
}

#[test]
fn japanese_numerals_are_read() {
    for (text, number) in [
        ("七十六", 76),
        ("百六", 106),
        ("十", 10),
        ("二十", 20),
        ("三三", 33),
        ("百", 100),
    ] {
        assert_eq!(read(text), Some(number), "{text}");
    }
}
