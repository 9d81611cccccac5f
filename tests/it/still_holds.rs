//! What held when a letter was queued is asked again by whoever approves it
//! and by the night, and both say the same.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{NOON, Workspace, copy_folder, root, society};
use crate::members::assert_told;

/// After every day the letters speak of as to come.
const LATER: &str = "2026-12-20T12:00:00+09:00";

fn sample(name: &str, change: &Value) -> String {
    let (kind, sample) = name.split_once('/').unwrap();
    let path = root().join(format!("templates/letters/{kind}/samples/{sample}.json"));
    let mut record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for (field, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(record.as_object_mut().unwrap().remove(field)),
            value => record[field] = value.clone(),
        }
    }
    record.to_string()
}

fn queue(workspace: &Workspace, record: &str) {
    workspace.file("letter.json", record);
    workspace.ok(&["queue", "letter.json", "--as", "佐藤", "--now", NOON]);
}

fn shown(workspace: &Workspace, now: &str) -> String {
    workspace.ok(&["show", "L000001B", "--now", now])
}

/// A workspace with a society of its own whose notice names the fee.
fn with_fee(approval: &str) -> Workspace {
    let settings =
        format!("approval = \"{approval}\"\nrequests = \"optional\"\nsociety = \"society\"\n");
    let workspace = Workspace::with_settings(&settings);
    copy_folder(society(), &workspace.path("society"));
    let paper = json!({"delivery": "archive", "mail_address": null});
    queue(&workspace, &sample("disclosure-decision/granted", &paper));
    workspace
}

fn notice_without_fee(workspace: &Workspace) -> String {
    let path = workspace.path("society/notice.toml");
    let with = fs::read_to_string(&path).unwrap();
    fs::copy(root().join("society/notice.toml"), &path).unwrap();
    with
}

#[test]
fn a_fee_the_notice_names_no_more_is_approved_by_nobody() {
    let approve = ["approve", "L000001B", "--as", "鈴木"];
    let workspace = with_fee("required");
    notice_without_fee(&workspace);
    let told = workspace.exits(1, &approve);
    assert_told(
        &told,
        &[
            "L000001B",
            "手数料500円",
            "公表事項(society/notice.toml)",
            "承認していません",
            "--replace",
        ],
    );
    workspace.ok(&["notice", "import", "society/notice.toml", "--as", "佐藤"]);
    let told = workspace.exits(1, &approve);
    assert_told(
        &told,
        &["手数料500円は、公表中の公表事項に書かれていません"],
    );
    assert!(shown(&workspace, NOON).contains("受付"));
    // As long as it is named nothing stops it.
    let workspace = with_fee("required");
    workspace.ok(&approve);
}

#[test]
fn a_fee_the_notice_names_no_more_is_charged_by_no_night() {
    let workspace = with_fee("none");
    let with = notice_without_fee(&workspace);
    workspace.exits(2, &["run"]);
    let told = shown(&workspace, NOON);
    assert_told(&told, &["要確認", "手数料500円", "公表事項"]);
    // Once it is named again the letter can go.
    fs::write(workspace.path("society/notice.toml"), with).unwrap();
    workspace.ok(&["retry", "L000001B", "--as", "鈴木"]);
    workspace.ok(&["run"]);
    assert_eq!(workspace.letters()[0]["state"], "filed");
}

/// A letter that names a day to come, by this way.
fn with_day(approval: &str, delivery: &str) -> Workspace {
    let settings = format!("approval = \"{approval}\"\nrequests = \"optional\"\n");
    let workspace = Workspace::with_settings(&settings);
    let way = json!({"delivery": delivery, "mail_address": null, "expected_date": "2026-12-10"});
    queue(&workspace, &sample("acknowledgement/received", &way));
    workspace
}

#[test]
fn a_day_that_passed_before_a_letter_is_made_stops_it_at_every_door() {
    for delivery in ["archive", "post"] {
        let workspace = with_day("required", delivery);
        let approve = ["approve", "L000001B", "--as", "鈴木", "--now", LATER];
        let told = workspace.exits(1, &approve);
        assert_told(&told, &["L000001B", "過ぎた"]);

        let workspace = with_day("none", delivery);
        // Whoever looks before the night is told as the night will tell.
        let told = shown(&workspace, LATER);
        assert!(told.contains("過ぎ"), "{delivery}: {told}");
        workspace.exits(2, &["run", "--now", LATER]);
        assert_told(&shown(&workspace, LATER), &["要確認", "過ぎ"]);
    }
}

#[test]
fn what_only_stays_in_the_archive_is_not_held_for_a_day_that_passes_later() {
    let workspace = with_day("none", "archive");
    workspace.ok(&["run"]);
    let told = shown(&workspace, LATER);
    assert!(!told.contains("過ぎ"), "{told}");
    // One that was numbered and not made yet is no different from a new one.
    let workspace = with_day("none", "archive");
    let args = ["run", "--stop-at", "claimed"];
    workspace.start_until(&args, "stopped at").kill();
    workspace.ok(&["run"]);
    assert!(!shown(&workspace, LATER).contains("過ぎ"));
}

/// What a kind asks by now is added to its `letter.toml` after the letter was
/// queued.
fn asked_by_now(approval: &str) -> Workspace {
    let settings =
        format!("approval = \"{approval}\"\nrequests = \"optional\"\ntemplates = \"templates\"\n");
    let workspace = Workspace::with_settings(&settings);
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    queue(
        &workspace,
        &sample(
            "request-closing/withdrawn",
            &json!({"delivery": "archive", "addressee_building": null}),
        ),
    );
    let path = workspace.path("templates/letters/request-closing/letter.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (before, after) = text.split_once("[outcomes.withdrawn]").unwrap();
    let wanted = after.replacen("requires = [", "requires = [\"addressee_building\", ", 1);
    assert_ne!(wanted, after);
    fs::write(path, format!("{before}[outcomes.withdrawn]{wanted}")).unwrap();
    workspace
}

#[test]
fn a_field_a_kind_asks_for_by_now_is_asked_of_letters_that_waited() {
    let approve = ["approve", "L000001B", "--as", "鈴木"];
    let workspace = asked_by_now("required");
    let told = workspace.exits(1, &approve);
    assert_told(
        &told,
        &[
            "L000001B",
            "書式が変わりました",
            "この記録にありません",
            "承認していません",
            "--replace",
        ],
    );
    let workspace = asked_by_now("none");
    workspace.exits(2, &["run"]);
    assert_told(
        &shown(&workspace, NOON),
        &["要確認", "この記録にありません", "発行できなくなりました"],
    );
}

/// A decision in part carries the ground of each row in its list: the letter's
/// own are a supplement, for who approves and for the night as at queueing.
#[test]
fn a_ground_in_each_row_is_a_ground() {
    for name in [
        "disclosure-decision/partial",
        "cessation-decision/partial",
        "correction-decision/partial",
        "provision-record-decision/partial",
    ] {
        let settings = "approval = \"required\"\nrequests = \"optional\"\n";
        let workspace = Workspace::with_settings(settings);
        let record = sample(name, &json!({"delivery": "archive", "mail_address": null}));
        queue(&workspace, &record);
        workspace.ok(&["approve", "L000001B", "--as", "鈴木", "--now", NOON]);
        workspace.ok(&["run", "--date", "2026-11-24"]);
        let letter = &workspace.letters()[0];
        assert_eq!(letter["state"], "filed", "{name}\n{letter:#}");
    }
}
