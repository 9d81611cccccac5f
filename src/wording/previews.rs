//! What staff read of letters that are looked at before they go out.

use crate::domain::{LetterId, Whereabouts};

/// There is no such letter.
pub fn no_letter(id: LetterId) -> String {
    format!("{id}：この番号の書簡はありません。yobin list で番号を確かめてください。")
}

/// No letter is there.
pub fn none_at(at: Whereabouts) -> String {
    format!(
        "状態が「{}」の書簡はありません。yobin list で状態を確かめてください。",
        at.label()
    )
}

/// More letters than one file is made of.
pub fn too_many(found: usize, most: usize) -> String {
    format!(
        "書簡が{found}件あります。一度に1つのファイルにできるのは{most}件までです。yobin list で番号を確かめ、{most}件までの番号を書いて、分けて作ってください。"
    )
}

/// The kind or the outcome of a letter is gone.
pub fn kind_gone(id: LetterId) -> String {
    format!(
        "{id}：この書簡の種類か結果区分の書式が、今はありません。書式を戻すか、yobin cancel で取り消してください。"
    )
}

/// An issued letter is asked for as an image.
pub fn issued_as_image(id: LetterId) -> String {
    format!(
        "{id}：発行した書簡です。発行したPDFのほかに、その画像はありません(今の書式で作り直した画像は、出したものと違うことがあります)。-o に .pdf で終わるファイル名を書いてください。"
    )
}

/// A letter cannot be joined with the others.
pub fn not_joined(id: LetterId, why: &str) -> String {
    format!("{id}：ほかの書簡と1つのファイルにできません({why})。この書簡だけで作ってください。")
}

/// What a file of letters is for, after its name: of `drawn` letters so many
/// are `issued`, and so many have no number yet.
pub fn after(drawn: usize, issued: usize, unnumbered: usize) -> String {
    let mut told = "見るためのファイルです。書簡の状態は変わりません。".to_owned();
    match issued {
        0 => {}
        all if all == drawn => told.push_str("発行したときのPDFのままです。"),
        some => told.push_str(&format!(
            "このうち{some}件は、発行したときのPDFのままです。"
        )),
    }
    if unnumbered > 0 {
        told.push_str("文書番号は夜間処理で付きます。");
    }
    told.push_str("氏名などが入っているので、見終わったら消してください。");
    told
}
