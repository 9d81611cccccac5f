//! A refusal names the true cause, the file or the thing it is about, and a
//! remedy that helps, in the words staff use.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{NEXT_NOON, Workspace, plain_record, root};

fn queued(workspace: &Workspace, code: i32, record: &Value) -> String {
    workspace.file("record.json", record.to_string());
    workspace.exits(code, &["queue", "record.json", "--as", "佐藤"])
}

#[test]
fn a_real_address_that_mail_cannot_serve_leads_to_the_post() {
    for (address, cause) in [
        (
            "taro..mihon.@docomo.ne.jp",
            "@ の前の「.」が続いているか、端にあります",
        ),
        ("hanako.@ezweb.ne.jp", "@ の前の「.」"),
        (".mihon@softbank.ne.jp", "@ の前の「.」"),
        ("mihon...jiro@docomo.ne.jp", "@ の前の「.」"),
        ("taro@日本.jp", "英数字でない文字があります"),
        ("見本@example.jp", "英数字でない文字があります"),
    ] {
        let workspace = Workspace::new();
        let mut record = plain_record(1, true);
        record["mail_address"] = address.into();
        let told = queued(&workspace, 1, &record);
        assert!(told.contains(cause), "{address}: {told}");
        assert!(
            told.contains("「送付方法」を「郵送」に"),
            "{address}: {told}"
        );
        assert!(!told.contains("の形ではありません"), "{address}: {told}");
        // The remedy helps.
        record["delivery"] = "post".into();
        record.as_object_mut().unwrap().remove("mail_address");
        queued(&workspace, 0, &record);
    }
    for (address, remedy) in [
        ("ｍｉｈｏｎ@example.jp", "半角で書いてください"),
        ("mihon＠example.jp", "半角で書いてください"),
        ("mihon", "name@example.jp の形で"),
        ("a@example.jp,b@example.jp", "name@example.jp の形で"),
    ] {
        let workspace = Workspace::new();
        let mut record = plain_record(1, true);
        record["mail_address"] = address.into();
        let told = queued(&workspace, 1, &record);
        assert!(told.contains(remedy), "{address}: {told}");
        assert!(!told.contains("「郵送」に"), "{address}: {told}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named_with_the_folder() {
    let workspace = Workspace::new();
    let here = fs::canonicalize(workspace.path("")).unwrap();
    let here = format!("今いるフォルダー({})", here.display());
    let kind = "請求書の受付のお知らせ";
    for args in [
        &["queue", "なし.xlsx", "--kind", kind, "--as", "佐藤"][..],
        &["request", "add", "なし.xlsx", "--as", "佐藤"],
        &["members", "flags", "なし.xlsx", "--as", "佐藤"],
        &["preview", kind, "なし.xlsx", "-o", "下見.pdf"],
        &["notice", "import", "なし.xlsx", "--as", "佐藤"],
        &["notice", "draft", "なし.xlsx", "--as", "佐藤"],
        &["notice", "check", "なし.xlsx"],
        &["notice", "build", "なし.xlsx", "-o", "下見.pdf"],
        &["notice", "site", "-o", "下見", "なし.xlsx"],
        &[
            "notice",
            "notify",
            "--members",
            "なし.xlsx",
            "--reason",
            "見本のため",
        ],
        &[
            "restricted",
            "show",
            "L000001B",
            "--identity",
            "なし.xlsx",
            "--as",
            "佐藤",
        ],
        &["--config", "なし.xlsx", "list"],
    ] {
        let told = workspace.exits(1, args);
        assert!(
            told.contains("「なし.xlsx」がありません"),
            "{args:?}: {told}"
        );
        assert!(told.contains(&here), "{args:?}: {told}");
        assert!(!told.contains("os error"), "{args:?}: {told}");
    }
    let told = workspace.exits(1, &["queue", "/nowhere/なし.xlsx", "--kind", kind]);
    assert!(
        told.contains("「/nowhere/なし.xlsx」がありません"),
        "{told}"
    );
    fs::create_dir(workspace.path("通知")).unwrap();
    let told = workspace.exits(1, &["queue", "通知", "--kind", kind]);
    assert!(told.contains("「通知」はフォルダーです"), "{told}");
}

#[test]
fn kinds_go_by_their_names_wherever_one_is_typed() {
    let workspace = Workspace::new();
    let list = workspace.ok(&["kinds"]);
    assert!(
        list.contains("請求書の受付のお知らせ  (acknowledgement)"),
        "{list}"
    );
    assert!(
        list.lines().any(|line| line.starts_with("    受付  ")),
        "{list}"
    );
    let mut names = Vec::new();
    for line in list
        .lines()
        .filter(|line| line.ends_with(')') && !line.starts_with(' '))
    {
        let (name, code) = line.split_once("  (").unwrap();
        names.push((name.to_owned(), code.trim_end_matches(')').to_owned()));
    }
    assert!(names.len() > 20, "{list}");
    for (name, code) in &names {
        let by_name = workspace.ok(&["kinds", name]);
        assert_eq!(by_name, workspace.ok(&["kinds", code]));
    }
    let sheet = [
        "kinds",
        "請求書の受付のお知らせ",
        "--header",
        "csv",
        "-o",
        "空.csv",
    ];
    workspace.ok(&sheet);
    let told = workspace.exits(1, &["kinds", "受付のお知らせ"]);
    assert!(told.contains("のことですか"), "{told}");
    for near in [
        "「請求書の受付のお知らせ」",
        "「苦情の受付のお知らせ」",
        "「同意の撤回の受付のお知らせ」",
    ] {
        assert!(told.contains(near), "{near}\n{told}");
    }
    let told = workspace.exits(1, &["queue", "空.csv", "--as", "佐藤"]);
    for part in [
        "どの書簡の表か分かりません",
        "--kind 請求書の受付のお知らせ",
        "yobin kinds",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn times_and_the_night_are_told_as_staff_read_them() {
    let workspace = Workspace::new();
    workspace.queue_plain(1, 1);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let shown = workspace.ok(&["show", "L000001B"]);
    for part in [
        "受付      2026年11月22日 12時00分  tester",
        "2026年11月23日 12時00分  書出済  夜間処理",
        "1回目  2026年11月23日 12時00分  ファイル",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(
        !shown.contains("+09:00") && !shown.contains("night"),
        "{shown}"
    );
    // Other programs read them to the second.
    let json = workspace.ok(&["show", "L000001B", "--json"]);
    assert!(json.contains("2026-11-22T12:00:00+09:00"), "{json}");
    assert!(json.contains("\"night\""), "{json}");
}

/// A refusal of a disclosure with these grounds.
fn refusal(grounds: &Value) -> Value {
    let sample = root().join("templates/letters/disclosure-decision/samples/refused.json");
    let mut record: Value = serde_json::from_slice(&fs::read(sample).unwrap()).unwrap();
    record["grounds"] = grounds.clone();
    record
}

#[test]
fn a_ground_is_known_by_its_provision() {
    let code = Workspace::new();
    queued(&code, 0, &refusal(&json!(["DISC_33_2_1", "DISC_33_2_2"])));
    let kept = |workspace: &Workspace| {
        let shown = workspace.ok(&["show", "L000001B", "--json"]);
        serde_json::from_str::<Value>(&shown).unwrap()["record"].clone()
    };
    for grounds in [
        json!(["法第33条第2項第1号", "法第33条第2項第2号"]),
        json!(["個人情報の保護に関する法律第33条第2項第1号", "DISC_33_2_2"]),
        json!(["個人情報保護法第３３条第２項第１号", "第33条第2項第2号"]),
        json!(["法 第33条 第2項 第1号", "法第33条第2項第2号"]),
    ] {
        let workspace = Workspace::new();
        queued(&workspace, 0, &refusal(&grounds));
        assert_eq!(kept(&workspace), kept(&code), "{grounds}");
        // The same record by its codes is the same letter.
        let again = queued(
            &workspace,
            0,
            &refusal(&json!(["DISC_33_2_1", "DISC_33_2_2"])),
        );
        assert!(again.contains("前に"), "{again}");
    }
    for (ground, parts) in [
        (
            "法第99条",
            &[
                "根拠「法第99条」は、法令データにありません",
                "DISC_33_2_1＝法第33条第2項第1号（本人又は第三者の",
            ][..],
        ),
        (
            "令第33条第2項第1号",
            &["法令データにありません", "符号か条項"],
        ),
        (
            "DISC_33_2",
            &[
                "根拠「DISC_33_2」は",
                "DISC_33_2_3＝法第33条第2項第3号（他の法令に",
            ],
        ),
        // Another decision's ground is known, and not taken.
        ("法第33条第3項", &["「不開示」の根拠になりません"]),
    ] {
        let workspace = Workspace::new();
        let told = queued(&workspace, 1, &refusal(&json!([ground])));
        for part in parts {
            assert!(told.contains(part), "{ground}: {part}\n{told}");
        }
    }
}

#[test]
fn a_night_that_was_not_is_told_with_the_last_that_was() {
    let workspace = Workspace::new();
    let told = workspace.exits(1, &["report", "2026-12-02"]);
    assert!(
        told.contains("12月2日(2026-12-02)の夜間処理はありません"),
        "{told}"
    );
    assert!(told.contains("まだ一度も行われていません"), "{told}");
    workspace.queue_plain(1, 0);
    workspace.ok(&["run"]);
    let told = workspace.exits(1, &["report", "2026-12-02"]);
    assert!(
        told.contains("最後に行ったのは11月22日です：yobin report 2026-11-22"),
        "{told}"
    );
    workspace.ok(&["report", "2026-11-22"]);
}

#[test]
fn a_word_that_is_no_choice_asks_what_was_meant() {
    let headers =
        "受付番号,請求の種類,請求日,到達日,請求者の区分,請求者氏名,請求者住所,本人氏名,本人の区分";
    let row = |rights: &str, role: &str| {
        format!(
            "受第26-001号,{rights},2026-11-18,2026-11-20,{role},見本 太郎,群馬県前橋市亀里町1310番地,見本 太郎,被保険者"
        )
    };
    for (rights, role, part) in [
        ("開示、謎", "本人", "「開示、謎」は選べません"),
        ("第三者提供", "本人", "「第三者提供記録の開示」のことですか"),
        ("苦情の", "本人", "「苦情の処理」のことですか"),
        ("開示", "任意", "「任意代理人」のことですか"),
        ("開示", "代理人", "「任意代理人」のどれのことですか"),
        (
            "開示",
            "弁護士",
            "「成年被後見人の法定代理人」、「任意代理人」のどれのことですか",
        ),
    ] {
        let workspace = Workspace::new();
        workspace.file("請求.csv", format!("{headers}\n{}\n", row(rights, role)));
        let told = workspace.exits(1, &["request", "add", "請求.csv", "--as", "佐藤"]);
        assert!(told.contains(part), "{rights} {role}: {told}");
        assert!(told.contains("のいずれかにしてください"), "{told}");
    }
}

#[test]
fn a_slip_in_a_file_of_ours_is_told_by_its_line() {
    let notice = fs::read_to_string(root().join("society/notice.toml")).unwrap();
    let cut = |from: &str, to: &str| {
        assert!(notice.contains(from), "{from}");
        notice.replacen(from, to, 1)
    };
    for (changed, parts) in [
        (
            cut("{ id = \"dependent-certification\", text", "{ text"),
            &[
                "行目：id がありません",
                "この行：{ text = ",
                "{ id = \"…\", text = \"被扶養者の認定・検認\" } の形で",
            ][..],
        ),
        (
            cut("purposes = [", "purposes = [,"),
            &["行目：", "書き方に誤りがあります", "コンマ"],
        ),
        (
            cut("label = ", "label = 令和 #"),
            &["この行：label", "引用符"],
        ),
        (
            cut("label = ", "label = \"x\"\nlabel = "),
            &["2度書かれています", "行目"],
        ),
    ] {
        let workspace = Workspace::new();
        workspace.file("案.toml", changed);
        let told = workspace.exits(1, &["notice", "check", "案.toml"]);
        for part in parts {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(!told.contains("column"), "{told}");
    }
}

#[test]
fn the_ten_questions_take_the_words_that_stand_beside_the_codes() {
    let decided = |answers: &str| {
        let workspace = crate::notice_revisions::workspace();
        workspace.file("answers.toml", answers);
        workspace.ok(&crate::notice_revisions::DRAFT);
        let shown = workspace.ok(&["notice", "show", "2", "--json"]);
        serde_json::from_str::<Value>(&shown).unwrap()["record"]["decision"].clone()
    };
    let codes = format!(
        "{}{}",
        crate::notice_revisions::CHANGES,
        crate::notice_revisions::ALWAYS
    );
    let mut words = codes.clone();
    for (code, word) in [
        ("\"purpose\"", "\"利用目的の変更\""),
        ("\"wording\"", "\"文言だけ\""),
        ("\"held\"", "\"すでに持っている情報にも使う\""),
        ("\"future\"", "\"これから取得する情報だけ\""),
        ("entrustment = \"yes\"", "entrustment = \"はい\""),
        ("analysis = \"no\"", "analysis = \"いいえ\""),
        ("\"consent\"", "\"本人の同意\""),
        ("\"both\"", "\"本人に通知し、公表もする\""),
        ("count = 12000", "count = \"１２，０００人\""),
        ("\"board\"", "\"理事会\""),
        ("date = 2026-11-20", "date = \"令和8年11月20日\""),
    ] {
        assert!(words.contains(code), "{code}");
        words = words.replace(code, word);
    }
    let decision = decided(&words);
    assert_eq!(decision, decided(&codes));
    let date = decision["answers"].as_array().unwrap();
    let told = |answer: &&Value| answer["meaning"] == "令和8年11月20日";
    assert!(date.iter().any(|answer| told(&answer)), "{decision}");
    // Another word is told what can be written, in both.
    let workspace = crate::notice_revisions::workspace();
    let wrong = codes.replace("\"wording\"", "\"文章だけ\"");
    workspace.file("answers.toml", wrong);
    let told = workspace.exits(1, &crate::notice_revisions::DRAFT);
    let part = "「文章だけ」は選べません。「文言だけ。使い道は変わらない」(wording)、「利用目的の追加・変更」(purpose) のいずれか";
    assert!(told.contains(part), "{told}");
}
