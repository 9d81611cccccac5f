//! What only a published edition of the notice stands behind: fees, and the
//! letters that tell of a changed purpose.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{
    NEXT_NOON, NOON, Workspace, copy_folder, has, naming_fees, plain_record, post_record, root,
    society, squeezed, text_layer,
};
use crate::members::{assert_told, notified, person, records, roster};
use crate::notice_revisions::{ALWAYS, DRAFT, dated};

/// Samples of each kind that charges a fee.
const CHARGING: [&str; 6] = [
    "fee-notice/notice",
    "fee-notice/reminder",
    "fee-notice/receipt",
    "disclosure-decision/granted",
    "provision-record-decision/granted",
    "purpose-notification-decision/given",
];

fn sample(name: &str, change: &Value) -> Value {
    let (kind, sample) = name.split_once('/').unwrap();
    let path = root().join(format!("templates/letters/{kind}/samples/{sample}.json"));
    let mut record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for (field, value) in change.as_object().unwrap() {
        record[field] = value.clone();
    }
    record
}

fn shipped() -> String {
    fs::read_to_string(root().join("society/notice.toml")).unwrap()
}

/// A workspace whose profile sets the samples' fees, and whose notice is the
/// shipped one, which names none.
fn unnamed() -> Workspace {
    let workspace = Workspace::with_settings("approval = \"none\"\nsociety = \"society\"\n");
    copy_folder(society(), &workspace.path("society"));
    workspace.file("society/notice.toml", shipped());
    workspace
}

fn queue(workspace: &Workspace, code: i32, now: &str, record: &Value) -> String {
    let file = workspace.file("record.json", record.to_string());
    workspace.exits(code, &["--now", now, "queue", file.to_str().unwrap()])
}

#[test]
fn the_shipped_notice_names_no_fee_and_the_sample_one_does() {
    assert!(!shipped().contains("手数料"));
    assert!(naming_fees(&shipped()).contains("500円の手数料"));
    let edition = root().join("templates/notice/sample-edition.toml");
    let edition = fs::read_to_string(edition).unwrap();
    assert!(edition.contains("見本") && edition.contains("500円の手数料"));
}

#[test]
fn a_fee_no_notice_names_is_refused_with_the_remedy_until_it_is_published() {
    let workspace = unnamed();
    for name in CHARGING {
        let told = queue(&workspace, 1, NOON, &sample(name, &json!({})));
        assert_told(
            &told,
            &[
                "「fee」：手数料500円は、公表事項(society/notice.toml)に書かれていません",
                "第38条第2項",
                "手数料を空欄にしてください",
                "yobin notice import",
                "publish",
            ],
        );
    }
    // What charges nothing goes its way.
    queue(&workspace, 0, NOON, &plain_record(1, false));
    let free = sample("disclosure-decision/refused", &json!({}));
    queue(&workspace, 0, NOON, &free);

    // Taken in as it is, drafted with the fee, approved by a second person:
    // none of it publishes the fee before its day.
    workspace.file("now.toml", shipped());
    workspace.file(
        "new.toml",
        dated(
            &naming_fees(&shipped()),
            "(令和8年11月更新版)",
            "2026-11-23",
        ),
    );
    workspace.file("answers.toml", ALWAYS);
    let notice = sample(CHARGING[0], &json!({}));
    let steps: [&[&str]; 3] = [
        &["notice", "import", "now.toml", "--as", "佐藤"],
        &DRAFT,
        &["notice", "approve", "2", "--as", "鈴木"],
    ];
    for step in steps {
        workspace.ok(step);
        let told = queue(&workspace, 1, NOON, &notice);
        assert_told(
            &told,
            &[
                "手数料500円は、公表中の公表事項に書かれていません",
                "yobin notice draft、approve、publish",
            ],
        );
    }
    workspace.ok(&["notice", "publish", "--as", "鈴木", "--now", NEXT_NOON]);
    for name in CHARGING {
        queue(&workspace, 0, NEXT_NOON, &sample(name, &json!({})));
    }
}

#[test]
fn another_amount_than_the_published_one_is_refused() {
    for (in_notice, refused) in [
        ("1件につき500円の手数料をいただきます", false),
        ("1件につき３００円の手数料をいただきます", true),
        ("手数料は無料です", true),
        ("1件につき5,000円の手数料をいただきます", true),
        ("手数料は、500円です", false),
        ("費用として500円をいただきます", true),
    ] {
        let workspace = unnamed();
        let notice =
            naming_fees(&shipped()).replace("1件につき500円の手数料をいただきます", in_notice);
        workspace.file("society/notice.toml", notice);
        let code = i32::from(refused);
        let told = queue(&workspace, code, NOON, &sample(CHARGING[0], &json!({})));
        assert_eq!(
            told.contains("手数料500円は"),
            refused,
            "{in_notice}: {told}"
        );
    }
}

#[test]
fn where_the_notice_cannot_be_read_nothing_is_charged_and_all_else_goes_on() {
    let workspace = unnamed();
    workspace.file("society/notice.toml", "title = ");
    let told = queue(&workspace, 1, NOON, &sample(CHARGING[0], &json!({})));
    assert_told(
        &told,
        &[
            "手数料500円が公表されているか、確かめられません",
            "notice.toml",
        ],
    );
    queue(&workspace, 0, NOON, &plain_record(1, false));
}

/// What staff might write by hand, the mildest first.
fn by_hand() -> Vec<Value> {
    let purpose = |purpose: &str| {
        json!({"changes": [{
            "category": "資格に関する情報",
            "old_purpose": "加入者の管理",
            "new_purpose": format!("加入者の管理、{purpose}"),
        }]})
    };
    let name = "purpose-change/changed";
    vec![
        sample(name, &json!({})),
        sample("purpose-change/changed-child", &json!({})),
        sample("purpose-change/changed-many", &json!({})),
        sample(name, &purpose("保険会社への商品案内のための提供")),
        sample(name, &purpose("個人番号による勤怠の管理")),
        sample(name, &json!({"change_scope": "unchanged"})),
        sample(name, &json!({"delivery": "archive", "mail_address": null})),
    ]
}

#[test]
fn nobody_writes_a_letter_of_a_changed_purpose_by_hand() {
    let workspace = Workspace::new();
    let refused = |workspace: &Workspace| {
        for mut record in by_hand() {
            if record["mail_address"].is_null() {
                record.as_object_mut().unwrap().remove("mail_address");
            }
            let told = queue(workspace, 1, NOON, &record);
            assert_told(
                &told,
                &[
                    "承認された公表事項の版からだけ作ります",
                    "yobin notice draft",
                    "yobin notice approve",
                    "yobin notice notify",
                ],
            );
        }
    };
    refused(&workspace);
    let told = workspace.ok(&["kinds", "purpose-change"]);
    assert_told(&told, &["yobin notice notify で作ります"]);
    // An approved edition does not make it lawful to write something else.
    let members = roster(&workspace, &[person(1), person(2)]);
    notified(&workspace, 0, members, &["--confirm", "2"]);
    refused(&workspace);
    let told = records(&workspace);
    assert_eq!(told.len(), 2);
    assert!(
        told.iter()
            .all(|record| record["change_scope"] == "related")
    );
}

#[test]
fn a_mended_letter_tells_of_the_same_change() {
    let workspace = Workspace::new();
    let members = roster(&workspace, &[person(1)]);
    notified(&workspace, 0, members, &["--confirm", "1"]);
    let mut queued = records(&workspace).remove(0);
    queued["kind"] = "purpose-change".into();
    queued["outcome"] = "changed".into();
    let mended = |change: Value| {
        let mut record = queued.clone();
        for (field, value) in change.as_object().unwrap() {
            record[field] = value.clone();
        }
        workspace.file("mended.json", record.to_string());
        ["queue", "mended.json", "--replace", "--as", "鈴木"]
    };
    let other = json!([{
        "category": "レセプトに関する情報", "old_purpose": "甲", "new_purpose": "甲、保険会社への提供",
    }]);
    for (change, field) in [
        (json!({"changes": other}), "changes"),
        (json!({"effective_date": "2026-12-02"}), "effective_date"),
        (json!({"change_scope": "unchanged"}), "change_scope"),
    ] {
        let told = workspace.exits(1, &mended(change));
        let field = format!("「{field}」：待っている書簡と違います");
        assert_told(&told, &[&field, "notice draft --replace"]);
    }
    let address = json!({"addressee_building": "見本荘102号室"});
    workspace.ok(&mended(address));
    assert_eq!(workspace.letters_in("cancelled").len(), 1);
    assert_eq!(workspace.letters_in("queued").len(), 1);
}

#[test]
fn only_what_was_declared_related_is_called_so() {
    if !has(
        "only_what_was_declared_related_is_called_so",
        &["pdftotext"],
    ) {
        return;
    }
    let workspace = Workspace::new();
    let words = |change: &Value| {
        let mut record = sample("purpose-change/changed", change);
        if record["change_scope"].is_null() {
            record.as_object_mut().unwrap().remove("change_scope");
        }
        let file = workspace.file("record.json", record.to_string());
        let file = file.to_str().unwrap();
        workspace.ok(&["preview", "purpose-change", file, "-o", "letter.pdf"]);
        squeezed(&text_layer(&workspace.path("letter.pdf")).concat())
    };
    let (scope, article) = (
        "関連性を有すると合理的に認められる範囲",
        "第21条第3項の規定により通知します",
    );
    for (declared, related, notified) in [
        (json!("related"), true, true),
        (json!("partly"), true, true),
        (json!("unchanged"), false, false),
        // Queued before the scope was kept.
        (Value::Null, false, true),
    ] {
        let text = words(&json!({"change_scope": declared}));
        assert_eq!(text.contains(scope), related, "{declared}: {text}");
        assert_eq!(text.contains(article), notified, "{declared}: {text}");
        assert!(text.contains("お手続は必要ありません"), "{text}");
    }
    let text = words(&json!({"change_scope": "partly"}));
    assert!(
        text.contains("のうち利用目的の変更に当たるものは"),
        "{text}"
    );
}

#[test]
fn a_letter_by_post_of_another_kind_is_queued_by_hand() {
    // The rule is of one kind.
    let workspace = Workspace::new();
    queue(&workspace, 0, NOON, &post_record(1, 1));
}
