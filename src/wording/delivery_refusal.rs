//! Why nothing was recorded of letters that left the house, and what to do
//! instead.

use crate::domain::{DeliveryRefusal, KeptBack, State, Whereabouts};
use crate::store::Refused;
use crate::wording::{StaffMessage as _, print};

/// What staff read. `because` says why a letter is kept back, up to the word
/// ため.
pub fn words(refused: &Refused<DeliveryRefusal>, because: impl Fn(&KeptBack) -> String) -> String {
    let (why, of) = match refused {
        Refused::Rule { why, of } => (why, *of),
        Refused::Store(error) => return error.staff_message(),
    };
    let said = match why {
        DeliveryRefusal::NothingPrinted(runs) => {
            return format!(
                "{}に、まだ投函していない書簡はありません。yobin list --state 未発送 で確かめてください。",
                print::named(runs)
            );
        }
        DeliveryRefusal::NotPlaced(run) => {
            return format!(
                "{}は、印刷用ファイルを作る途中でプログラムが止まり、できていません。1通も記録していません。yobin print-file を実行して作り、印刷して投函してから、もう一度記録してください。ほかの印刷の分は、印刷の番号(--print 番号)で先に記録できます。",
                print::called_with_folder(run)
            );
        }
        DeliveryRefusal::NotPrinted(id) => {
            return format!(
                "{id}：この印刷の書簡ではありません。--except の番号を確かめてください。1通も記録していません。"
            );
        }
        DeliveryRefusal::CountDiffers {
            through,
            found,
            count,
        } => {
            return format!(
                "{through} までの印刷用ファイルにある、まだ投函していない書簡は{found}通で、--count の{count}通と違います。1通も記録していません。"
            );
        }
        DeliveryRefusal::KeptBack(letters) => {
            let told: Vec<String> = letters
                .iter()
                .map(|(id, why)| format!("{id} は、{}、送付を止めています。", because(why)))
                .collect();
            return format!(
                "{}\nまだ出していなければ、紙を抜き、投函しないでください(手渡すときは、渡してよい書簡か責任者に確かめてください)。実際に出していたときは、責任者に知らせ、--although-kept-back を付けて記録してください。1通も記録していません。",
                told.join("\n")
            );
        }
        DeliveryRefusal::NoSuchLetter(id) => {
            format!("{id}：この番号の書簡はありません。yobin list で番号を確かめてください。")
        }
        DeliveryRefusal::NotWaiting { id, at } => format!(
            "{id}：状態が「{}」なので、投函も手渡しも記録できません。{}",
            at.label(),
            match at {
                Whereabouts::Written => {
                    "メールの書簡です。ほかのプログラムで送ったときは、yobin confirm --delivered で記録してください。"
                }
                Whereabouts::In(State::Held | State::Parked | State::Failed) => {
                    "止まっている書簡で記録できるのは、データベースを控えから戻したために止まり、台帳に記載のある郵送・手渡しのものだけです。yobin show で、止まっている理由と次にすることを確かめてください。"
                }
                _ => "yobin show で今の状態を確かめてください。",
            }
        ),
        DeliveryRefusal::ArchiveOnly(id) => format!(
            "{id}：送付方法が「保管のみ」の書簡です。手渡したときは --handed-over を付けてください。ほかの方法で回答したときは、yobin request close の理由を「別途回答済み」にしてください。"
        ),
        DeliveryRefusal::Recorded { id, at, on, by } => format!(
            "{id}：{on}に{}として記録されています(記録した人：{by})。誤りなら、yobin posted --undo で取り消してから記録してください。",
            at.label()
        ),
        DeliveryRefusal::Future(on) => {
            format!("{on}は先の日付です。投函した日、手渡した日を書いてください。")
        }
        DeliveryRefusal::NotMadeYet { id, made, on } => format!(
            "{id}：{on}に出すことはできません。この書簡の日付とできた日のうち、遅い方は{made}です。日付と番号を確かめてください。"
        ),
        DeliveryRefusal::NothingRecorded { id, at } => format!(
            "{id}：投函も手渡しも記録されていません(状態：{})。",
            at.label()
        ),
    };
    if of > 1 {
        format!("{said} ほかの書簡にも、まだ何も記録していません。")
    } else {
        said
    }
}
