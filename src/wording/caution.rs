//! What is registered against a letter, in the words of the register; no
//! names.

use super::person_facts;
use crate::domain::{Against, Caution, MemberFlag};

/// What is registered against a letter, in sentences.
pub fn sentences(against: &Against) -> Vec<String> {
    let flags = against.flags.iter().copied();
    let labels: Vec<&str> = flags.map(MemberFlag::label).collect();
    let mut said = Vec::new();
    if !labels.is_empty() {
        said.push(format!(
            "加入者(請求の本人又は宛先の方を含みます)に「{}」が登録されています。",
            labels.join("」「")
        ));
    }
    let cautions = against.cautions.iter();
    said.extend(cautions.map(|caution| sentence(*caution).to_owned()));
    if against.needs_charge {
        said.push("支援措置の相手方に届く書簡で、自由に書いた文があります。個人情報保護管理者が鍵のファイルで確認するまで送られません。".to_owned());
    }
    said.extend(
        against
            .unfit
            .map(|why| format!("{}。夜間処理は送りません。", person_facts::fault(why))),
    );
    said.extend(against.ends_soon.map(person_facts::soon));
    said
}

fn sentence(caution: Caution) -> &'static str {
    match caution {
        Caution::Reveals => {
            "支援措置の相手方として登録されている方への、データがあることの分かる書簡です。夜間処理は送りません。"
        }
        Caution::AnswersThem => {
            "受付番号が、支援措置の相手方として登録されている方の請求のもので、データがあることの分かる書簡です。夜間処理は送りません。"
        }
        Caution::ProtectedAtTheirs => {
            "支援措置で守られている方への書簡で、住所が相手方の住所と同じです(部屋番号の違いは問いません)。"
        }
        Caution::ToThem => "支援措置の相手方として登録されている方への書簡です。",
        Caution::SameName => "宛名が、支援措置の相手方として登録されている方と同じ氏名です。",
        Caution::SameAddress => "住所が、支援措置の相手方として登録されている方と同じです。",
    }
}
