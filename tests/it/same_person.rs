//! Nobody gets two letters because a roster has them twice, nobody loses
//! theirs for it, and both are told before anything is queued.

use crate::harness::Workspace;
use crate::members::{Person, assert_told, flag, notified, person, records, roster};

/// A person with a day of birth, at an address that several may have.
fn one(n: usize, name: &str, birth: &str) -> Person {
    person(n)
        .with("氏名", name)
        .with("生年月日", birth)
        .with("住所", "群馬県前橋市見本町１丁目２－３")
}

/// The keys of the letters that were queued.
fn keys(workspace: &Workspace) -> Vec<String> {
    let letters = records(workspace);
    let keys = letters
        .iter()
        .map(|record| record["member_key"].as_str().unwrap());
    keys.map(str::to_owned).collect()
}

const PAIR: &str = "同じ方と思われる行が1組あります";

#[test]
fn one_person_under_two_numbers_is_told_and_gets_one_letter() {
    let workspace = Workspace::new();
    let people = [
        one(1, "見本 太郎", "1980-04-01"),
        one(2, "例示 花子", "1980-04-01"),
        one(3, "見本 太郎", "1980-04-01"),
        person(4),
    ];
    let roster = roster(&workspace, &people);
    let parts = [
        PAIR,
        "2行目「M0000001」と4行目「M0000003」",
        "※同じ方と思われる行がほかにある  1人(行：4)",
        "郵送    3件",
    ];
    assert_told(&notified(&workspace, 0, roster, &["--dry-run"]), &parts);
    assert_told(&notified(&workspace, 1, roster, &[]), &parts);
    // Whoever counts both rows is told that it is another number.
    let counted = notified(&workspace, 1, roster, &["--confirm", "4"]);
    assert_told(
        &counted,
        &[&parts[..], &["1件も受け付けていません"]].concat(),
    );
    let queued = notified(&workspace, 2, roster, &["--confirm", "3"]);
    assert_told(&queued, &parts);
    // They have their letter: there is nothing to tell them in another way.
    assert!(!queued.contains("ほかの方法で"), "{queued}");
    assert_eq!(keys(&workspace), ["M0000001", "M0000002", "M0000004"]);
    // The same roster once more gives nobody a second letter.
    assert_told(
        &notified(&workspace, 0, roster, &[]),
        &["新しく受け付けるものはありません"],
    );
    // Two people after all: a roster of the other row alone.
    self::roster(&workspace, &people[2..3]);
    let told = notified(&workspace, 0, roster, &["--confirm", "1"]);
    assert!(!told.contains(PAIR), "{told}");
    assert_eq!(keys(&workspace).len(), 4);
}

#[test]
fn one_person_is_known_however_name_and_address_are_written() {
    let first = one(1, "がしま ヒロコ", "1980-04-01").with("方書・建物名", "見本荘１０１号");
    for (case, other) in [
        (
            "decomposed name",
            one(2, "か\u{3099}しま ヒロコ", "1980-04-01").with("方書・建物名", "見本荘101号"),
        ),
        (
            "half-width kana",
            one(2, "がしまﾋﾛｺ", "昭和55年4月1日").with("方書・建物名", "見本荘101号"),
        ),
        (
            "spaces and dashes in the address",
            one(2, "がしま　ヒロコ", "1980-04-01")
                .with("住所", "群馬県前橋市 見本町 1丁目 2‐3")
                .with("方書・建物名", "見本荘 101号"),
        ),
        (
            "the building in the line of the address",
            one(2, "がしまヒロコ", "1980-04-01")
                .with("住所", "群馬県前橋市見本町1丁目2-3見本荘101号"),
        ),
        ("no building", one(2, "がしま ヒロコ", "1980-04-01")),
        (
            "no day of birth",
            one(2, "がしま ヒロコ", "").with("方書・建物名", "見本荘101号"),
        ),
        (
            "a former member by mail",
            one(2, "がしま ヒロコ", "1980-04-01")
                .with("区分", "元加入者")
                .by_mail("mihon@example.jp"),
        ),
    ] {
        for people in [
            [first.clone(), other.clone()],
            [other.clone(), first.clone()],
        ] {
            let workspace = Workspace::new();
            roster(&workspace, &people);
            let told = notified(&workspace, 2, "roster.csv", &["--confirm", "1"]);
            assert!(told.contains(PAIR), "{case}\n{told}");
            assert_eq!(records(&workspace).len(), 1, "{case}");
        }
    }
}

#[test]
fn people_who_only_share_something_are_all_told() {
    let workspace = Workspace::new();
    let people = [
        // Twins.
        one(1, "見本 太郎", "2000-02-29"),
        one(2, "見本 次郎", "2000-02-29"),
        // The father has the son's name.
        one(3, "見本 太郎", "1970-02-28"),
        // The same name and day of birth in another town, flat and lot.
        one(4, "見本 太郎", "2000-02-29").with("住所", "群馬県高崎市見本町1-2-3"),
        one(5, "例示 一", "1990-01-01").with("方書・建物名", "見本荘101"),
        one(6, "例示 一", "1990-01-01").with("方書・建物名", "見本荘102"),
        one(7, "見本 太郎", "2000-02-29").with("住所", "群馬県前橋市見本町1丁目23"),
        // A variant is another name until somebody has looked.
        one(8, "見本 太朗", "2000-02-29"),
        // Children of one insured person, without an address of their own.
        person(9)
            .child_of("M0000001", "2018-05-05")
            .with("氏名", "見本 一郎")
            .with("郵便番号", "")
            .with("住所", ""),
        person(10)
            .child_of("M0000001", "2018-05-05")
            .with("氏名", "見本 二郎")
            .with("郵便番号", "")
            .with("住所", ""),
    ];
    let roster = roster(&workspace, &people);
    let told = notified(&workspace, 0, roster, &["--confirm", "10"]);
    assert!(
        !told.contains("同じ方") && !told.contains("よく似た"),
        "{told}"
    );
}

#[test]
fn a_child_with_two_numbers_is_told_of_once_to_the_insured_person() {
    let child = |n: usize| {
        person(n)
            .child_of("M0000001", "2018-05-05")
            .with("氏名", "見本 一郎")
            .with("郵便番号", "")
            .with("住所", "")
    };
    let workspace = Workspace::new();
    let roster = roster(&workspace, &[person(1), child(2), child(3)]);
    let told = notified(&workspace, 2, roster, &["--confirm", "2"]);
    assert_told(
        &told,
        &[
            PAIR,
            "3行目「M0000002」と4行目「M0000003」",
            "被保険者あてに送るもの 1件",
        ],
    );
}

#[test]
fn what_is_against_letters_under_one_number_holds_for_the_other() {
    let workspace = Workspace::new();
    flag(&workspace, &["M0000005,送付停止,登録"]);
    let people = [
        // The unprotected number comes first, the flag with a later row.
        one(1, "見本 太郎", "1980-04-01"),
        one(2, "見本 太郎", "1980-04-01")
            .with("支援措置", "該当する")
            .with("支援措置の郵便番号", "371-0001")
            .with("支援措置の住所", "群馬県前橋市避難町9番地"),
        one(3, "例示 花子", "1975-01-01").with("支援措置", "該当する"),
        one(4, "例示 花子", "1975-01-01"),
        // A flag only the store knows.
        one(5, "見本 三郎", "1965-01-01"),
        one(6, "見本 三郎", "1965-01-01"),
    ];
    let roster = roster(&workspace, &people);
    let told = notified(&workspace, 2, roster, &["--confirm", "1"]);
    assert_told(
        &told,
        &[
            "同じ方と思われる行が3組あります",
            "※同じ方と思われる行に、送れない登録がある  3人(行：2、5、7)",
            "※支援措置(送付先の指定なし)  1人(行：4)",
            "※送付停止  1人(行：6)",
            "ほかの方法で知らせてください",
        ],
    );
    let records = records(&workspace);
    assert_eq!(records[0]["addressee_address"], "群馬県前橋市避難町9番地");
}

#[test]
fn the_row_that_nothing_concerns_takes_nobodys_letter() {
    let workspace = Workspace::new();
    let people = [
        one(1, "見本 太郎", "1980-04-01").with("関係する類型", "income"),
        one(2, "見本 太郎", "1980-04-01"),
        one(3, "見本 太郎", "1980-04-01"),
    ];
    let roster = roster(&workspace, &people);
    let told = notified(&workspace, 2, roster, &["--confirm", "1"]);
    assert_told(
        &told,
        &["同じ方と思われる行が2組あります", "関係しない  1人"],
    );
    assert_eq!(keys(&workspace), ["M0000002"]);
}

#[test]
fn whoever_was_told_under_one_number_is_not_told_again_under_another() {
    let workspace = Workspace::new();
    let (one, two) = (
        one(1, "見本 太郎", "1980-04-01"),
        one(2, "見本 太郎", "1980-04-01"),
    );
    roster(&workspace, std::slice::from_ref(&two));
    notified(&workspace, 0, "roster.csv", &["--confirm", "1"]);
    // The new number stands before the one that has its letter.
    roster(&workspace, &[one.clone(), two.clone()]);
    let told = notified(&workspace, 0, "roster.csv", &[]);
    assert_told(
        &told,
        &[
            PAIR,
            "がほかにある  1人(行：2)",
            "新しく受け付けるものはありません",
        ],
    );
    // A cancelled letter told nobody anything.
    let letter = workspace.letters()[0]["id"].as_str().unwrap().to_owned();
    workspace.ok(&["cancel", &letter, "--as", "佐藤"]);
    notified(&workspace, 2, "roster.csv", &["--confirm", "1"]);
    assert_eq!(keys(&workspace), ["M0000002", "M0000001"]);
}

#[test]
fn numbers_that_look_alike_are_told_and_not_settled() {
    let workspace = Workspace::new();
    let number = |n: usize, key: &str| person(n).with("加入者管理番号", key);
    let people = [
        number(1, "00123"),
        number(2, "123"),
        number(3, "A-0077"),
        number(4, "Ａ－７７"),
        number(5, "M00200"),
        number(6, "M200"),
        // These are numbers of their own.
        number(7, "1-23"),
        number(8, "1230"),
        number(9, "A77"),
    ];
    let roster = roster(&workspace, &people);
    let told = notified(&workspace, 1, roster, &["--confirm", "9"]);
    assert_told(
        &told,
        &[
            "3行目「加入者管理番号」：2行目の加入者管理番号とよく似ています",
            "5行目「加入者管理番号」：4行目の",
            "7行目「加入者管理番号」：6行目の",
            "3件の行に直すところ",
        ],
    );
    assert!(workspace.letters().is_empty());
    let distinct = [
        "--distinct",
        "123",
        "--distinct",
        "A-77",
        "--distinct",
        "M200",
    ];
    let told = notified(
        &workspace,
        0,
        roster,
        &[&distinct[..], &["--confirm", "9"]].concat(),
    );
    assert!(!told.contains("同じ方"), "{told}");
    // A spreadsheet that took the zeros away makes nobody a second member.
    self::roster(&workspace, &[number(1, "000123"), number(10, "M1")]);
    let told = notified(&workspace, 1, "roster.csv", &["--confirm", "2"]);
    assert_told(&told, &["2行目「加入者管理番号」", "1件の行に直すところ"]);
    assert_eq!(workspace.letters().len(), 9);
    // The same number in another writing is one number, and refused.
    self::roster(
        &workspace,
        &[number(1, "M-12"), number(2, "ｍ‐１２"), number(3, "m 12")],
    );
    let told = notified(&workspace, 1, "roster.csv", &["--confirm", "3"]);
    assert_told(
        &told,
        &[
            "3行目：2行目と同じ加入者管理番号です。",
            "1件の行に直すところ",
        ],
    );
    assert_eq!(workspace.letters().len(), 9);
}

#[test]
fn a_long_roster_of_doubles_is_told_in_short() {
    let workspace = Workspace::new();
    let people: Vec<Person> = (1..=60)
        .map(|n| one(n, &format!("見本 太郎{}", n % 30), "1980-04-01"))
        .collect();
    let roster = roster(&workspace, &people);
    let told = notified(&workspace, 2, roster, &["--confirm", "30"]);
    assert_told(
        &told,
        &[
            "同じ方と思われる行が30組あります",
            "ほか10組",
            "30件を受け付けました",
        ],
    );
}
