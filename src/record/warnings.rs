//! What staff should know of a record that may be taken in all the same.
//!
//! A warning is a field and two sentences, like a problem, and quotes nothing
//! of the record: it may be read by more people than the record is for.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{Record, choices, dates};
use crate::catalogue::{Addressee, Kind};
use crate::domain::{Delivery, FieldProblem, MemberFlag, Place, Request, RequesterRole};
use crate::text::twins;

/// Days after which an address should be looked up again.
const ADDRESS_HOLDS: i64 = 365;

/// Warnings of a letter that is queued; `request` is the one it belongs to, if
/// that is registered.
pub fn of_letter(
    kind: &Kind,
    record: &Record,
    max_sheets: u32,
    today: NaiveDate,
    request: Option<&Request>,
) -> Vec<FieldProblem> {
    let values = &record.values;
    let mut warnings = Vec::new();
    if record.envelope.delivery != Delivery::Mail {
        warnings.extend(unverified_address(values, today));
    }
    warnings.extend(heavy(values, max_sheets));
    warnings.extend(foreign_letters(values));
    if let Some(request) = request {
        warnings.extend(old_identity_document(request, "receipt_number"));
        warnings.extend(unknown_birth(request));
        if kind.addressee == Addressee::Requester {
            warnings.extend(unknown_address(values, request));
        }
    }
    warnings
}

/// Choices, texts and dates of a letter's record that can be, and that somebody
/// should look at.
pub fn doubtful(kind: &Kind, values: &Map<String, Value>, today: NaiveDate) -> Vec<FieldProblem> {
    let mut found = choices::doubtful(kind, values);
    found.extend(dates::doubtful(kind, values, today));
    found.extend(dates::oddly_ordered(kind, values, today));
    found
}

/// Names and numbers with a letter that only looks Latin: nobody who types the
/// name finds it, and a number with one is another number.
fn foreign_letters(values: &Map<String, Value>) -> Vec<FieldProblem> {
    let named = |field: &str| {
        ["_name", "_number", "_key"]
            .iter()
            .any(|ending| field.ends_with(ending))
    };
    let fields = values.iter().filter(|(field, _)| named(field));
    let found = fields.filter_map(|(field, value)| {
        let (letter, latin) = twins::first(value.as_str()?)?;
        Some(FieldProblem::of(
            field,
            format!(
                "ラテン文字の「{latin}」とよく似た、別の文字(U+{:04X})があります。",
                u32::from(letter)
            ),
            "キリル文字やギリシャ文字で正しいのか、元の資料と見比べてください。違うときは、半角の英字で入力し直してください。",
        ))
    });
    found.collect()
}

/// A letter on paper goes to an address somebody has looked up lately: a
/// wrong address in the master is where misposted letters come from.
fn unverified_address(values: &Map<String, Value>, today: NaiveDate) -> Option<FieldProblem> {
    let verified = values.get("address_verified_on").and_then(Value::as_str);
    let verified: Option<NaiveDate> = verified.and_then(|date| date.parse().ok());
    let problem = match verified {
        None => "住所を確かめた日がありません。",
        Some(date) if (today - date).num_days() > ADDRESS_HOLDS => {
            "住所を確かめた日から1年を超えています。"
        }
        Some(_) => return None,
    };
    let remedy = "送る前に、今の住所か確かめてください。";
    Some(FieldProblem::of("address_verified_on", problem, remedy))
}

/// More paper than a standard letter may weigh. The letter itself counts as
/// one sheet: how many it has is known only when it is set.
fn heavy(values: &Map<String, Value>, most: u32) -> Option<FieldProblem> {
    let rows = values.get("enclosures")?.as_array()?;
    let pages = rows.iter().filter_map(|row| row.get("pages")?.as_u64());
    let sheets = pages.sum::<u64>() + 1;
    (sheets > u64::from(most)).then(|| {
        FieldProblem::of(
            "enclosures",
            format!(
                "書簡と同封物が合わせて{sheets}枚以上あり、封筒1通の目安({most}枚)を超えます。"
            ),
            "定形郵便物の重さに収まるか、大きい封筒で送るかを確かめてください。",
        )
    })
}

/// Members letters are kept from: a letter queued all the same is somebody's
/// decision, so it is one made knowingly. `field` is what names the member.
pub fn of_flags(flags: &[MemberFlag], field: &str) -> Option<FieldProblem> {
    let labels: Vec<&str> = flags.iter().map(|flag| flag.label()).collect();
    (!labels.is_empty()).then(|| {
        let whose = match field {
            "receipt_number" => "この請求の加入者",
            _ => "この加入者",
        };
        FieldProblem::of(
            field,
            format!("{whose}には「{}」が登録されています。", labels.join("」「")),
            "送ってよいか、送付先が正しいかを、承認の前に確かめてください。",
        )
    })
}

/// Nobody can tell when the child comes of age whose representative asks.
fn unknown_birth(request: &Request) -> Option<FieldProblem> {
    request.facts.lacks_birth().then(|| {
        FieldProblem::of(
            "requester_role",
            "未成年者の法定代理人の請求ですが、登録された請求に本人の生年月日がありません。",
            "本人が18歳になっていないか、承認の前に確かめてください(民法第4条)。",
        )
    })
}

/// Warnings of a request that is registered.
pub fn of_request(request: &Request) -> Vec<FieldProblem> {
    let old = old_identity_document(request, "identity_document_date");
    old.into_iter().chain(after_death(request)).collect()
}

/// Somebody asked for the dead. That is registered, for it stops the letters.
fn after_death(request: &Request) -> Option<FieldProblem> {
    let is_late = request.facts.is_after_death(request.request_date);
    is_late.then(|| {
        FieldProblem::of(
            "principal_death_date",
            "請求日より前に、本人が亡くなっています。亡くなった方の情報は、法の請求の対象ではありません(法第2条第1項)。",
            "日付を確かめてください。正しければ、種類「請求手続の終了のお知らせ（死亡・代理権の消滅）」で手続を終えてください(この請求への、ほかの書簡は止めます)。遺族の方からの求めであったときは、請求者の区分を「遺族」、請求の種類を「遺族からの開示依頼」に直してください。",
        )
    })
}

/// A request that says its requester is a counterpart of protective measures,
/// and that the requester is the person they protect.
pub fn of_counterpart(request: &Request) -> Option<FieldProblem> {
    let contradicts = request.is_protected_from_requester
        && request.requester_role == Some(RequesterRole::Principal);
    contradicts.then(|| {
        FieldProblem::of(
            "protected_counterpart",
            "請求者が本人なのに、支援措置の相手方に「該当する」となっています。",
            "請求者が、請求に係る本人を守る支援措置の相手方かどうかを確かめてください。ほかの方を守る支援措置の相手方であるだけのときは、「該当しない」です。",
        )
    })
}

fn old_identity_document(request: &Request, field: &str) -> Option<FieldProblem> {
    request.has_old_identity_document().then(|| {
        FieldProblem::of(
            field,
            "本人確認書類の日付が、到達日より30日を超えて前です。",
            "新しい書類が要らないか確かめてください。",
        )
    })
}

/// The letter goes to an address the request does not name. The requester may
/// have moved; who may live there instead is not for the program to say.
fn unknown_address(values: &Map<String, Value>, request: &Request) -> Option<FieldProblem> {
    let place = Place::read(values, "addressee_address", "addressee_building")?;
    let known = [&request.requester_place, &request.principal_place]
        .into_iter()
        .flatten()
        .any(|known| known.may_be_same(&place));
    let told = ["delivery_instruction", "household_consent"]
        .iter()
        .any(|field| values.contains_key(*field));
    (!known && !told).then(|| {
        FieldProblem::of(
            "addressee_address",
            "登録された請求の請求者住所と違います。",
            "登録された請求の住所とこの記録の住所を見比べ、正しい住所か確かめてください。",
        )
    })
}
