//! What staff read of a letter that does not fit what is known of the persons
//! of its request, and of one the person in charge has to look at.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::text;
use crate::domain::{DisclosureMethod, Ending, FieldProblem, Unfit};

/// Why a record is not taken in, at the field it shows in.
pub fn refused(why: Unfit, values: &Map<String, Value>) -> FieldProblem {
    let fields: &[&str] = match why {
        Unfit::Ended(_) => &["requester_role", "receipt_number"],
        Unfit::NotEnded(_) => &["outcome"],
        Unfit::OtherDay => &["ended_on"],
        Unfit::OtherBirth => &["birth_date"],
        Unfit::OtherMethod(_) => &[
            "offered_method",
            "disclosed_items",
            "disclosure_method",
            "provision",
        ],
    };
    let field = fields.iter().find(|field| values.contains_key(**field));
    let field = field
        .or(fields.first())
        .copied()
        .unwrap_or("receipt_number");
    FieldProblem::of(field, format!("{}。", fault(why)), remedy(why))
}

/// What is wrong, up to the full stop.
pub fn fault(why: Unfit) -> &'static str {
    match why {
        Unfit::Ended(Ending::Died) => {
            "登録された請求の本人は亡くなっています。亡くなった方の情報は法の請求の対象ではなく(法第2条第1項)、代理権も本人の死亡で消滅しています(民法第111条第1項)"
        }
        Unfit::Ended(Ending::CameOfAge) => {
            "登録された請求の本人は18歳になっており、未成年者の法定代理人には代理権がありません(民法第4条)"
        }
        Unfit::Ended(Ending::PowerEnded) => {
            "登録された請求の代理人の代理権は終わっています(登録された「代理権の終わる日」を過ぎています)"
        }
        Unfit::NotEnded(Ending::Died) => {
            "本人の死亡を知らせる書簡ですが、登録された請求の死亡日になっていません"
        }
        Unfit::NotEnded(Ending::CameOfAge) => {
            "本人の成年到達を知らせる書簡ですが、登録された請求の本人の生年月日では、まだ18歳になっていません"
        }
        Unfit::NotEnded(Ending::PowerEnded) => {
            "代理権が終わったことを知らせる書簡ですが、登録された請求の「代理権の終わる日」になっていません"
        }
        Unfit::OtherDay => "登録された請求の本人の生年月日から数えた、18歳になる日と違います",
        Unfit::OtherBirth => "登録された請求の本人の生年月日と違います",
        Unfit::OtherMethod(DisclosureMethod::Electronic) => {
            "登録された請求では、電磁的記録の提供による開示が求められています。開示は、請求された方法でします(法第33条第2項)"
        }
        Unfit::OtherMethod(DisclosureMethod::Paper | DisclosureMethod::Other) => {
            "登録された請求では、書面の交付による開示が求められています。開示は、請求された方法でし、書面に代えてほかの方法にすることはできません(法第33条第2項)"
        }
    }
}

/// What to do.
pub fn remedy(why: Unfit) -> &'static str {
    match why {
        Unfit::Ended(Ending::Died) => {
            "この請求の手続は、種類「請求手続の終了のお知らせ（死亡・代理権の消滅）」で終えてください。登録された死亡日が誤りのときは、yobin request amend で直してください。遺族の求めに答えるときは、遺族からの請求として登録し、種類「遺族からの開示依頼に対する回答」を使ってください。"
        }
        Unfit::Ended(Ending::CameOfAge) => {
            "種類「請求手続の終了のお知らせ（死亡・代理権の消滅）」(結果区分「本人の成年到達」)で代理人であった方に知らせ、本人には同じ種類(結果区分「本人への手続の確認」)で続けるかどうかを尋ねてください。請求は本人の請求として残ります。本人あてに送るときは、宛名を本人にし、「送付先の指示」を書いてください。"
        }
        Unfit::Ended(Ending::PowerEnded) => {
            "新しい委任状などの提出を、種類「請求書の補正のお願い」で求めてください。終わったままのときは、種類「代理権に関するお知らせ」(結果区分「代理権の消滅」)で代理人であった方に知らせ、種類「請求手続の終了のお知らせ（死亡・代理権の消滅）」(結果区分「本人への手続の確認」)で本人に続けるかどうかを尋ねてください。期限が延びたときは、登録された請求の「代理権の終わる日」を yobin request amend で直してください。"
        }
        Unfit::NotEnded(_) | Unfit::OtherDay | Unfit::OtherBirth => {
            "この記録か、登録された請求の、どちらが正しいか確かめて直してください(請求の登録は yobin request amend で直せます)。"
        }
        Unfit::OtherMethod(DisclosureMethod::Electronic) => {
            "電磁的記録で開示してください。それが困難なときは、先に結果区分「開示方法の変更」で知らせてください(代わりの方法は書面の交付だけです)。請求した方が方法を改めたときは、登録された請求の「求められた開示の方法」を yobin request amend で直してください。"
        }
        Unfit::OtherMethod(DisclosureMethod::Paper | DisclosureMethod::Other) => {
            "書面の写しなどを交付してください。請求した方が方法を改めたときは、登録された請求の「求められた開示の方法」を yobin request amend で直してください。"
        }
    }
}

/// An agency that soon ends: a letter may come to somebody without power.
pub fn ends_soon((ending, day): (Ending, NaiveDate)) -> FieldProblem {
    let problem = soon((ending, day));
    let remedy = "その日からは、この請求者あての書簡を出せません。その前に手続が終わるか、その後だれに答えるかを、承認の前に確かめてください。";
    FieldProblem::of("requester_role", problem, remedy)
}

/// The same in a sentence.
pub fn soon((ending, day): (Ending, NaiveDate)) -> String {
    let day = text::day(day);
    match ending {
        Ending::CameOfAge => {
            format!("請求の本人が{day}に18歳になり、法定代理人の代理権がなくなります。")
        }
        Ending::Died | Ending::PowerEnded => {
            format!("請求者の代理権が、{day}にはなくなっています。")
        }
    }
}

/// A letter that comes to a counterpart with words of its own.
pub fn needs_charge() -> FieldProblem {
    FieldProblem::of(
        "addressee_name",
        "支援措置の相手方に届く書簡に、自由に書いた文があります。",
        "個人情報保護管理者が、文を読み、鍵のファイルを --identity に付けて承認します。それまでは送られません。",
    )
}

/// A request by the representative of a minor whose day of birth nobody wrote.
pub fn birth_needed() -> FieldProblem {
    FieldProblem::of(
        "principal_birth_date",
        "未成年者の法定代理人からの請求なのに、本人の生年月日がありません。",
        "戸籍などで確かめた本人の生年月日を書いてください。18歳になった日から、法定代理人あての書簡を止めます(民法第4条)。",
    )
}
