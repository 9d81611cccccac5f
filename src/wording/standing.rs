//! What staff read of a workspace that is not there, or is not the one it was.

use std::io;
use std::path::Path;

use crate::domain::{Doubt, LastNumber, LetterId, SaidTooLow, Skipped, Unsaid};

/// There is no database in the workspace's folder. `marks` is the file that
/// says that there was one.
pub fn no_workspace(out: &Path, marks: Option<&Path>) -> String {
    let at = out.display();
    match marks {
        None => format!(
            "作業フォルダー {at} に、夜便のデータベース(yobin.db)がありません。何も作っていません。使っていた作業フォルダーのはずなら、ディスクがつながっているか(マウントされているか)、今いるフォルダーと設定の out が正しいかを確かめてください。新しく使い始めるときは、yobin init で作業フォルダーを作ってください。"
        ),
        Some(marks) => format!(
            "作業フォルダー {at} に、夜便のデータベース(yobin.db)がありません。この設定では前から夜便を使っています(目印：{})。何も作っていません。ディスクがつながっているか(マウントされているか)、設定の out が正しいかを確かめてください。データベースが失われたときは、控えから戻してください(運用の手引の10)。",
            marks.display()
        ),
    }
}

/// There is no workspace yet.
pub fn not_made(out: &Path) -> String {
    format!(
        "作業フォルダー {} は、まだ作られていません。使い始めるときは yobin init で作ってください。前から使っているはずなら、ディスクがつながっているか(マウントされているか)、設定の out が正しいかを確かめてください。",
        out.display()
    )
}

/// A workspace cannot be made anew, because there was one.
pub fn used_before(out: &Path, found: &Path) -> String {
    format!(
        "作業フォルダー {} を新しく作れません。前に使っていた跡({})があるのに、データベース(yobin.db)がありません。新しく作ると、番号が初めに戻り、同じ番号の書簡が2通できてしまいます。ディスクがつながっているか(マウントされているか)を確かめ、失われたときは控えから戻してください(運用の手引の10)。別の作業フォルダーを作るときは、設定の out と marks に別の場所を書いてください。",
        out.display(),
        found.display()
    )
}

/// The database is not the one the workspace had last.
pub fn doubted(doubts: &[Doubt]) -> String {
    format!(
        "{}\n控えを取った後に送った書簡をもう一度送ったり、同じ番号を2通に付けたりしないよう、処理を止めました。何も変えていません。\n{NEXT_STEP}",
        doubtful(doubts)
    )
}

/// In what the database is not the one the workspace had last.
pub fn doubtful(doubts: &[Doubt]) -> String {
    let foreign = |one: &Doubt| matches!(one, Doubt::Foreign(_));
    let heading = match doubts.iter().all(foreign) {
        true => "データベース(yobin.db)に、だれかが手を加えた恐れがあります。",
        false => {
            "データベース(yobin.db)が、この作業フォルダーで最後に使われたものではありません。古い控えから戻したか、別のもの、又は混ざったものです。"
        }
    };
    let mut lines = vec![heading.to_owned()];
    lines.extend(doubts.iter().map(|one| format!("  ・{}", doubt(one))));
    lines.join("\n")
}

const NEXT_STEP: &str = "新しいデータベースがあるときは、夜便を止め、yobin.db、yobin.db-wal、yobin.db-shm を一緒に入れ替えてください。このデータベースで続けるほかないときは、責任者が yobin workspace accept --reason 理由 --as 名前 を実行します。途中の書簡をすべて止め、使われた番号の次から続けます(どこまで使われたかを目印で確かめられないときは、最後の番号を尋ねます)。yobin list、yobin show、yobin verify は、このままで使えます。";

/// There is nothing to accept.
pub const NOTHING_TO_ACCEPT: &str =
    "データベースは、目印と食い違っていません。受け入れることはありません。";

/// Nobody said why the database is gone on with.
pub const NO_REASON: &str =
    "--reason に、このデータベースで続ける理由を書いてください。記録に残ります。";

/// Nothing says what was given last; the person has to.
pub fn unsaid(doubts: &[Doubt], unsaid: &Unsaid) -> String {
    let mut lines = vec![
        "どの番号まで使われたかが分からないため、まだ受け入れていません。何も変えていません。"
            .to_owned(),
    ];
    lines.extend(doubts.iter().map(|one| format!("  ・{}", doubt(one))));
    lines.push(
        "このまま続けると、すでに出した書簡の番号を、別の書簡にもう一度付けてしまいます。出した書簡の控え、メールサーバーの記録、out/print、out/reports、担当者に当たって最後の番号を確かめ、次を付け足して、もう一度実行してください。"
            .to_owned(),
    );
    for number in &unsaid.numbers {
        let LastNumber {
            series,
            period,
            last,
        } = number;
        lines.push(format!(
            "  --last-number {series}:{period}=最後の文書番号  (分かっている限りでは {last} まで)"
        ));
    }
    if let Some(key) = unsaid.letters {
        lines.push(format!(
            "  --last-letter 最後の書簡の番号  (分かっている限りでは {} まで)",
            letter(key)
        ));
    }
    if let Some(last) = unsaid.print_runs {
        lines.push(format!(
            "  --last-print 最後の印刷の番号  (分かっている限りでは 第{last}号 まで)"
        ));
    }
    lines.push(
        "はっきりしないときは、大きめの番号を書いてください。間の番号は欠番になるだけで、同じ番号が2通に付くことはありません。"
            .to_owned(),
    );
    lines.join("\n")
}

fn letter(key: i64) -> String {
    match key {
        0 => "なし".to_owned(),
        key => LetterId::from_key(key).to_string(),
    }
}

/// More was given than the person says.
pub fn said_too_low(known: &SaidTooLow) -> String {
    let known = match known {
        SaidTooLow::Letters(id) => format!("書簡の番号は {id} まで"),
        SaidTooLow::PrintRuns(last) => format!("印刷は 第{last}号 まで"),
        SaidTooLow::Number(LastNumber {
            series,
            period,
            last,
        }) => format!("文書番号の系列 {series}({period}年)は {last} まで"),
    };
    format!(
        "{known}使われたことが分かっています。それより小さい番号では続けられません。最後の番号を確かめて書き直してください。何も変えていません。"
    )
}

/// There is no such series of numbers.
pub fn no_such_series(series: &str, known: &[String]) -> String {
    format!(
        "文書番号の系列「{series}」はありません。あるのは {} です。何も変えていません。",
        known.join("、")
    )
}

/// One thing that does not agree.
pub fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::NoMarks => "作業フォルダーの外に置いた目印のファイルがありません。消えたか、別の設定ファイルで動かしています。設定の marks を確かめ、控えがあれば戻してください。".to_owned(),
        Doubt::MarksUnreadable(problem) => {
            format!("作業フォルダーの外に置いた目印のファイルを読めません({problem})。")
        }
        Doubt::OtherWorkspace => "目印のファイルと、作業フォルダーの識別番号が違います。別の作業フォルダーのデータベースか、目印を作る前の控えです。".to_owned(),
        Doubt::FewerLetters { marked, found: Some(found) } => {
            format!("最後に受け付けた書簡は {marked} ですが、このデータベースには {found} までしかありません。")
        }
        Doubt::FewerLetters { marked, found: None } => {
            format!("最後に受け付けた書簡は {marked} ですが、このデータベースには書簡がありません。")
        }
        Doubt::FewerActs => "書簡にしたことの記録が、前より少なくなっています。".to_owned(),
        Doubt::FewerSafeguards => "支援措置などの送付を止める登録か、請求の登録・終了の記録が、前より少なくなっています。".to_owned(),
        Doubt::FewerNumbers { series, period, marked, found } => format!(
            "文書番号の系列 {series}({period}年)は{marked}まで付けましたが、このデータベースでは{found}までです。"
        ),
        Doubt::FewerPrintRuns => "印刷用ファイルを作った回数が、前より少なくなっています。".to_owned(),
        Doubt::RegisterDiffers { place } => {
            format!("台帳の{place}番の記載が、最後に確かめたものと違うか、ありません。")
        }
        Doubt::ReportDiffers { report, place } => format!(
            "報告書 {report} に書かれた台帳の末尾({place}番)が、このデータベースにないか、違っています。"
        ),
        Doubt::ReportOfOther { report } => {
            format!("報告書 {report} は、別の作業フォルダーのものです。")
        }
        Doubt::Foreign(parts) => format!(
            "夜便が作っていないものが加えられているか、夜便の作ったものがなくなっています({})。",
            parts.join("、")
        ),
    }
}

/// The database is damaged; `lines` are the database's own words.
pub fn damaged(lines: &[String]) -> String {
    format!(
        "データベース(yobin.db)が壊れているか、別の時のファイルが混ざっています。このまま使わないでください。夜便を止め、今の out を別の場所に写してから、控えの手順(運用の手引の10)で戻してください。yobin.db を写し戻すときは、yobin.db-wal と yobin.db-shm を必ず一緒に入れ替えます。(データベースの知らせ：{})",
        lines.join("、")
    )
}

/// How far the workspace has come cannot be kept outside of it.
pub fn marks_unwritten(path: &Path, error: &io::Error) -> String {
    format!(
        "作業フォルダーの目印のファイル {} を書けません({error})。古いデータベースに戻されたことに気付くためのものです。夜便の利用者が書き込めるフォルダーを作り、設定の marks にその中のファイル名を書いてください(例：marks = \"marks/yobin-marks.json\")。",
        path.display()
    )
}

/// Numbers and references that are given to nobody any more, a line each.
pub fn skipped(skipped: &Skipped) -> Vec<String> {
    let letters = skipped.letters.iter().map(|(first, last)| {
        format!("書簡の番号 {first} から {last} まで(このデータベースの知らない書簡に付けた番号)")
    });
    let numbers = skipped.numbers.iter().map(|one| {
        format!(
            "文書番号の系列 {}({}年)の {} から {} まで(このデータベースの知らない書簡に付けた番号。欠番として扱います)",
            one.series, one.period, one.first, one.last
        )
    });
    let print_runs = skipped.print_runs.iter().map(|(first, last)| {
        format!("印刷の番号 第{first}号 から 第{last}号 まで(このデータベースの知らない印刷)")
    });
    letters.chain(numbers).chain(print_runs).collect()
}
