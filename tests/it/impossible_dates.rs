//! A date that cannot be is refused where the record comes in, whatever kind
//! of letter, request or roster it stands in.

use std::fs;

use serde_json::{Map, Value, json};

use crate::harness::{Workspace, copy_folder, files_below, plain_record, root};

/// The first with the fields of the second; null takes a field away.
fn changed(mut base: Value, change: &Value) -> Value {
    let fields = base.as_object_mut().unwrap();
    for (field, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(fields.remove(field)),
            value => drop(fields.insert(field.clone(), value.clone())),
        }
    }
    base
}

fn queue(workspace: &Workspace, code: i32, record: &Value) -> String {
    let path = workspace.file("record.json", json!([record]).to_string());
    workspace.exits(code, &["queue", path.to_str().unwrap(), "--dry-run"])
}

fn request(change: &Value) -> Value {
    let base = json!({
        "receipt_number": "受第26-001号", "rights": ["disclosure"],
        "request_date": "2026-11-02", "arrival_date": "2026-11-04",
        "requester_role": "principal", "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎", "principal_category": "insured",
    });
    changed(base, change)
}

#[test]
fn an_arrival_to_come_is_refused_by_queue_as_by_request_add() {
    let workspace = Workspace::new();
    for (dates, problem) in [
        // The dates of a slip: 令和44年 for 令和8年.
        (
            json!({"request_date": "2062-11-01", "arrival_date": "2062-11-04"}),
            "到達日が今日より後です。",
        ),
        (
            json!({"arrival_date": "2026-11-23"}),
            "到達日が今日より後です。",
        ),
        (
            json!({"request_date": "2026-11-23", "arrival_date": "2026-11-23"}),
            "請求日が今日より後です。",
        ),
        (
            json!({"request_date": "2026-11-21", "arrival_date": "2026-11-20"}),
            "到達日が請求日より前です。",
        ),
        // 明治33年, and 平成8年 for 令和8年.
        (
            json!({"request_date": "1900-01-01"}),
            "請求日が今日から10年より前です。",
        ),
        (
            json!({"request_date": "1996-11-18", "arrival_date": "1996-11-20"}),
            "到達日が今日から10年より前です。",
        ),
    ] {
        let told = queue(&workspace, 1, &changed(plain_record(1, false), &dates));
        assert!(told.contains(problem), "{dates}\n{told}");
        let path = workspace.file("request.json", json!([request(&dates)]).to_string());
        let told = workspace.exits(1, &["request", "add", path.to_str().unwrap()]);
        assert!(told.contains(problem), "{dates}\n{told}");
        assert!(workspace.letters().is_empty());
    }
    // Today, and a request that took its time in the post.
    for dates in [
        json!({"request_date": "2026-11-22", "arrival_date": "2026-11-22"}),
        json!({"request_date": "2026-05-01", "arrival_date": "2026-11-20"}),
    ] {
        queue(&workspace, 0, &changed(plain_record(1, false), &dates));
    }
    let told = queue(
        &workspace,
        1,
        &changed(
            plain_record(1, false),
            &json!({"arrival_date": "2026-11-23"}),
        ),
    );
    assert_eq!(told.matches("今日より後").count(), 1, "told once: {told}");
}

/// A sample, the path of a date in it, and where it may lie.
struct Dated {
    sample: Value,
    path: String,
    when: String,
}

/// Every date of every sample of every shipped kind.
fn dated() -> Vec<Dated> {
    let templates = root().join("templates");
    let read = |path: &std::path::Path| -> Value {
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let groups = read(&templates.join("lib/envelope.schema.json"));
    let mut common = Map::new();
    for group in groups["groups"].as_object().unwrap().values() {
        common.extend(group["properties"].as_object().unwrap().clone());
    }
    let mut found = Vec::new();
    for path in files_below(&templates.join("letters")) {
        if path.extension().is_none_or(|ending| ending != "json")
            || !path.to_str().unwrap().contains("/samples/")
        {
            continue;
        }
        let folder = path.parent().unwrap().parent().unwrap();
        let mut fields = common.clone();
        let own = read(&folder.join("record.schema.json"));
        fields.extend(own["properties"].as_object().unwrap().clone());
        let sample = read(&path);
        for (name, value) in sample.as_object().unwrap() {
            let Some(field) = fields.get(name) else {
                continue;
            };
            let mut add = |path: String, field: &Value| {
                // One day may be another thing in another outcome.
                let said = &field["x-when"];
                let of_outcome = said.get(sample["outcome"].as_str().unwrap());
                let when = of_outcome.unwrap_or(said).as_str();
                let when = when
                    .unwrap_or_else(|| panic!("{path}: no x-when"))
                    .to_owned();
                found.push(Dated {
                    sample: sample.clone(),
                    path,
                    when,
                });
            };
            if field["format"] == "date" {
                add(format!("/{name}"), field);
            }
            for place in 0..value.as_array().map_or(0, Vec::len) {
                for (part, field) in field["items"]["properties"]
                    .as_object()
                    .into_iter()
                    .flatten()
                {
                    if field["format"] == "date" && value[place].get(part).is_some() {
                        add(format!("/{name}/{place}/{part}"), field);
                    }
                }
            }
        }
    }
    found
}

#[test]
fn every_date_of_every_kind_is_held_against_the_calendar() {
    let mut lines = Vec::new();
    let mut expected = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for Dated { sample, path, when } in dated() {
        // One sample a date of a kind and outcome is enough.
        if !seen.insert((
            sample["kind"].to_string(),
            sample["outcome"].to_string(),
            path.clone(),
        )) {
            continue;
        }
        let (wrong, words): (&[&str], &[&str]) = match when.as_str() {
            "past" => (
                &["2026-11-23", "2062-11-04", "1996-11-04", "1900-01-01"],
                &["今日より後", "年より前", "日より前"],
            ),
            "long-past" => (
                &["2026-11-23", "2062-11-04", "1890-01-01"],
                &["今日より後", "年より前", "日より前"],
            ),
            "future" | "due" | "either" => (
                &["2062-11-04", "2036-12-01", "1996-11-04", "1900-01-01"],
                &["年より先", "年より前", "日より前"],
            ),
            "over" => (
                &["2026-11-22", "2026-11-23", "2062-11-04", "1996-11-04"],
                &["まだ過ぎていません", "年より前", "日より前"],
            ),
            "sent" => (
                &["2026-12-07", "2062-11-04", "1996-11-04", "1900-01-01"],
                &["日より先", "年より前", "日より前"],
            ),
            other => panic!("{path}: {other}"),
        };
        for day in wrong {
            let mut record = sample.clone();
            *record.pointer_mut(&path).unwrap() = (*day).into();
            lines.push(record.to_string());
            expected.push((path.clone(), *day, words));
        }
    }
    assert!(expected.len() > 300, "only {} dates tried", expected.len());
    let workspace = Workspace::new();
    let file = workspace.file("all.jsonl", lines.join("\n"));
    let done = workspace.yobin(&["queue", file.to_str().unwrap(), "--dry-run"]);
    assert_eq!(done.code, Some(1));
    for (place, (path, day, words)) in expected.iter().enumerate() {
        let row = format!("{}行目「{}", place + 1, path.split('/').nth(1).unwrap());
        let told: Vec<&str> = done
            .err
            .lines()
            .filter(|line| line.starts_with(&row))
            .collect();
        let fits = told
            .iter()
            .any(|line| words.iter().any(|word| line.contains(word)));
        assert!(fits, "{day} at {path}: {told:?}\n{}", lines[place]);
    }
}

#[test]
fn the_entry_of_a_list_is_named() {
    let workspace = Workspace::new();
    let dated = dated()
        .into_iter()
        .find(|dated| dated.path == "/measures/1/measure_date");
    let mut sample = dated.expect("a sample with two measures").sample;
    sample["measures"][1]["measure_date"] = "2026-12-01".into();
    let told = queue(&workspace, 1, &sample);
    assert!(told.contains("2件目の措置の日が今日より後です。"), "{told}");
}

#[test]
fn a_day_to_come_that_has_passed_is_refused() {
    let workspace = Workspace::new();
    for (path, field, title, today) in [
        ("identity-request", "due_date", "提出期限", 1),
        ("supplement-request", "due_date", "補正の期限", 1),
        ("fee-notice", "due_date", "納付期限", 1),
        ("acknowledgement", "expected_date", "回答予定日", 0),
    ] {
        let sample = dated()
            .into_iter()
            .map(|dated| dated.sample)
            .find(|sample| {
                sample["kind"] == path
                    && sample.get(field).is_some()
                    && sample.get("first_notice_date").is_none()
            })
            .unwrap();
        for (day, code, words) in [
            ("2026-11-21", 1, "が今日より前です。"),
            ("2026-11-22", today, "が今日と同じ日です。"),
            ("2026-11-23", 0, "が今日"),
            ("2027-03-31", 0, "が今日"),
        ] {
            let told = queue(
                &workspace,
                code,
                &changed(sample.clone(), &json!({field: day})),
            );
            let words = format!("{title}{words}");
            assert_eq!(told.contains(&words), code == 1, "{path} {day}\n{told}");
        }
    }
}

#[test]
fn dates_that_can_be_stay_accepted() {
    let workspace = Workspace::new();
    let of = |kind: &str, field: &str| {
        let found = dated().into_iter().map(|dated| dated.sample);
        let mut found =
            found.filter(|sample| sample["kind"] == kind && sample.get(field).is_some());
        found.next().unwrap()
    };
    for (kind, change) in [
        // A change that took effect, one of next April, one from long ago
        // that was provided then.
        (
            "implied-consent-objection",
            json!({"reflect_from": "2026-11-10"}),
        ),
        (
            "implied-consent-objection",
            json!({"reflect_from": "2027-04-01"}),
        ),
        (
            "name-character-notice",
            json!({"effective_date": "2029-01-01"}),
        ),
        ("request-closing", json!({"withdrawal_date": "2026-11-22"})),
        (
            "target-date-change",
            json!({"old_date": "2026-11-01", "new_date": "2027-11-22"}),
        ),
        // The letter of the same night.
        (
            "disclosure-instructions",
            json!({"notice_date": "2026-11-24"}),
        ),
    ] {
        let field = change.as_object().unwrap().keys().next().unwrap().clone();
        queue(&workspace, 0, &changed(of(kind, &field), &change));
    }
    let mut old = of("provision-record-decision", "provision_records");
    old["provision_records"][0]["date"] = "1989-01-08".into();
    queue(&workspace, 0, &old);
}

#[test]
fn a_request_has_no_impossible_date_either() {
    let workspace = Workspace::new();
    for (change, problem) in [
        (
            json!({"target_date": "2062-12-04"}),
            "回答目標日が今日から3年より先です。",
        ),
        (
            json!({"target_date": "2026-11-03"}),
            "回答目標日が到達日より前です。",
        ),
        (
            json!({"identity_document_date": "2026-11-23"}),
            "本人確認書類の日付が今日より後です。",
        ),
        (
            json!({"identity_document_date": "1890-01-01"}),
            "本人確認書類の日付が今日から130年より前です。",
        ),
    ] {
        let path = workspace.file("request.json", json!([request(&change)]).to_string());
        let told = workspace.exits(1, &["request", "add", path.to_str().unwrap()]);
        assert!(told.contains(problem), "{change}\n{told}");
    }
    let late = request(&json!({"target_date": "2026-11-20"}));
    let path = workspace.file("request.json", json!([late]).to_string());
    let told = workspace.ok(&["request", "add", path.to_str().unwrap()]);
    assert!(told.contains("回答目標日が今日より前です。"), "{told}");
}

#[test]
fn a_kind_of_the_offices_own_says_where_its_dates_lie() {
    let workspace = Workspace::with_settings("approval = \"none\"\ntemplates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    let schema = workspace.path("templates/letters/acknowledgement/record.schema.json");
    let kept = fs::read_to_string(&schema).unwrap();
    let when = "\"x-when\": \"future\",\n      \"x-not-before\": \"arrival_date\"";
    assert!(kept.contains(when));
    let record = |day: &str| changed(plain_record(1, false), &json!({"expected_date": day}));
    // Nothing said: only what nobody can mean.
    fs::write(&schema, kept.replace(&format!(",\n      {when}"), "")).unwrap();
    for (day, code) in [
        ("2062-11-04", 1),
        ("1890-01-01", 1),
        ("2033-01-01", 0),
        ("1990-01-01", 0),
    ] {
        queue(&workspace, code, &record(day));
    }
    // Said otherwise: it has happened.
    fs::write(&schema, kept.replace(when, "\"x-when\": \"past\"")).unwrap();
    for (day, code) in [("2026-11-23", 1), ("2026-11-22", 0)] {
        queue(&workspace, code, &record(day));
    }
    for wrong in [
        "\"x-when\": \"soon\"",
        "\"x-when\": 3",
        "\"x-not-before\": \"no_such_date\"",
        "\"x-not-before\": \"requested_content\"",
    ] {
        fs::write(&schema, kept.replace(when, wrong)).unwrap();
        let told = workspace.exits(1, &["check"]);
        assert!(told.contains("expected_date"), "{wrong}\n{told}");
    }
}

/// Takes keywords out of a schema, wherever they stand.
fn forget(schema: &mut Value, keywords: &[&str]) {
    match schema {
        Value::Object(parts) => {
            parts.retain(|name, _| !keywords.contains(&name.as_str()));
            parts.values_mut().for_each(|part| forget(part, keywords));
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| forget(part, keywords)),
        _ => {}
    }
}

#[test]
fn a_form_from_before_the_keyword_still_refuses_what_is_to_come() {
    let workspace = Workspace::with_settings("approval = \"none\"\ntemplates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    for file in files_below(&workspace.path("templates")) {
        if file.to_str().unwrap().ends_with(".schema.json") {
            let text = fs::read_to_string(&file).unwrap();
            let mut schema: Value = serde_json::from_str(&text).unwrap();
            forget(&mut schema, &["x-when", "x-not-before"]);
            fs::write(&file, schema.to_string()).unwrap();
        }
    }
    for change in [
        json!({"arrival_date": "2026-11-23"}),
        json!({"arrival_date": "2062-11-04"}),
        json!({"arrival_date": "2026-11-17"}),
    ] {
        queue(&workspace, 1, &changed(plain_record(1, false), &change));
    }
    queue(&workspace, 0, &plain_record(1, false));
}
