//! A workspace whose numbers were compared by other keys opens, keeps what it
//! has, and tells what is one number now.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Map, Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use yobin::record::record_sha256;

use crate::harness::{Workspace, root};

/// The last schema before numbers had two keys.
const BEFORE: &str = "0006";

/// The first schema that knows which letter named a member.
const NAMINGS: &str = "0011";

/// Does something with the database behind the program's back.
fn with_database<T>(workspace: &Workspace, act: impl AsyncFnOnce(&mut SqliteConnection) -> T) -> T {
    let options = SqliteConnectOptions::new()
        .filename(workspace.path("out/yobin.db"))
        .create_if_missing(true);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = options.connect().await.unwrap();
        let done = act(&mut connection).await;
        connection.close().await.unwrap();
        done
    })
}

async fn execute(connection: &mut SqliteConnection, sql: String) {
    let done = sqlx::query(sqlx::AssertSqlSafe(sql.clone()));
    done.execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// A workspace with the schema of a program before the keys.
fn older() -> Workspace {
    of_schema_before(BEFORE)
}

/// A workspace with the schema before this one.
fn of_schema_before(newer: &str) -> Workspace {
    let workspace = Workspace::new();
    let folder = workspace.path("migrations");
    fs::create_dir_all(&folder).unwrap();
    fs::create_dir_all(workspace.path("out")).unwrap();
    for entry in fs::read_dir(root().join("src/store/sqlite/migrations")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name < newer {
            fs::copy(&path, folder.join(name)).unwrap();
        }
    }
    let out = Permissions::from_mode(0o700);
    fs::set_permissions(workspace.path("out"), out).unwrap();
    with_database(&workspace, async |connection| {
        let migrator = sqlx::migrate::Migrator::new(folder).await.unwrap();
        migrator.run_direct(None, connection, false).await.unwrap();
        let intake = "INSERT INTO intake VALUES (1, 'f', 'tester', '2026-11-20T12:00:00+09:00')";
        execute(connection, intake.to_owned()).await;
    });
    let file = Permissions::from_mode(0o600);
    fs::set_permissions(workspace.path("out/yobin.db"), file).unwrap();
    workspace
}

fn notification(number: &str, n: usize) -> Map<String, Value> {
    let record = json!({
        "outcome": "changed",
        "record_key": format!("{n}"),
        "addressee_name": "見本 太郎",
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "delivery": "post",
        "member_key": number,
        "changes": [{
            "category": "レセプトに関する情報",
            "old_purpose": "医療費通知の発行",
            "new_purpose": "医療費通知の発行、医療費分析",
        }],
        "change_reason": "健康づくりの事業に役立てるためです。",
        "effective_date": "2027-01-01",
        "notice_url": "https://kenpo.example.jp/privacy/",
    });
    record.as_object().unwrap().clone()
}

/// Letters to members with these numbers, queued one after the other.
async fn letters(connection: &mut SqliteConnection, numbers: &[&str]) {
    for (place, number) in numbers.iter().enumerate() {
        let (id, record) = (place + 1, notification(number, place + 1));
        let sha256 = record_sha256("purpose-change", &record);
        execute(
            connection,
            format!(
                "INSERT INTO letter (id, kind, outcome, delivery, series, record_sha256, intake_id,
                                 intake_row, queued_by, queued_at)
             VALUES ({id}, 'purpose-change', 'changed', 'post', 'letters', '{sha256}', 1, {id},
                     'tester', '2026-11-20T12:00:00+09:00')"
            ),
        )
        .await;
        let record = Value::Object(record);
        execute(
            connection,
            format!("INSERT INTO letter_record VALUES ({id}, '{record}')"),
        )
        .await;
        // The line of its history each program has written.
        execute(
            connection,
            format!(
                "INSERT INTO audit (at, letter_id, actor, from_state, to_state)
                 VALUES ('2026-11-20T12:00:00+09:00', {id}, 'tester', '', 'queued')"
            ),
        )
        .await;
    }
}

async fn flag(connection: &mut SqliteConnection, key: &str, flag: &str, after: usize) {
    execute(connection, format!(
        "INSERT INTO member_flag VALUES ('{key}', '{flag}', {after}, '佐藤', '2026-11-20T12:00:00+09:00');
         INSERT INTO member_flag_audit (at, member_key, flag, act, actor)
         VALUES ('2026-11-20T12:00:00+09:00', '{key}', '{flag}', 'set', '佐藤')"
    )).await;
}

/// A request under a number with the key it had.
async fn request(connection: &mut SqliteConnection, id: usize, number: &str, key: &str) {
    let record = json!({
        "receipt_number": number, "rights": ["disclosure"],
        "request_date": "2026-11-10", "arrival_date": "2026-11-12",
        "requester_role": "principal", "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎", "principal_category": "insured",
    });
    let sha256 = record_sha256("request", record.as_object().unwrap());
    execute(
        connection,
        format!(
            "INSERT INTO request (id, receipt_number, receipt_key, request_date, arrival_date,
                              target_date, requester_role, principal_category, record_sha256,
                              intake_id, intake_row, added_by, added_at)
         VALUES ({id}, '{number}', '{key}', '2026-11-10', '2026-11-12', '2026-12-12', 'principal',
                 'insured', '{sha256}', 1, {id}, 'tester', '2026-11-20T12:00:00+09:00')"
        ),
    )
    .await;
    execute(
        connection,
        format!("INSERT INTO request_record VALUES ({id}, '{record}')"),
    )
    .await;
    execute(
        connection,
        format!(
            "INSERT INTO request_right VALUES ({id}, 'disclosure');
             INSERT INTO request_audit (at, request_id, actor, act)
             VALUES ('2026-11-20T12:00:00+09:00', {id}, 'tester', 'added')"
        ),
    )
    .await;
}

fn decision(workspace: &Workspace, number: &str) -> String {
    let record = json!({
        "kind": "disclosure-decision", "outcome": "granted",
        "addressee_name": "見本 太郎", "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "address_verified_on": "2026-11-18", "delivery": "archive",
        "receipt_number": number, "request_date": "2026-11-10", "arrival_date": "2026-11-12",
        "requester_role": "principal", "decision_date": "2026-11-18",
        "disclosed_items": [{"item": "資格に関する情報", "period": "令和7年度", "method": "写しの交付"}],
        "disclosure_method": "写しを郵送します。",
    });
    let file = workspace.file("decision.json", record.to_string());
    file.to_str().unwrap().to_owned()
}

/// Demands that each of the words stands in what was told.
fn assert_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in\n{told}");
    }
}

fn references(workspace: &Workspace, state: &str) -> BTreeSet<String> {
    let letters = workspace.letters_in(state);
    // Without the check letter at the end.
    let id = |letter: &Value| letter["id"].as_str().unwrap()[..7].to_owned();
    letters.iter().map(id).collect()
}

#[test]
fn flags_of_an_older_workspace_keep_back_letters_they_had_missed() {
    let workspace = older();
    with_database(&workspace, async |connection| {
        letters(
            connection,
            &[
                "Ｍ－００１２",
                "00123",
                "M\u{2212}0012",
                "M-0013",
                "ｶﾞ14",
                "M\u{2010}0012",
                "カ\u{3099}15",
            ],
        )
        .await;
        flag(connection, "m\u{2212}0012", "protected", 2).await;
        flag(connection, "m-0012", "protected", 1).await;
        flag(connection, "m-0012", "withheld", 0).await;
        // Queued knowing of the flag.
        flag(connection, "m-0013", "undeliverable", 3).await;
        flag(connection, "ガ14", "protected", 0).await;
        flag(connection, "ガ15", "protected", 0).await;
        flag(connection, "123", "protected", 7).await;
    });
    // A check only looks: what an older program left is told once it was opened.
    let told = workspace.ok(&["check"]);
    assert!(!told.contains("よく似ています"), "{told}");
    assert!(!has_table(&workspace, "fold_mark"));
    workspace.ok(&["list"]);
    assert!(has_table(&workspace, "fold_mark"));
    let told = workspace.ok(&["check"]);
    assert_told(&told, &["「123」は「00123」とよく似ています"]);
    let told = workspace.exits(2, &["run"]);
    assert_told(&told, &["「123」は「00123」とよく似ています"]);
    let parked = references(&workspace, "parked");
    let filed = references(&workspace, "unposted");
    for missed in ["L000001", "L000005", "L000006", "L000007"] {
        assert!(parked.contains(missed), "{missed}: {parked:?}");
    }
    for known in ["L000002", "L000004"] {
        assert!(filed.contains(known), "{known}: {filed:?}");
    }
    // Cleared under any writing, it is cleared.
    let sheet = "加入者管理番号,区分,操作\nＭ―００１２,支援措置,解除\nM-0012,送付停止,解除\n";
    let file = workspace.file("flags.csv", sheet);
    let told = workspace.ok(&["members", "flags", file.to_str().unwrap(), "--as", "佐藤"]);
    assert_told(&told, &["解除 2件"]);
    let left: i64 = with_database(&workspace, async |connection| {
        let keys = "SELECT count(*) FROM member_flag WHERE member_key LIKE 'm%0012'";
        sqlx::query_scalar(keys)
            .fetch_one(connection)
            .await
            .unwrap()
    });
    assert_eq!(left, 0);
    workspace.ok(&["verify"]);
}

#[test]
fn a_check_looks_at_a_workspace_that_does_not_know_who_named_a_member() {
    let workspace = of_schema_before(NAMINGS);
    with_database(&workspace, async |connection| {
        let keys = "INSERT INTO fold_mark VALUES (1, 1)";
        execute(connection, keys.to_owned()).await;
        letters(connection, &["00123", "0456"]).await;
        flag(connection, "123", "protected", 0).await;
        let numbers = "INSERT INTO member_number VALUES ('123', '123', '123', 0),
                                                        ('00123', '00123', '123', 1)";
        execute(connection, numbers.to_owned()).await;
    });
    workspace.ok(&["check"]);
    assert!(!has_table(&workspace, "member_naming"));
    workspace.ok(&["list"]);
    let told = workspace.ok(&["check"]);
    assert_told(&told, &["「123」は「00123」とよく似ています"]);
}

#[test]
fn two_requests_under_writings_of_one_number_stay_both_and_are_told() {
    let workspace = older();
    with_database(&workspace, async |connection| {
        request(connection, 1, "受第26－001号", "受第26-001号").await;
        request(connection, 2, "受第26\u{2212}001号", "受第26\u{2212}001号").await;
        request(connection, 3, "受第26－002号", "受第26-002号").await;
        request(connection, 4, "カ\u{3099}3", "カ\u{3099}3").await;
    });
    let both = ["「受第26－001号」", "「受第26\u{2212}001号」"];
    workspace.ok(&["list"]);
    assert_told(&workspace.ok(&["check"]), &both);
    let list = workspace.ok(&["request", "list"]);
    assert_told(&list, &both);
    assert_eq!(
        list.matches("書き方が違うだけで同じ受付番号").count(),
        1,
        "{list}"
    );
    // Each is reached as it is written, and tells of the other.
    for (number, other) in [
        ("受第26－001号", "受第26\u{2212}001号"),
        ("受第26\u{2212}001号", "受第26－001号"),
    ] {
        let told = workspace.ok(&["request", "show", number]);
        assert_told(
            &told,
            &[
                &format!("{number}  受付中"),
                &format!("別の書き方「{other}」"),
            ],
        );
    }
    let close = |code: i32, number: &str| {
        let args = [
            "request",
            "close",
            number,
            "--reason",
            "登録誤り",
            "--as",
            "佐藤",
        ];
        workspace.exits(code, &args)
    };
    // A third writing says neither.
    for third in ["受第26-001号", "受第26ー001号", "受第２６‐００１号"] {
        assert_told(&workspace.exits(1, &["request", "show", third]), &both);
        assert_told(&close(1, third), &both);
        let told = workspace.exits(1, &["queue", &decision(&workspace, third)]);
        assert_told(&told, &both);
    }
    for written in ["受第26－001号", "受第26\u{2212}001号"] {
        let told = workspace.exits(1, &["queue", &decision(&workspace, written)]);
        assert_told(&told, &both);
    }
    // Others are as they were.
    workspace.ok(&["queue", &decision(&workspace, "受第26\u{2212}002号")]);
    workspace.ok(&["queue", &decision(&workspace, "ガ3")]);
    // One closed as a mistake, the other takes its letters; the number is free
    // for nobody while the other has it.
    close(0, "受第26－001号");
    let told = workspace.ok(&["queue", &decision(&workspace, "受第26-001号")]);
    assert!(!told.contains("登録されていない"), "{told}");
    let shown = workspace.ok(&["request", "show", "受第26\u{2212}001号", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["letters"].as_array().unwrap().len(), 1);
    assert!(!workspace.ok(&["request", "list"]).contains("同じ受付番号"));
    workspace.ok(&["verify"]);
}

#[test]
fn two_notifications_of_one_member_stay_and_flags_of_their_recipient_find_both() {
    let workspace = older();
    with_database(&workspace, async |connection| {
        letters(connection, &["M-0030", "M\u{2212}0030", "M-0031"]).await;
        for (member, recipient, letter) in [
            ("m-0030", "m\u{2212}0020", 1),
            ("m\u{2212}0030", "m-0020", 2),
            ("m-0031", "m\u{2012}0020", 3),
        ] {
            execute(
                connection,
                format!(
                    "INSERT INTO notification VALUES ('e', '{member}', '{recipient}', {letter})"
                ),
            )
            .await;
        }
    });
    workspace.ok(&["list"]);
    let told = workspace.ok(&["check"]);
    assert_told(&told, &["同じ改定の通知が", "L000001", "L000002"]);
    assert!(!told.contains("L000003"), "{told}");
    let sheet = "加入者管理番号,区分,操作\nM-0020,支援措置,登録\n";
    let file = workspace.file("flags.csv", sheet);
    let told = workspace.ok(&["members", "flags", file.to_str().unwrap(), "--as", "佐藤"]);
    assert!(!told.contains("まだありません"), "{told}");
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 3);
}

fn has_table(workspace: &Workspace, table: &str) -> bool {
    with_database(workspace, async |connection| {
        let query = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?)";
        let found = sqlx::query_scalar(query).bind(table);
        found.fetch_one(connection).await.unwrap()
    })
}

#[test]
fn a_damaged_record_of_an_older_workspace_keeps_it_from_nothing_but_its_own_letter() {
    let workspace = older();
    with_database(&workspace, async |connection| {
        letters(connection, &["M-0040", "M-0041", "M-0042"]).await;
        request(connection, 1, "受－1", "受-1").await;
        request(connection, 2, "受－2", "受-2").await;
        for damage in [
            "UPDATE letter_record SET record = substr(record, 1, 40) WHERE letter_id = 1",
            "UPDATE letter_record SET record = CAST(x'7bff' AS TEXT) WHERE letter_id = 3",
            "UPDATE request_record SET record = substr(record, 1, 40) WHERE request_id = 1",
        ] {
            execute(connection, damage.to_owned()).await;
        }
    });
    workspace.ok(&["list"]);
    let told = workspace.ok(&["check"]);
    assert_told(&told, &["受付番号「受－1」の請求の記録が壊れていて"]);
    assert!(!told.contains("受－2"), "{told}");
    // Taking a file in enters the likeness of the letters that have one.
    workspace.ok(&["queue", &decision(&workspace, "受-2")]);
    workspace.exits(2, &["run"]);
    let parked = references(&workspace, "parked");
    assert_eq!(parked, ["L000001", "L000003"].map(str::to_owned).into());
    assert_eq!(
        references(&workspace, "unposted"),
        BTreeSet::from(["L000002".to_owned()])
    );
}

#[test]
fn what_letters_are_about_is_reckoned_anew_with_the_keys() {
    let workspace = older();
    with_database(&workspace, async |connection| {
        letters(connection, &["M-0050"]).await;
        request(connection, 1, "受－2", "受-2").await;
    });
    workspace.ok(&["queue", &decision(&workspace, "受-2")]);
    let likeness = || {
        with_database(&workspace, async |connection| {
            let rows =
                "SELECT json_group_array(json_array(likeness, letter_id)) FROM letter_likeness";
            let rows: String = sqlx::query_scalar(rows)
                .fetch_one(connection)
                .await
                .unwrap();
            rows
        })
    };
    let fresh = likeness();
    with_database(&workspace, async |connection| {
        for statement in [
            "UPDATE letter_likeness SET likeness = likeness + 1",
            "UPDATE fold_mark SET version = 0",
        ] {
            execute(connection, statement.to_owned()).await;
        }
    });
    assert_ne!(likeness(), fresh);
    workspace.ok(&["list"]);
    workspace.ok(&["queue", &decision(&workspace, "受-2")]);
    assert_eq!(likeness(), fresh);
}

/// All rows that have keys.
fn keys(workspace: &Workspace) -> Vec<String> {
    with_database(workspace, async |connection| {
        let mut rows = Vec::new();
        for query in [
            "SELECT json_array(id, receipt_number, receipt_key, look_alike_key, twin) FROM request ORDER BY 1",
            "SELECT json_array(member_key, flag, after_letter, set_by) FROM member_flag ORDER BY 1",
            "SELECT json_array(edition, member_key, twin, recipient_key, letter_id) FROM notification ORDER BY 1",
            "SELECT json_array(written, member_key, look_alike_key, in_use) FROM member_number ORDER BY 1",
        ] {
            let some: Vec<String> = sqlx::query_scalar(query)
                .fetch_all(&mut *connection)
                .await
                .unwrap();
            assert!(!some.is_empty(), "{query}");
            rows.extend(some);
        }
        rows
    })
}

#[test]
fn keys_are_renewed_once_and_again_when_they_are_of_another_version() {
    let workspace = older();
    with_database(&workspace, async |connection| {
        letters(connection, &["Ｍ－００１２", "M\u{2212}0012"]).await;
        flag(connection, "m\u{2212}0012", "protected", 1).await;
        request(connection, 1, "受－1", "受-1").await;
        request(connection, 2, "受\u{2212}1", "受\u{2212}1").await;
        for (member, letter) in [("m-0012", 1), ("m\u{2212}0012", 2)] {
            execute(
                connection,
                format!("INSERT INTO notification VALUES ('e', '{member}', '{member}', {letter})"),
            )
            .await;
        }
    });
    workspace.ok(&["list"]);
    let renewed = keys(&workspace);
    workspace.ok(&["list"]);
    assert_eq!(keys(&workspace), renewed);
    let mark = |version: i64| {
        with_database(&workspace, async |connection| {
            execute(
                connection,
                format!("UPDATE fold_mark SET version = {version}"),
            )
            .await;
            if version == 0 {
                execute(
                    connection,
                    "UPDATE request SET receipt_key = 'x' || id".to_owned(),
                )
                .await;
            }
        });
    };
    mark(0);
    workspace.ok(&["list"]);
    assert_eq!(keys(&workspace), renewed);
    // A file a newer program has used is left alone.
    mark(99);
    let told = workspace.exits(1, &["list"]);
    assert_told(&told, &["新しい版の夜便で開いてください"]);
    assert_eq!(keys(&workspace), renewed);
}
