//! A counterpart of protective measures is known at their home however the lot
//! and the room are written, and nobody of another lot is taken for them.

use serde_json::{Value, json};

use crate::counterpart::{disclosed, own_keys, registration};
use crate::flags::{add, assert_told, has_print_file, night, queue, queue_refused, sample};
use crate::harness::Workspace;

fn flat() -> Value {
    registration(json!({
        "requester_address": "群馬県高崎市見本町1-2-3", "requester_building": "101号室",
    }))
}

/// A letter to his name about her, written to this address.
fn to(address: &str, building: &str) -> Value {
    let building = match building {
        "" => Value::Null,
        building => json!(building),
    };
    let mut letter = disclosed(json!({
        "addressee_address": address, "receipt_number": "受第26-404号",
        "record_key": format!("{address} {building}"),
    }));
    match building {
        Value::Null => drop(letter.as_object_mut().unwrap().remove("addressee_building")),
        building => letter["addressee_building"] = building,
    }
    letter
}

const HIS: [(&str, &str); 16] = [
    ("群馬県高崎市見本町1-2-3-101", ""),
    ("群馬県高崎市見本町１丁目２番３号", "１０１"),
    ("群馬県高崎市見本町一丁目二番三－１０１", ""),
    ("群馬県高崎市見本町1-2-3", "見本荘101号室"),
    ("群馬県高崎市見本町1-2-3", "#101"),
    ("群馬県高崎市見本町1-2-3", "一〇一号室"),
    ("群馬県高崎市見本町1-2-3", "見本様方"),
    ("群馬県高崎市見本町一の二の三", ""),
    ("見本町1-2-3", "101"),
    // Never handed to anybody.
    ("高崎市見本町1-2-3　１０１", ""),
    ("高崎市見本町１ノ２ノ３", "見本荘Ａ棟１０１"),
    ("高崎市", "見本町1丁目2番地3 百一号"),
    ("高崎市見本町一丁目", "2-3-101"),
    ("高崎市大字見本町1-2-3(101)", ""),
    ("高崎市見本町1-2-3", "202号室"),
    ("高崎市見本町1、2、3", ""),
];

#[test]
fn no_writing_of_lot_and_room_dodges_the_rule() {
    let workspace = Workspace::new();
    add(&workspace, &[flat()]);
    for (address, building) in HIS {
        let told = queue_refused(&workspace, &to(address, building));
        assert_told(&told, &["支援措置の相手方として登録されている方と同じです"]);
    }
    assert!(workspace.letters().is_empty());
}

#[test]
fn another_lot_is_told_and_stops_nothing() {
    let workspace = Workspace::new();
    add(&workspace, &[flat()]);
    for (address, building) in [
        ("群馬県高崎市見本町1-2-30", "101号室"),
        ("群馬県高崎市見本町1-2-31-01", ""),
        ("群馬県高崎市見本町1-2", "101号室"),
        ("群馬県高崎市例示町1-2-3", "101号室"),
        ("群馬県前橋市見本町一丁目二番三号", "101号室"),
    ] {
        let told = queue(&workspace, &[to(address, building)]);
        assert_told(&told, &["同じ氏名です。住所は違います"]);
    }
}

#[test]
fn a_letter_to_her_at_his_lot_is_told_whatever_the_room() {
    let workspace = Workspace::new();
    add(&workspace, &[flat()]);
    for (place, (address, building)) in HIS.into_iter().enumerate() {
        let mut hers = json!({
            "addressee_name": "例示 花子", "addressee_address": address,
            "receipt_number": "受第26-060号", "delivery": "archive", "mail_address": null,
            "record_key": format!("hers {place}"),
        });
        if !building.is_empty() {
            hers["addressee_building"] = json!(building);
        }
        let told = queue(&workspace, &[sample("acknowledgement/received", hers)]);
        assert_told(
            &told,
            &["守られている方への書簡の住所が、相手方の住所と同じです"],
        );
    }
    // A neighbour is somebody else, and hers at another lot is her own.
    for (name, address, building) in [
        ("見本 太郎", "高崎市見本町1-2-3", "102号室"),
        ("例示 花子", "高崎市見本町1-2-30", "101号室"),
    ] {
        let letter = sample(
            "acknowledgement/received",
            json!({"addressee_name": name, "addressee_address": address,
                   "addressee_building": building, "receipt_number": "受第26-061号",
                   "record_key": address}),
        );
        let told = queue(&workspace, &[letter]);
        assert!(!told.contains("支援措置"), "{told}");
    }
}

#[test]
fn a_counterpart_registered_later_stops_every_writing_that_waits() {
    let workspace = Workspace::new();
    let [glued, kanji, bare, other] = [
        ("群馬県高崎市見本町1-2-3-101", ""),
        ("見本町一の二の三", ""),
        ("高崎市見本町１丁目２番３号", "見本様方"),
        ("群馬県高崎市見本町1-2-30", "101号室"),
    ]
    .map(|(address, building)| to(address, building));
    queue(&workspace, &own_keys([glued, kanji, bare, other]));
    add(&workspace, &[flat()]);
    let told = workspace.exits(2, &["run"]);
    assert_told(&told, &["要確認 3"]);
    assert_eq!(workspace.letters_in("unposted").len(), 1);
}

#[test]
fn a_counterpart_registered_after_the_night_keeps_every_writing_from_the_printer() {
    let workspace = Workspace::new();
    queue(&workspace, &[to("群馬県高崎市見本町1-2-3-101", "")]);
    night(&workspace);
    assert!(has_print_file(&workspace));
    add(&workspace, &[flat()]);
    let told = workspace.exits(2, crate::harness::REPRINT);
    assert_told(&told, &["L000001B", "投函しないでください"]);
    assert!(!has_print_file(&workspace));
}

#[test]
fn a_variant_in_his_name_or_town_is_no_way_around() {
    let workspace = Workspace::new();
    let record = json!({"requester_name": "髙橋 一郎", "requester_address": "高崎市見本沢1-2-3",
                        "requester_building": "101"});
    add(&workspace, &[registration(record)]);
    for (name, address) in [
        ("高橋 一郎", "高崎市見本沢1-2-3"),
        ("髙橋一郎", "高崎市見本澤1-2-3-101"),
        ("高橋　一郎", "高﨑市見本沢一丁目２番３号"),
    ] {
        let mut letter = to(address, "");
        letter["addressee_name"] = json!(name);
        let told = queue_refused(&workspace, &letter);
        assert_told(&told, &["支援措置の相手方"]);
    }
}
