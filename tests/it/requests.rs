//! Requests: registered once, counted down day by day, and a measure that no
//! letter may contradict.

use std::path::PathBuf;

use encoding_rs::SHIFT_JIS;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Map, Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use yobin::record::record_sha256;

use crate::harness::{NOON, Workspace, copy_folder, root, society, text_layer};

/// Arrives on 4 November 2026: the two weeks end on the 18th.
fn request(n: usize, change: Value) -> Value {
    let base = json!({
        "receipt_number": format!("受第26-{n:03}号"),
        "rights": ["disclosure"],
        "request_date": "2026-11-02",
        "arrival_date": "2026-11-04",
        "requester_role": "principal",
        "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎",
        "principal_category": "insured",
    });
    changed(base, change)
}

/// A request an agent made for somebody who lives elsewhere.
fn of_agent(n: usize, change: Value) -> Value {
    let agent = json!({
        "requester_role": "appointed_agent",
        "requester_name": "例示 一郎",
        "principal_address": "群馬県前橋市亀里町9番地",
    });
    changed(request(n, agent), change)
}

/// A decision on disclosure that fits [`request`].
fn decision(n: usize, change: Value) -> Value {
    let base = json!({
        "kind": "disclosure-decision",
        "outcome": "granted",
        "addressee_name": "見本 太郎",
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "address_verified_on": "2026-11-18",
        "delivery": "archive",
        "receipt_number": format!("受第26-{n:03}号"),
        "request_date": "2026-11-02",
        "arrival_date": "2026-11-04",
        "requester_role": "principal",
        "decision_date": "2026-11-18",
        "disclosed_items": [{"item": "資格に関する情報", "period": "令和7年度", "method": "写しの交付"}],
        "disclosure_method": "令和8年12月1日に、写しを郵送します。",
    });
    changed(base, change)
}

/// A decision that fits [`of_agent`].
fn decision_to_agent(n: usize, change: Value) -> Value {
    let agent = json!({
        "requester_role": "appointed_agent",
        "addressee_name": "例示 一郎",
        "principal_name": "見本 太郎",
    });
    changed(decision(n, agent), change)
}

/// The first with the fields of the second; null takes a field away.
fn changed(mut base: Value, change: Value) -> Value {
    let fields = base.as_object_mut().unwrap();
    for (field, value) in change.as_object().unwrap() {
        if value.is_null() {
            fields.remove(field);
        } else {
            fields.insert(field.clone(), value.clone());
        }
    }
    base
}

fn lines(workspace: &Workspace, name: &str, records: &[Value]) -> PathBuf {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    workspace.file(name, lines.join("\n"))
}

fn add(workspace: &Workspace, records: &[Value]) -> String {
    let file = lines(workspace, "requests.jsonl", records);
    workspace.ok(&["request", "add", file.to_str().unwrap(), "--as", "佐藤"])
}

fn add_refused(workspace: &Workspace, records: &[Value]) -> String {
    let file = lines(workspace, "requests.jsonl", records);
    workspace.exits(1, &["request", "add", file.to_str().unwrap()])
}

fn queue(workspace: &Workspace, records: &[Value]) -> String {
    let file = lines(workspace, "letters.jsonl", records);
    workspace.ok(&["queue", file.to_str().unwrap()])
}

fn queue_refused(workspace: &Workspace, record: &Value) -> String {
    let file = lines(workspace, "letters.jsonl", std::slice::from_ref(record));
    workspace.exits(1, &["queue", file.to_str().unwrap()])
}

/// Records that a letter was handed over at the desk on the day tests run at.
fn hand_over(workspace: &Workspace, letter: &str) {
    hand_over_on(workspace, letter, "2026-11-22");
}

fn hand_over_on(workspace: &Workspace, letter: &str, day: &str) {
    let now = format!("{day}T12:00:00+09:00");
    let args = [
        "posted",
        letter,
        "--handed-over",
        "--on",
        day,
        "--as",
        "佐藤",
        "--now",
        &now,
    ];
    workspace.ok(&args);
}

/// Open requests as `request list --json` shows them at noon of a day.
fn listed(workspace: &Workspace, day: &str) -> Vec<Value> {
    let now = format!("{day}T12:00:00+09:00");
    workspace
        .ok(&["request", "list", "--json", "--now", &now])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn table(workspace: &Workspace, day: &str) -> String {
    let now = format!("{day}T12:00:00+09:00");
    workspace.ok(&["request", "list", "--now", &now])
}

fn shown(workspace: &Workspace, number: &str) -> Value {
    let shown = workspace.ok(&["request", "show", number, "--json"]);
    serde_json::from_str(&shown).unwrap()
}

fn receipts(requests: &[Value]) -> Vec<&str> {
    requests
        .iter()
        .map(|request| request["receipt_number"].as_str().unwrap())
        .collect()
}

/// Demands that each of the words stands in what was told.
fn assert_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in\n{told}");
    }
}

const HEADERS: [&str; 10] = [
    "受付番号",
    "請求の種類",
    "請求日",
    "到達日",
    "請求者の区分",
    "請求者氏名",
    "請求者住所",
    "本人氏名",
    "本人の区分",
    "窓口",
];

fn sheet(rows: &[[&str; 10]]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADERS).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

const ROW: [&str; 10] = [
    "受第26-001号",
    "開示\n訂正等",
    "令和8年11月2日",
    "R8.11.4",
    "本人",
    "髙橋 﨑",
    "群馬県前橋市亀里町1310番地",
    "髙橋 﨑",
    "被保険者",
    "総務課",
];

#[test]
fn a_sheet_of_requests_is_the_same_in_every_encoding() {
    let text = sheet(&[ROW]);
    let (cp932, _, broken) = SHIFT_JIS.encode(&text);
    assert!(!broken);
    for (name, bytes) in [
        ("utf8.csv", text.as_bytes().to_vec()),
        ("windows.csv", cp932.into_owned()),
        ("tabs.tsv", text.replace(',', "\t").into_bytes()),
    ] {
        let workspace = Workspace::new();
        let file = workspace.file(name, bytes);
        let told = workspace.ok(&["request", "add", file.to_str().unwrap()]);
        assert_told(&told, &["1件を受け付けました。受第26-001号"]);
        let all = shown(&workspace, "受第26-001号");
        let expected = json!({
            "receipt_number": "受第26-001号",
            "rights": ["disclosure", "correction"],
            "request_date": "2026-11-02",
            "arrival_date": "2026-11-04",
            "requester_role": "principal",
            "requester_name": "髙橋 﨑",
            "requester_address": "群馬県前橋市亀里町1310番地",
            "principal_name": "髙橋 﨑",
            "principal_category": "insured",
            "desk": "総務課",
        });
        assert_eq!(all["record"], expected, "{name}");
    }
}

#[test]
fn the_empty_sheet_has_the_columns_a_filled_one_is_read_by() {
    let workspace = Workspace::new();
    let told = workspace.ok(&["request", "add", "--header", "csv"]);
    assert_told(&told, &["request.csv"]);
    let header = std::fs::read_to_string(workspace.path("request.csv")).unwrap();
    for title in HEADERS {
        assert!(header.contains(title), "{title} is not in {header}");
    }
    workspace.ok(&["request", "add", "--header", "xlsx", "-o", "空の表.xlsx"]);
    // An empty workbook is told from a filled one, and not taken for a letter's.
    let told = workspace.exits(1, &["request", "add", "空の表.xlsx"]);
    assert_told(&told, &["データの行がありません"]);
    assert_ne!(workspace.yobin(&["request", "add"]).code, Some(0));
}

#[test]
fn a_filled_workbook_is_read_with_its_date_cells() {
    let workspace = Workspace::new();
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (column, (title, value)) in (0u16..).zip(HEADERS.iter().zip(ROW)) {
        page.write_string(0, column, *title).unwrap();
        page.write_string(1, column, value).unwrap();
    }
    let arrival = ExcelDateTime::from_ymd(2026, 11, 4).unwrap();
    let date = Format::new().set_num_format("yyyy/m/d");
    page.write_datetime_with_format(1, 3, &arrival, &date)
        .unwrap();
    let file = workspace.file("book.xlsx", book.save_to_buffer().unwrap());
    workspace.ok(&["request", "add", file.to_str().unwrap()]);
    let all = shown(&workspace, "受第26-001号");
    assert_eq!(all["request"]["arrival_date"], "2026-11-04");
    assert_eq!(all["record"]["rights"], json!(["disclosure", "correction"]));
}

#[test]
fn a_database_from_before_requests_keeps_its_letters_and_takes_requests() {
    let workspace = Workspace::new();
    let first = "0001_letters.sql";
    std::fs::create_dir_all(workspace.path("out")).unwrap();
    std::fs::create_dir_all(workspace.path("migrations")).unwrap();
    let kept = root().join("src/store/sqlite/migrations").join(first);
    std::fs::copy(kept, workspace.path("migrations").join(first)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let migrations = workspace.path("migrations");
        let migrator = sqlx::migrate::Migrator::new(migrations).await.unwrap();
        let options = SqliteConnectOptions::new()
            .filename(workspace.path("out/yobin.db"))
            .create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        migrator.run_direct(None, &mut connection, false).await.unwrap();
        let record = changed(decision(1, json!({})), json!({"kind": null}));
        let hash = record_sha256("disclosure-decision", record.as_object().unwrap());
        for statement in [
            "INSERT INTO intake VALUES (1, 'f', 'tester', '2026-11-20T12:00:00+09:00')".to_owned(),
            format!("INSERT INTO letter (kind, outcome, delivery, series, record_sha256, intake_id, intake_row, queued_by, queued_at)
             VALUES ('disclosure-decision', 'granted', 'archive', 'letters', '{hash}', 1, 1, 'tester', '2026-11-20T12:00:00+09:00')"),
            format!("INSERT INTO letter_record VALUES (1, '{record}')"),
            "INSERT INTO audit (at, letter_id, actor, from_state, to_state)
             VALUES ('2026-11-20T12:00:00+09:00', 1, 'tester', '', 'queued')".to_owned(),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    });
    add(&workspace, &[request(2, json!({}))]);
    queue(&workspace, &[decision(2, json!({}))]);
    workspace.exits(2, &["run"]);
    let states: Vec<Value> = workspace
        .letters()
        .iter()
        .map(|letter| letter["state"].clone())
        .collect();
    assert_eq!(states, ["filed", "filed"]);
    workspace.ok(&["verify"]);
    let letters = shown(&workspace, "受第26-002号")["letters"].clone();
    assert_eq!(letters.as_array().unwrap().len(), 1);
}

#[test]
fn a_request_is_registered_once_and_tells_who_did_what() {
    let workspace = Workspace::new();
    let file = lines(&workspace, "r.jsonl", &[request(1, json!({}))]);
    let file = file.to_str().unwrap();
    workspace.ok(&["request", "add", file, "--as", "佐藤"]);
    let told = workspace.ok(&["request", "add", file, "--as", "鈴木"]);
    assert_told(
        &told,
        &["1件は、同じ記録を前に", "新しく受け付けたものはありません"],
    );
    let all = shown(&workspace, "受第26-001号");
    assert_eq!(all["request"]["status"], "open");
    assert_eq!(all["request"]["target_date"], "2026-12-04");
    let history = all["history"].as_array().unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0]["act"], "added");
    assert_eq!(history[0]["actor"], "佐藤");
    assert_eq!(history[0]["at"], NOON);
}

#[test]
fn everything_wrong_with_a_file_of_requests_is_told_at_once() {
    let workspace = Workspace::new();
    add(&workspace, &[request(1, json!({}))]);
    let told = add_refused(
        &workspace,
        &[
            request(2, json!({"arrival_date": "2026-11-01", "rights": []})),
            request(3, json!({"arrival_date": "2026-11-23"})),
            request(
                4,
                json!({"requester_name": "見本 太朗", "principal_name": "見本 太郎様"}),
            ),
            request(5, json!({"requester_role": "bereaved"})),
            request(6, json!({"rights": ["bereaved_disclosure"]})),
            request(
                7,
                json!({"identity_document_date": "2026-11-30", "principal_category": null}),
            ),
            request(1, json!({"note": "同じ番号"})),
            request(8, json!({})),
            request(8, json!({"note": "同じ番号"})),
            request(8, json!({})),
            request(
                9,
                json!({"protected_counterpart": "maybe", "desk": "\u{E000}"}),
            ),
        ],
    );
    assert_told(
        &told,
        &[
            "1行目「rights」：必須",
            "1行目「arrival_date」：到達日が請求日より前です",
            "2行目「arrival_date」：到達日が今日より後です",
            "3行目「principal_name」：氏名の末尾に敬称",
            "3行目「requester_name」：請求者の区分が「本人」なのに",
            "4行目「rights」：遺族は、法に基づく請求をすることができません(法第2条第1項",
            "5行目「rights」：「遺族からの開示依頼」は",
            "6行目「principal_category」：必須",
            "6行目「identity_document_date」：本人確認書類の日付が今日より後です",
            "7行目「receipt_number」：この受付番号の請求は、すでに登録されています",
            "9行目「receipt_number」：8行目と同じ受付番号です",
            "10行目：8行目と同じ内容です",
            "11行目「protected_counterpart」：「maybe」は選べません",
            "11行目「desk」：",
            "10件の行に直すところがあるため",
        ],
    );
    assert_eq!(
        receipts(&listed(&workspace, "2026-11-22")),
        ["受第26-001号"]
    );
}

#[test]
fn a_receipt_number_is_one_number_however_it_is_typed() {
    let workspace = Workspace::new();
    add(&workspace, &[request(1, json!({}))]);
    let typed = json!({"receipt_number": "受第２６－００１号", "note": "全角"});
    let told = add_refused(&workspace, &[request(1, typed)]);
    assert_told(&told, &["すでに登録されています"]);
    let all = shown(&workspace, "受第 26-001 号");
    assert_eq!(all["request"]["receipt_number"], "受第26-001号");
    queue(
        &workspace,
        &[decision(1, json!({"receipt_number": "受第26－001号"}))],
    );
    assert_eq!(
        shown(&workspace, "受第26-001号")["letters"][0]["id"],
        "L000001B"
    );
}

#[test]
fn dry_run_registers_nothing_and_accept_valid_the_good_rows() {
    let workspace = Workspace::new();
    let bad = json!({"arrival_date": "2026-11-01"});
    let records = [
        request(1, json!({})),
        request(2, bad),
        request(3, json!({})),
    ];
    let file = lines(&workspace, "r.jsonl", &records);
    let file = file.to_str().unwrap();
    let told = workspace.exits(1, &["request", "add", file, "--dry-run"]);
    assert_told(&told, &["受け付けられる行 2件、直す行 1件"]);
    assert!(listed(&workspace, "2026-11-22").is_empty());

    let told = workspace.exits(2, &["request", "add", file, "--accept-valid"]);
    assert_told(
        &told,
        &["受第26-001号 から 受第26-003号 まで", "r-要修正.jsonl"],
    );
    let open = listed(&workspace, "2026-11-22");
    assert_eq!(receipts(&open), ["受第26-001号", "受第26-003号"]);

    let rejected = std::fs::read_to_string(workspace.path("r-要修正.jsonl")).unwrap();
    let mut mended: Map<String, Value> = serde_json::from_str(rejected.trim()).unwrap();
    let remark = mended["エラー内容"].as_str().unwrap();
    assert!(remark.contains("到達日が請求日より前です"), "{remark}");
    mended.insert("arrival_date".to_owned(), "2026-11-04".into());
    let file = lines(&workspace, "mended.jsonl", &[Value::Object(mended)]);
    workspace.ok(&["request", "add", file.to_str().unwrap()]);
    assert_eq!(listed(&workspace, "2026-11-22").len(), 3);
}

#[test]
fn the_two_weeks_are_counted_from_the_day_after_arrival() {
    let workspace = Workspace::new();
    let now = "2026-11-04T12:00:00+09:00";
    let file = lines(&workspace, "r.jsonl", &[request(1, json!({}))]);
    workspace.ok(&["request", "add", file.to_str().unwrap(), "--now", now]);
    let near = Some("two_weeks_near");
    let past = Some("two_weeks_past");
    for (day, since, stage, concern, words) in [
        ("2026-11-04", 0, "early", None, "2026-11-18 あと14日"),
        ("2026-11-10", 6, "early", None, "2026-11-18 あと8日"),
        (
            "2026-11-11",
            7,
            "day7",
            near,
            "【残り7日以内】到達から7日目",
        ),
        ("2026-11-13", 9, "day7", near, "令和8年11月18日で、あと5日"),
        (
            "2026-11-14",
            10,
            "day10",
            near,
            "【残り4日以内】到達から10日目",
        ),
        (
            "2026-11-16",
            12,
            "day10",
            near,
            "令和8年11月18日で、あと2日",
        ),
        (
            "2026-11-17",
            13,
            "day13",
            near,
            "【残り1日以内】到達から13日目",
        ),
        ("2026-11-18", 14, "day13", near, "最終日は今日です"),
        (
            "2026-11-19",
            15,
            "past",
            past,
            "【2週間経過】到達から15日目",
        ),
        ("2026-12-05", 31, "past", past, "を1日過ぎています"),
    ] {
        let open = listed(&workspace, day);
        let clock = &open[0]["article_39"];
        assert_eq!(open[0]["days_since_arrival"], since, "{day}");
        assert_eq!(clock["days_left"], 14 - since, "{day}");
        assert_eq!(clock["stage"], stage, "{day}");
        assert_eq!(clock["last_day"], "2026-11-18");
        assert_eq!(clock["suit_open_from"], "2026-11-19");
        assert_eq!(open[0]["concern"].as_str(), concern, "{day}");
        let table = table(&workspace, day);
        assert_told(&table, &[words]);
        assert_eq!(table.contains('→'), concern.is_some(), "{table}");
    }
    let past = table(&workspace, "2026-11-19");
    let words = "令和8年11月19日から、本人は訴えを提起できるようになりました(法第39条第1項)";
    assert_told(&past, &[words, "2026-11-18 1日超過"]);
}

#[test]
fn the_day_changes_at_midnight_in_japan() {
    let workspace = Workspace::new();
    add(&workspace, &[request(1, json!({}))]);
    let stage = |now: &str| {
        let line = workspace.ok(&["request", "list", "--json", "--now", now]);
        let request: Value = serde_json::from_str(line.trim()).unwrap();
        request["article_39"]["stage"].clone()
    };
    assert_eq!(stage("2026-11-18T23:59:00+09:00"), "day13");
    assert_eq!(stage("2026-11-18T15:00:00Z"), "past");
}

#[test]
fn months_and_years_end_within_the_two_weeks() {
    let workspace = Workspace::new();
    let arrivals = [
        ("2026-11-30", "2026-12-14", "2026-12-15", "2026-12-30"),
        ("2026-12-18", "2027-01-01", "2027-01-02", "2027-01-17"),
        ("2026-12-31", "2027-01-14", "2027-01-15", "2027-01-30"),
        ("2027-02-15", "2027-03-01", "2027-03-02", "2027-03-17"),
        ("2028-02-15", "2028-02-29", "2028-03-01", "2028-03-16"),
    ];
    for (n, (arrival, last, open_from, target)) in arrivals.into_iter().enumerate() {
        let record = request(n, json!({"request_date": arrival, "arrival_date": arrival}));
        let file = lines(&workspace, "r.jsonl", &[record]);
        let now = format!("{arrival}T12:00:00+09:00");
        workspace.ok(&["request", "add", file.to_str().unwrap(), "--now", &now]);
        let found = |day: &str| {
            let open = listed(&workspace, day);
            let mut own = open.iter().filter(|open| open["arrival_date"] == arrival);
            own.next().unwrap().clone()
        };
        assert_eq!(found(last)["article_39"]["days_left"], 0, "{arrival}");
        assert_eq!(found(last)["article_39"]["suit_open_from"], open_from);
        assert_eq!(found(open_from)["article_39"]["stage"], "past");
        assert_eq!(found(arrival)["target_date"], target);
    }
}

#[test]
fn complaints_the_bereaved_and_purposes_have_no_two_weeks_but_a_target() {
    let workspace = Workspace::new();
    add(
        &workspace,
        &[
            request(1, json!({"rights": ["complaint"]})),
            of_agent(
                2,
                json!({"requester_role": "bereaved", "rights": ["bereaved_disclosure"]}),
            ),
            request(3, json!({"rights": ["notification_of_purposes"]})),
            request(4, json!({"rights": ["complaint", "cessation"]})),
        ],
    );
    let open = listed(&workspace, "2026-11-22");
    let clocks: Vec<bool> = open
        .iter()
        .map(|open| !open["article_39"].is_null())
        .collect();
    assert_eq!(receipts(&open)[0], "受第26-004号");
    assert_eq!(clocks, [true, false, false, false]);
    let shown = table(&workspace, "2026-11-22");
    assert_eq!(shown.matches("対象外").count(), 3, "{shown}");
    assert_eq!(shown.matches("第39条").count(), 1, "{shown}");
    let late = listed(&workspace, "2026-12-05");
    for open in &late[1..] {
        assert_eq!(open["concern"], "target_passed");
        assert_eq!(open["target_days_left"], -1);
    }
}

#[test]
fn the_most_urgent_request_stands_first_and_columns_stand_under_each_other() {
    let workspace = Workspace::new();
    let on = |arrival: &str| json!({"request_date": arrival, "arrival_date": arrival});
    add(
        &workspace,
        &[
            request(1, on("2026-11-20")),
            request(2, on("2026-11-15")),
            request(3, on("2026-11-04")),
            request(
                4,
                changed(
                    on("2026-11-12"),
                    json!({"receipt_number": "R-4", "desk": "ﾏﾄﾞ"}),
                ),
            ),
            request(5, on("2026-11-09")),
            request(
                6,
                json!({"rights": ["complaint"], "target_date": "2026-11-10"}),
            ),
            request(
                7,
                changed(on("2026-11-20"), json!({"target_date": "2026-11-25"})),
            ),
        ],
    );
    let open = listed(&workspace, "2026-11-22");
    assert_eq!(
        receipts(&open),
        [
            "受第26-003号",
            "受第26-005号",
            "R-4",
            "受第26-002号",
            "受第26-006号",
            "受第26-007号",
            "受第26-001号",
        ]
    );
    let table = table(&workspace, "2026-11-22");
    assert_told(&table, &["受付中 7件(うち対応が必要なもの 5件)"]);
    // A character that is not ASCII is two columns wide here.
    let wide = |c: char| usize::from(!c.is_ascii()) + 1;
    let place = |line: &str, word: &str| line[..line.find(word).unwrap()].chars().map(wide).sum();
    let places: Vec<usize> = table
        .lines()
        .filter(|line| line.contains("  2026-"))
        .map(|line| place(line, "2026-"))
        .collect();
    assert_eq!(places, [14; 7], "{table}");
    let heading: usize = place(table.lines().next().unwrap(), "到達日");
    assert_eq!(heading, 14);
}

#[test]
fn the_target_is_the_records_or_the_societys() {
    let workspace = Workspace::new();
    copy_folder(society(), &workspace.path("society"));
    let profile = workspace.path("society/profile.toml");
    let text = std::fs::read_to_string(&profile).unwrap();
    let days = |days: &str| text.replace("target_days = 30", &format!("target_days = {days}"));
    std::fs::write(&profile, days("14")).unwrap();
    workspace.settings("society = \"society\"\n");
    add(
        &workspace,
        &[
            request(1, json!({})),
            request(2, json!({"target_date": "2026-12-24"})),
        ],
    );
    let target = |number: &str| shown(&workspace, number)["request"]["target_date"].clone();
    assert_eq!(target("受第26-001号"), "2026-11-18");
    assert_eq!(target("受第26-002号"), "2026-12-24");
    for wrong in ["0", "366"] {
        std::fs::write(&profile, days(wrong)).unwrap();
        let told = workspace.exits(1, &["request", "list"]);
        assert_told(&told, &["target_days", "1から365まで"]);
    }
}

#[test]
fn a_letter_belongs_to_its_request_and_answers_it_when_it_has_left() {
    let workspace = Workspace::new();
    add(
        &workspace,
        &[request(1, json!({"rights": ["disclosure", "correction"]}))],
    );
    let ack = json!({
        "kind": "acknowledgement", "outcome": "received",
        "rights": ["disclosure", "correction"], "requested_content": "健康診査の結果",
        "expected_date": "2026-12-04", "decision_date": null, "disclosed_items": null,
        "disclosure_method": null,
    });
    let told = queue(&workspace, &[decision(1, ack), decision(1, json!({}))]);
    assert!(!told.contains("登録されていない"), "{told}");
    let right = |place: usize| listed(&workspace, "2026-11-22")[0]["rights"][place].clone();
    assert_eq!(right(0)["letter"], "L000002C");
    assert_eq!(right(0)["state"], "queued");
    assert_eq!(right(0)["answered"], false);
    assert_eq!(right(1)["letter"], Value::Null);
    let table_before = table(&workspace, "2026-11-22");
    assert_told(
        &table_before,
        &[
            "開示：L000002C 受付、訂正等：未回答",
            "決定の書簡 L000002C(受付) がまだ出ていません",
        ],
    );
    let all = shown(&workspace, "受第26-001号");
    assert_eq!(all["letters"].as_array().unwrap().len(), 2);
    let history = all["history"].as_array().unwrap();
    assert_eq!(history[2]["act"], "letter");
    assert_eq!(history[2]["letter"], "L000002C");
    assert_eq!(history[2]["actor"], "tester");

    workspace.exits(2, &["run"]);
    // It is kept in the archive only; whoever asked has not got it.
    assert_eq!(right(0)["state"], "filed");
    assert_eq!(right(0)["answered"], false);
    hand_over(&workspace, "L000002C");
    assert_eq!(right(0)["answered"], true);
    let page = workspace.ok(&["request", "show", "受第26-001号"]);
    assert_told(
        &page,
        &[
            "受第26-001号  受付中",
            "開示：L000002C 手渡済、訂正等：未回答",
            "2週間の最終日 令和8年11月18日、訴えを提起できる日 令和8年11月19日",
            "請求者氏名：見本 太郎",
            "書簡の受付(L000002C)  tester",
        ],
    );
}

#[test]
fn an_answered_request_has_no_two_weeks_any_more() {
    let workspace = Workspace::new();
    add(&workspace, &[request(1, json!({}))]);
    queue(&workspace, &[decision(1, json!({}))]);
    assert_eq!(
        listed(&workspace, "2026-11-22")[0]["concern"],
        "two_weeks_past"
    );
    workspace.exits(2, &["run"]);
    hand_over(&workspace, "L000001B");
    let open = listed(&workspace, "2026-12-22");
    assert_eq!(open[0]["article_39"], Value::Null);
    assert_eq!(open[0]["concern"], Value::Null);
    let table = table(&workspace, "2026-12-22");
    assert_told(
        &table,
        &[
            "回答済み",
            "すべて回答しました。→ yobin request close 受第26-001号",
        ],
    );
}

#[test]
fn what_contradicts_the_request_is_refused_field_by_field() {
    let workspace = Workspace::new();
    add(
        &workspace,
        &[
            of_agent(1, json!({"member_key": "K-1"})),
            request(2, json!({"rights": ["correction"]})),
        ],
    );
    for (change, words) in [
        (
            json!({"request_date": "2026-11-01"}),
            [
                "「request_date」：登録された請求の請求日(令和8年11月2日)と違います",
                "",
            ],
        ),
        (
            json!({"arrival_date": "2026-11-05"}),
            [
                "「arrival_date」：登録された請求の到達日(令和8年11月4日)と違います",
                "",
            ],
        ),
        (
            json!({"requester_role": "legal_representative_ward"}),
            [
                "「requester_role」：登録された請求の請求者の区分(任意代理人)と違います",
                "",
            ],
        ),
        (
            json!({"principal_name": "見本 太朗"}),
            ["「principal_name」：登録された請求の本人氏名と違います", ""],
        ),
        (
            json!({"principal_category": "former"}),
            [
                "「principal_category」：登録された請求の本人の区分(被保険者)と違います",
                "",
            ],
        ),
        (
            json!({"addressee_name": "別人 三郎"}),
            [
                "「addressee_name」：書簡の宛名が、登録された請求の請求者と違います",
                "送付先の指示",
            ],
        ),
        // All of a row at once, also beside what the schema finds.
        (
            json!({"arrival_date": "2026-11-05", "outcome": "nothing"}),
            [
                "「arrival_date」：登録された請求の到達日",
                "「outcome」：「nothing」は選べません",
            ],
        ),
    ] {
        let told = queue_refused(&workspace, &decision_to_agent(1, change));
        assert_told(&told, &words);
        assert!(!told.contains("太郎"), "{told}");
    }
    let told = queue_refused(&workspace, &decision(2, json!({})));
    assert_told(
        &told,
        &["「receipt_number」：登録された請求では、「開示」は求められていません"],
    );
    let ack = json!({
        "kind": "acknowledgement", "outcome": "received", "rights": ["correction", "cessation"],
        "requested_content": "健康診査の結果", "expected_date": "2026-12-04",
        "decision_date": null, "disclosed_items": null, "disclosure_method": null,
    });
    let told = queue_refused(&workspace, &decision(2, ack));
    assert_told(
        &told,
        &["「rights」：登録された請求では、「利用停止等」は求められていません"],
    );
    assert!(workspace.letters().is_empty());
    let told = queue(&workspace, &[decision_to_agent(1, json!({}))]);
    assert_told(&told, &["1件を受け付けました"]);
}

#[test]
fn a_space_or_a_width_neither_makes_nor_hides_another_person() {
    let workspace = Workspace::new();
    add(&workspace, &[of_agent(1, json!({}))]);
    // The principal in other spacing is still the principal.
    let to_principal = json!({"addressee_name": "見本　太郎"});
    let told = queue_refused(&workspace, &decision_to_agent(1, to_principal));
    assert_told(
        &told,
        &["「addressee_name」：代理人などからの請求に対する書簡の宛名"],
    );
    let home = json!({"addressee_address": "群馬県前橋市亀里町９番地"});
    let told = queue_refused(&workspace, &decision_to_agent(1, home));
    assert_told(
        &told,
        &["「addressee_address」：代理人などからの請求に対する書簡の宛先が、本人の住所"],
    );
    // The requester in other spacing is still the requester, and is printed
    // and kept as the letter's record has it.
    let spaced = json!({
        "addressee_name": "例示一郎", "principal_name": "見本太郎",
        "addressee_address": "群馬県前橋市亀里町１３１０番地",
    });
    let told = queue(&workspace, &[decision_to_agent(1, spaced)]);
    assert!(!told.contains("注意"), "{told}");
    let letter = workspace.ok(&["show", "L000001B", "--json"]);
    let letter: Value = serde_json::from_str(&letter).unwrap();
    assert_eq!(letter["record"]["addressee_name"], "例示一郎");
    let request = shown(&workspace, "受第26-001号");
    assert_eq!(request["record"]["requester_name"], "例示 一郎");
}

#[test]
fn an_agents_letter_goes_to_the_principal_only_as_instructed() {
    let workspace = Workspace::new();
    add(&workspace, &[of_agent(1, json!({})), request(2, json!({}))]);
    let to_principal = json!({
        "addressee_name": "見本 太郎", "addressee_address": "群馬県前橋市亀里町9番地",
    });
    let told = queue_refused(&workspace, &decision_to_agent(1, to_principal.clone()));
    assert_told(
        &told,
        &[
            "「addressee_name」：",
            "「addressee_address」：",
            "送付先の指示",
        ],
    );
    // The reverse: the principal asked, and somebody else would get it.
    let told = queue_refused(
        &workspace,
        &decision(2, json!({"addressee_name": "例示 一郎"})),
    );
    assert_told(
        &told,
        &["「addressee_name」：本人からの請求に対する書簡の宛名が、本人ではありません"],
    );
    let instructed = json!({"delivery_instruction": "代理人の委任状に本人あて送付の指示あり"});
    queue(
        &workspace,
        &[
            decision_to_agent(1, changed(to_principal, instructed.clone())),
            decision(
                2,
                changed(instructed, json!({"addressee_name": "例示 一郎"})),
            ),
        ],
    );
}

#[test]
fn an_agents_letter_to_the_principal_is_refused_without_a_registered_request_too() {
    let workspace = Workspace::new();
    let to_principal = json!({"addressee_name": "見本　太郎"});
    let told = queue_refused(&workspace, &decision_to_agent(1, to_principal.clone()));
    assert_told(
        &told,
        &["「addressee_name」：代理人などからの請求に対する書簡の宛名"],
    );
    let instructed = json!({"delivery_instruction": "委任状の指示による"});
    queue(
        &workspace,
        &[decision_to_agent(1, changed(to_principal, instructed))],
    );
}

#[test]
fn a_dependants_letter_reaches_the_insured_person_only_by_consent() {
    let workspace = Workspace::new();
    add(
        &workspace,
        &[request(1, json!({"principal_category": "dependant"}))],
    );
    let insured = json!({"addressee_name": "見本 一郎"});
    let told = queue_refused(&workspace, &decision(1, insured.clone()));
    assert_told(
        &told,
        &[
            "「household_consent」：被扶養者に関する書簡の宛名が、本人とも請求者とも違います",
            "同意",
        ],
    );
    // An instruction of somebody is not the dependant's consent.
    let instructed = changed(
        insured.clone(),
        json!({"delivery_instruction": "世帯主の希望"}),
    );
    let told = queue_refused(&workspace, &decision(1, instructed));
    assert_told(&told, &["「household_consent」"]);
    let consent = json!({"household_consent": "本人の同意書(令和8年11月5日)"});
    queue(&workspace, &[decision(1, changed(insured, consent))]);
}

/// A workspace where an answer that discloses is marked as revealing.
fn with_revealing_outcome() -> Workspace {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let file = workspace.path("templates/letters/disclosure-decision/letter.toml");
    let mut kind: toml::Table = toml::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let outcomes = kind["outcomes"].as_table_mut().unwrap();
    for (code, outcome) in outcomes.iter_mut() {
        let outcome = outcome.as_table_mut().unwrap();
        outcome.insert("reveals".to_owned(), (code != "nonexistent").into());
    }
    std::fs::write(&file, toml::to_string(&kind).unwrap()).unwrap();
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\n");
    workspace
}

#[test]
fn nothing_reveals_data_to_whom_protective_measures_are_against() {
    let workspace = with_revealing_outcome();
    let counterpart = json!({"protected_counterpart": "yes"});
    add(
        &workspace,
        &[
            of_agent(1, counterpart),
            of_agent(
                2,
                json!({"protected_counterpart": "no", "requester_name": "例示 次郎"}),
            ),
        ],
    );
    let told = queue_refused(&workspace, &decision_to_agent(1, json!({})));
    assert_told(
        &told,
        &[
            "「outcome」：請求者が支援措置の相手方として登録されているため",
            "法第16条第4項",
        ],
    );
    // What says the same as if there had never been data may go.
    let nonexistent = json!({
        "outcome": "nonexistent", "search_scope": "適用、給付及び保健事業の記録",
        "disclosed_items": null, "disclosure_method": null,
    });
    queue(
        &workspace,
        &[
            decision_to_agent(1, nonexistent),
            decision_to_agent(2, json!({"addressee_name": "例示 次郎"})),
        ],
    );
}

#[test]
fn a_right_is_decided_once_unless_the_letter_was_cancelled() {
    let workspace = Workspace::new();
    add(&workspace, &[request(1, json!({}))]);
    let first = decision(1, json!({}));
    let second = decision(1, json!({"decision_date": "2026-11-19"}));
    // Also within one file.
    let file = lines(&workspace, "both.jsonl", &[first.clone(), second.clone()]);
    let told = workspace.exits(1, &["queue", file.to_str().unwrap()]);
    assert_told(
        &told,
        &["2行目「receipt_number」：この請求の「開示」は、書簡L000001B(状態：受付)で決定済みです"],
    );
    queue(&workspace, std::slice::from_ref(&first));
    queue_refused(&workspace, &second);
    // The same record again is no second decision.
    let told = queue(&workspace, std::slice::from_ref(&first));
    assert_told(&told, &["同じ記録を前に受け付けています"]);
    workspace.ok(&["cancel", "L000001B"]);
    assert_eq!(
        listed(&workspace, "2026-11-22")[0]["rights"][0]["letter"],
        Value::Null
    );
    queue(&workspace, std::slice::from_ref(&second));
    assert_eq!(
        listed(&workspace, "2026-11-22")[0]["rights"][0]["state"],
        "queued"
    );
}

#[test]
fn a_letter_without_its_request_is_told_of_or_refused_as_the_settings_say() {
    let workspace = Workspace::new();
    let told = queue(
        &workspace,
        &[decision(1, json!({})), decision(2, json!({}))],
    );
    assert_told(
        &told,
        &["受付番号の請求が登録されていない書簡が2件あります"],
    );

    let required = Workspace::with_settings("approval = \"none\"\nrequests = \"required\"\n");
    let told = queue_refused(&required, &decision(1, json!({})));
    assert_told(
        &told,
        &[
            "「receipt_number」：この受付番号の請求は登録されていません",
            "yobin request add",
        ],
    );
    add(&required, &[request(1, json!({}))]);
    let told = queue(&required, &[decision(1, json!({}))]);
    assert!(!told.contains("登録されていない"), "{told}");
    // What was queued before the setting was made is no new letter.
    workspace.settings("approval = \"none\"\nrequests = \"required\"\n");
    let told = queue(&workspace, &[decision(1, json!({}))]);
    assert_told(&told, &["同じ記録を前に受け付けています"]);
    // A letter that answers no request needs none.
    let sample = root().join("templates/letters/implied-consent-objection/samples/reflected.json");
    required.ok(&["queue", sample.to_str().unwrap()]);

    let wrong = Workspace::with_settings("requests = \"sometimes\"\n");
    assert_told(
        &wrong.exits(1, &["list"]),
        &["sometimes", "optional", "required"],
    );
}

#[test]
fn a_closed_request_takes_no_letter_and_a_mistaken_one_gives_its_number_back() {
    let workspace = Workspace::new();
    add(&workspace, &[request(1, json!({})), request(2, json!({}))]);
    let close = |code: i32, number: &str, reason: &str| {
        let args = [
            "request", "close", number, "--reason", reason, "--as", "鈴木",
        ];
        workspace.exits(code, &args)
    };
    assert_told(
        &close(0, "受第26-001号", "取下げ"),
        &["受第26-001号  終了(取下げ)"],
    );
    assert_told(
        &close(1, "受第26-001号", "補正なし"),
        &["すでに終わっています(理由：取下げ)"],
    );
    assert_told(&close(1, "受第26-009号", "取下げ"), &["登録されていません"]);
    assert_told(
        &close(2, "受第26-002号", "なんとなく"),
        &["取下げ、補正なし"],
    );
    let told = queue_refused(&workspace, &decision(1, json!({})));
    assert_told(
        &told,
        &["「receipt_number」：この受付番号の請求は終わっています(理由：取下げ)"],
    );

    close(0, "受第26-002号", "登録誤り");
    let told = add(&workspace, &[request(2, json!({}))]);
    assert_told(&told, &["そのうち1件は登録誤りとして終えた請求です"]);
    add(&workspace, &[request(2, json!({"desk": "相談窓口"}))]);
    let open = listed(&workspace, "2026-11-22");
    assert_eq!(receipts(&open), ["受第26-002号"]);
    assert_eq!(open[0]["desk"], "相談窓口");
    queue(&workspace, &[decision(2, json!({}))]);
    let told = close(1, "受第26-002号", "登録誤り");
    assert_told(&told, &["L000001B", "yobin cancel"]);

    let all = workspace.ok(&["request", "list", "--all"]);
    assert_told(
        &all,
        &["終了(取下げ)", "終了(登録誤り)", "終了 2件", "受付中 1件"],
    );
    let lines = workspace.ok(&["request", "list", "--all", "--json"]);
    assert_eq!(lines.lines().count(), 3);
    let closed = shown(&workspace, "受第26-001号");
    assert_eq!(closed["request"]["closed_by"], "鈴木");
    assert_eq!(closed["request"]["closed_at"], NOON);
    let history = closed["history"].as_array().unwrap();
    assert_eq!(history[1]["act"], "closed");
    assert_eq!(history[1]["note"], "withdrawn");
}

#[test]
fn a_request_is_answered_only_when_every_answer_has_left() {
    let workspace = Workspace::new();
    add(
        &workspace,
        &[
            request(1, json!({"rights": ["disclosure", "correction"]})),
            request(2, json!({})),
        ],
    );
    let close = |code: i32, number: &str, reason: &str| {
        workspace.exits(code, &["request", "close", number, "--reason", reason])
    };
    queue(
        &workspace,
        &[decision(1, json!({})), decision(2, json!({}))],
    );
    let told = close(1, "受第26-002号", "回答済み");
    assert_told(
        &told,
        &[
            "まだ回答していない請求があります(開示：L000002C 受付)",
            "別途回答済み",
        ],
    );
    workspace.exits(2, &["run"]);
    let told = close(1, "受第26-002号", "回答済み");
    assert_told(&told, &["開示：L000002C 保管済"]);
    hand_over(&workspace, "L000001B");
    hand_over(&workspace, "L000002C");
    close(0, "受第26-002号", "回答済み");
    let told = close(1, "受第26-001号", "回答済み");
    assert_told(&told, &["まだ回答していない請求があります(訂正等)"]);
    close(0, "受第26-001号", "別途回答済み");
    let closed = shown(&workspace, "受第26-001号");
    assert_eq!(closed["request"]["close_reason"], "answered_elsewhere");
}

#[test]
fn where_no_letter_decides_and_no_two_weeks_run_staff_say_that_it_is_answered() {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("templates = \"templates\"\n");
    for kind in std::fs::read_dir(workspace.path("templates/letters")).unwrap() {
        let file = kind.unwrap().path().join("letter.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("decides = \"complaint\"", "")).unwrap();
    }
    add(&workspace, &[request(1, json!({"rights": ["complaint"]}))]);
    workspace.ok(&["request", "close", "受第26-001号", "--reason", "回答済み"]);
}

#[test]
fn closing_tells_of_letters_that_may_still_go_out() {
    let workspace = Workspace::new();
    add(&workspace, &[request(1, json!({}))]);
    queue(&workspace, &[decision(1, json!({}))]);
    let told = workspace.ok(&["request", "close", "受第26-001号", "--reason", "取下げ"]);
    assert_told(
        &told,
        &["まだ送り終えていない書簡", "L000001B  受付", "yobin cancel"],
    );
}

#[test]
fn an_old_identity_document_and_an_unknown_address_are_warned_of() {
    let workspace = Workspace::new();
    let told = add(
        &workspace,
        &[
            request(1, json!({"identity_document_date": "2026-10-05"})),
            request(2, json!({"identity_document_date": "2026-10-04"})),
        ],
    );
    assert_eq!(told.matches("注意").count(), 1, "{told}");
    assert_told(
        &told,
        &[
            "注意：2行目「identity_document_date」：本人確認書類の日付が、到達日より30日を超えて前です",
        ],
    );
    let moved = json!({"addressee_address": "群馬県前橋市元総社町1番地"});
    let told = queue(&workspace, &[decision(1, moved), decision(2, json!({}))]);
    assert_told(
        &told,
        &[
            "注意：1行目「addressee_address」：登録された請求の請求者住所と違います",
            "注意：2行目「receipt_number」：本人確認書類の日付",
        ],
    );
    for personal in ["見本", "元総社", "2026-10-04"] {
        assert!(!told.contains(personal), "{told}");
    }
}

#[test]
fn a_file_with_one_fault_many_times_names_it_two_hundred_times() {
    let workspace = Workspace::new();
    let old = json!({"identity_document_date": "2026-10-04"});
    let records: Vec<Value> = (1..=230).map(|n| request(n, old.clone())).collect();
    let told = add(&workspace, &records);
    assert_eq!(told.matches("行目「identity_document_date」").count(), 200);
    assert_told(&told, &["このほかに30件の注意があります"]);
}

#[test]
fn the_morning_report_counts_requests_and_names_those_that_press() {
    let workspace = Workspace::new();
    workspace.ok(&["run"]);
    let quiet = workspace.ok(&["report"]);
    assert!(!quiet.contains("請求の期限"), "{quiet}");

    let on = |arrival: &str| json!({"request_date": arrival, "arrival_date": arrival});
    let early = "2026-11-16";
    add(&workspace, &[request(1, on(early)), request(2, on(early))]);
    let calm = workspace.ok(&["report"]);
    assert_told(&calm, &["【完了】", "受付中  2件", "そのほか 2"]);
    add(
        &workspace,
        &[
            request(3, on("2026-11-15")),
            request(4, on("2026-11-07")),
            request(
                5,
                json!({"rights": ["complaint"], "target_date": "2026-11-21"}),
            ),
        ],
    );
    let told = workspace.exits(2, &["report"]);
    assert_told(
        &told,
        &[
            "【要対応】0件の処理が終わりました。期限に注意が必要な請求が3件あります",
            "受付中  5件",
            "2週間を過ぎたもの 1  2週間の近いもの(7日目から) 1  回答目標日を過ぎたもの 1  そのほか 2",
            "受第26-004号  2週間経過  到達 令和8年11月7日",
            "受第26-003号  残り7日以内  到達 令和8年11月15日",
            "受第26-005号  目標超過",
            "受付の件数と内訳の合計は一致しています",
        ],
    );
    let place = |number: &str| told.find(number).unwrap();
    assert!(place("受第26-004号") < place("受第26-003号"));
    assert!(!told.contains("太郎"), "{told}");
    workspace.exits(2, &["report", "--write"]);
    let page = std::fs::read_to_string(workspace.path("out/reports/2026-11-22-2.html")).unwrap();
    assert_told(&page, &["請求の期限", "受第26-004号", "目標超過"]);
    assert!(!page.contains("一致していません"), "{page}");
    if crate::harness::has("the report's PDF names requests", &["pdftotext"]) {
        let pdf = text_layer(&workspace.path("out/reports/2026-11-22-2.pdf")).concat();
        assert_told(
            &pdf,
            &["請求の期限", "受第26-004号", "2週間経過", "目標超過"],
        );
    }
}

#[test]
fn a_decided_letter_that_waits_keeps_its_request_in_the_report() {
    let workspace = Workspace::with_settings("");
    add(&workspace, &[request(1, json!({}))]);
    queue(&workspace, &[decision(1, json!({}))]);
    let told = workspace.exits(2, &["run"]);
    assert_told(&told, &["決定の書簡 L000001B(受付) がまだ出ていません"]);
    workspace.ok(&["approve", "L000001B", "--as", "審査 花子"]);
    let next = "2026-11-23T12:00:00+09:00";
    let told = workspace.exits(2, &["run", "--now", next]);
    assert_told(&told, &["決定の書簡 L000001B(保管済) がまだ出ていません"]);
    hand_over_on(&workspace, "L000001B", "2026-11-23");
    let told = workspace.ok(&["report", "--now", next]);
    assert_told(&told, &["【完了】", "受付中  1件", "そのほか 1"]);
}

#[test]
fn a_form_that_lacks_what_the_program_reads_is_named() {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("templates = \"templates\"\n");
    let file = workspace.path("templates/requests/record.schema.json");
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let without = |change: &dyn Fn(&mut Value)| {
        let mut form = whole.clone();
        change(&mut form);
        std::fs::write(&file, form.to_string()).unwrap();
        workspace.exits(1, &["check"])
    };
    let told = without(&|form| {
        form["properties"].as_object_mut().unwrap().remove("desk");
    });
    assert_told(&told, &["請求の項目", "「desk」がありません"]);
    let told = without(&|form| form["required"] = json!(["receipt_number"]));
    assert_told(&told, &["required"]);
    let told = without(&|form| {
        let rights = &mut form["properties"]["rights"]["items"];
        rights["enum"][0] = "everything".into();
    });
    assert_told(&told, &["「rights」の enum"]);
    std::fs::remove_file(&file).unwrap();
    workspace.file("nothing.csv", "");
    let told = workspace.exits(1, &["queue", "nothing.csv"]);
    assert_told(
        &told,
        &["請求の項目の定めに誤りがあります", "record.schema.json"],
    );
    // An office may add fields of its own.
    let mut form = whole.clone();
    form["properties"]["filing"] = json!({"title": "綴り", "description": "保管する綴りです。", "type": "string", "maxLength": 40});
    std::fs::write(&file, form.to_string()).unwrap();
    add(&workspace, &[request(1, json!({"filing": "令和8年度・3"}))]);
    let page = workspace.ok(&["request", "show", "受第26-001号"]);
    assert_told(&page, &["綴り：令和8年度・3"]);
}
