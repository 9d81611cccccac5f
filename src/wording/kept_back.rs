//! What staff read of a letter that is kept back: why, and what to do, by how
//! far the letter has come.

use super::differs::differences;
use super::{Told, person_facts, print};
use crate::domain::{KeptBack, LetterId, Whereabouts};
use crate::store::LetterRow;

/// For paper that may have been printed before anybody knew of it.
const TAKE_OUT: &str = "印刷した紙があれば、抜いて投函しないでください。";

/// Why a letter is kept back, up to the word ため.
pub fn because(why: &KeptBack) -> String {
    match why {
        KeptBack::Flagged(flags) => {
            let labels: Vec<&str> = flags.iter().map(|flag| flag.label()).collect();
            format!(
                "受付のときに分からなかった「{}」の登録があるため",
                labels.join("」「")
            )
        }
        KeptBack::Counterpart => {
            "宛先の氏名と住所、又は受付番号が、支援措置の相手方として登録されている方のものであるため"
                .to_owned()
        }
        KeptBack::Unseen => {
            "支援措置の相手方に届く書簡に自由に書いた文があり、個人情報保護管理者が確認していないため"
                .to_owned()
        }
        KeptBack::Unfit(why) => format!("{}。そのため", person_facts::fault(*why)),
        KeptBack::ProtectedAtTheirs => {
            "守られている方への書簡の住所が、受付のときに分からなかった支援措置の相手方の住所と同じであるため"
                .to_owned()
        }
        KeptBack::Unreadable => {
            "保存されている記録(この書簡のもの、又はその請求のもの)が壊れていて、送付を止める登録に当たらないかを確かめられないため"
                .to_owned()
        }
        KeptBack::Mistaken => {
            "受け付けたときの請求の登録が誤りとして終えられ、同じ受付番号で登録し直されていないため"
                .to_owned()
        }
        KeptBack::Contradicted => {
            "受け付けたときの請求の登録が誤りとして終えられ、登録し直した請求と書簡の記録が食い違うため"
                .to_owned()
        }
        KeptBack::Differs(found) => format!(
            "保存されていることが互いに合わず({})、書き換えられたか壊れた恐れがあるため",
            differences(found)
        ),
        KeptBack::DatePassed(problem) => format!(
            "受け付けたときには先だった日が過ぎた({})ため",
            problem.problem.trim_end_matches('。')
        ),
    }
}

/// What a person must find out first.
fn first(why: &KeptBack) -> &'static str {
    match why {
        KeptBack::Flagged(_) => "送付先を確かめてください。",
        KeptBack::Counterpart => {
            "データがあることの分かる書簡です(法第16条第4項、施行令第5条)。責任者に相談してください。"
        }
        KeptBack::ProtectedAtTheirs => "本人の申し出た送付先を確かめてください。",
        KeptBack::DatePassed(_) => "改めて日を定めて知らせるかを決めてください。",
        KeptBack::Unseen => {
            "個人情報保護管理者が yobin show で文を読み、守られている方の居場所や受診先などの分かる言葉がないかを確かめてください。"
        }
        KeptBack::Unfit(why) => person_facts::remedy(*why),
        KeptBack::Unreadable => "責任者に知らせ、ディスクに異常がないかを確かめてください。",
        KeptBack::Mistaken => "請求が本当にあるか、受付番号が正しいかを確かめてください。",
        KeptBack::Contradicted => {
            "yobin show と yobin request show で、書簡の記録と登録し直した請求のどちらが正しいかを確かめてください。"
        }
        KeptBack::Differs(_) => {
            "責任者に知らせ、データベースを書き換えた人がいないか、ディスクに異常がないかを確かめ、yobin verify を実行してください。"
        }
    }
}

/// How a letter may go after all; `again` is the command that then lets it.
fn mended(why: &KeptBack, again: &str) -> String {
    let mended = match why {
        KeptBack::Flagged(_) => "登録が誤りのときは、yobin members flags で登録を解除してから",
        KeptBack::Counterpart => {
            "相手方でなくなったときは yobin request counterpart 受付番号 --ended 理由 で申し出て個人情報保護管理者が確定し、相手方としての登録が初めから誤りのときは yobin request close で理由を「登録誤り」にしてその請求を終え、登録し直してから"
        }
        KeptBack::ProtectedAtTheirs | KeptBack::DatePassed(_) => return String::new(),
        KeptBack::Unseen => {
            let then = match again {
                "yobin retry" => String::new(),
                again => format!("その後、{again} を実行してください。"),
            };
            return format!(
                "送ってよいときは、個人情報保護管理者が yobin retry 番号 --identity 鍵のファイル --as 名前 を実行してください。{then}"
            );
        }
        KeptBack::Unfit(_) => {
            "登録された請求の方が誤りのときは、yobin request amend で請求の登録を直してから"
        }
        KeptBack::Unreadable | KeptBack::Differs(_) => "控えから戻してから",
        KeptBack::Mistaken => "請求を登録し直してから",
        KeptBack::Contradicted => {
            "登録し直した請求の方が誤りのときは、yobin request amend で直してから"
        }
    };
    format!("{mended}、{again} を実行してください。")
}

/// A letter the night stopped.
pub fn parked(why: &KeptBack) -> Told {
    let whom = match why {
        KeptBack::Flagged(_) => "この加入者(請求の本人又は宛先の方を含みます)について、",
        _ => "",
    };
    let renew = match why {
        KeptBack::Counterpart => "",
        KeptBack::Unseen => {
            "文を直すときは、取り消してから、記録番号と文を書き改めた記録を受け付けてください。"
        }
        KeptBack::Flagged(_) | KeptBack::ProtectedAtTheirs => {
            "確かめた送付先に送るときは、取り消してから、記録番号と送付先を書き改めた記録を受け付けてください。"
        }
        KeptBack::Differs(_) => {
            "控えから戻せないときは、取り消してから、記録番号を変えた正しい記録を受け付けてください。"
        }
        KeptBack::DatePassed(_) => {
            "改めて知らせるときは、取り消してから、日付を直した記録を受け付けてください。"
        }
        KeptBack::Unreadable => {
            "控えから戻せないときは、取り消し、請求を登録し直してから、記録番号を変えた記録を受け付けてください。"
        }
        KeptBack::Mistaken | KeptBack::Contradicted | KeptBack::Unfit(_) => {
            "書簡の記録を直すときは、取り消してから、記録番号を改めた正しい記録を受け付けてください。"
        }
    };
    Told::of(
        format!("{whom}{}、送っていません。", because(why)),
        format!(
            "{}送らないときは、yobin cancel で取り消してください。{renew}{}",
            first(why),
            mended(why, "yobin retry")
        ),
    )
}

/// A letter by post that stands in no print run; `day` is that of the run that
/// would take it in.
pub fn unprinted(why: Option<&KeptBack>, day: &str) -> Told {
    let Some(why) = why else {
        return Told::of(
            "まだ、どの印刷用ファイルにも入っていません。",
            format!(
                "yobin print-file {day} を実行してください。PDFが壊れていて入れられないときは、yobin verify で調べ、控えから戻してから、もう一度実行してください。"
            ),
        );
    };
    Told::of(
        format!("{}、印刷用ファイルから除いています。", because(why)),
        format!(
            "{}前に{TAKE_OUT}送らないとき、送付先を変えるときは、yobin cancel で取り消してください。{}",
            first(why),
            mended(why, &format!("yobin print-file {day}"))
        ),
    )
}

/// A letter that stands in a print run whose files hold it no more: it was left
/// out when the run was printed again.
pub fn left_out(why: Option<&KeptBack>, letter: LetterId) -> Told {
    let again = again(letter);
    let Some(why) = why else {
        return Told::of(
            "前に印刷しましたが、印刷し直したときに印刷用ファイルから除きました。",
            format!(
                "前に印刷した紙が使えるときは、投函してから yobin posted {letter} --on 投函した日 --as 名前 で記録してください。紙がないときは、{again} を実行してください。PDFが壊れていて入れられないときは、yobin verify で調べ、控えから戻してから、もう一度実行してください。"
            ),
        );
    };
    Told::of(
        format!(
            "{}、印刷し直したときに印刷用ファイルから除きました。",
            because(why)
        ),
        format!(
            "{}前に{TAKE_OUT}送らないとき、送付先を変えるときは、紙を抜いてから yobin cancel {letter} --pulled --as 名前 で取り消してください。{}",
            first(why),
            mended(why, &again)
        ),
    )
}

/// The command that prints one letter again.
fn again(letter: LetterId) -> String {
    format!("yobin print-file --reprint {letter} --reason 理由 --as 名前")
}

/// A letter that stands on paper or in a file and must not go any more.
pub fn made(why: &KeptBack, letter: &LetterRow) -> Told {
    let id = letter.id;
    match (letter.at, &letter.printed) {
        (Whereabouts::Unposted, Some(run)) => Told::of(
            format!(
                "印刷用ファイルに入れた後に、投函してはならないことが分かりました。{}、送付を止めています。",
                because(why)
            ),
            format!(
                "{TAKE_OUT}{} で印刷し直すと、印刷用ファイル({})から除かれます。{}送らないときは、紙を抜いてから yobin cancel {id} --pulled --as 名前 で取り消してください。すでに投函していたときは、責任者に知らせ、yobin posted {id} --although-kept-back --on 投函した日 --as 名前 で記録してください。{}",
                print::again(run),
                print::called_with_folder(run),
                first(why),
                mended(why, &again(id))
            ),
        ),
        (Whereabouts::Unposted, None) => {
            let day = letter.batch_date.map(|day| day.to_string());
            unprinted(Some(why), &day.unwrap_or_default())
        }
        _ => Told::of(
            format!(
                "メールをファイルに書き出した後に、送ってはならないことが分かりました。{}、送付を止めています。",
                because(why)
            ),
            format!(
                "out/mail にあるこの書簡のファイルを、ほかのプログラムで送らないでください。{}すでに送っていたときは、責任者に知らせ、yobin confirm {id} --delivered --as 名前 で記録してください。",
                first(why)
            ),
        ),
    }
}

/// What to do with a letter that is kept back, wherever it is in the house:
/// for pages that say more of it elsewhere.
pub fn next_step(why: &KeptBack, letter: LetterId, at: Whereabouts) -> String {
    match at {
        Whereabouts::Unposted => format!(
            "{TAKE_OUT}{}送らないときは、紙を抜いてから yobin cancel {letter} --pulled --as 名前 で取り消してください。すでに投函していたときは、責任者に知らせ、yobin posted {letter} --although-kept-back --on 投函した日 --as 名前 で記録してください。{}",
            first(why),
            mended(
                why,
                &format!(
                    "yobin print-file(前に印刷した書簡なら --reprint {letter} --reason 理由 を付けて)"
                )
            )
        ),
        Whereabouts::Written => format!(
            "out/mail にあるこの書簡のファイルを、ほかのプログラムで送らないでください。{}すでに送っていたときは、責任者に知らせてください。",
            first(why)
        ),
        _ => format!(
            "{}送らないときは、yobin cancel {letter} --as 名前 で取り消してください。",
            first(why)
        ),
    }
}
