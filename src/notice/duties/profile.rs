//! The notice beside the society's profile: representative, complaint desk,
//! accredited organisations.

use super::found::Found;
use super::text::{Position, Section, Words};
use crate::domain::{Society, folded};
use crate::notice::Notice;

/// Id of the line of the complaint block the representative is printed under.
const NAME_LINE: &str = "name";

/// The representative stands in the notice when the profile knows the name:
/// the page prints it under the society's (art. 32(1)(i)).
pub(super) fn representative(words: &Words<'_>, notice: &Notice, society: &Society) -> Found {
    let title = folded(&society.representative_title);
    let written = words.pieces(Section::Complaint).find(|piece| {
        let after = piece.folded.split_once(&title).map(|(_, after)| after);
        after.is_some_and(|after| after.chars().filter(|c| c.is_alphabetic()).count() >= 2)
    });
    let written = written.map(|piece| (piece.folded.clone(), words.place(piece, &piece.text)));
    let stands = || vec![words.empty(Section::Complaint)];
    let named = |place: Position| vec![place];
    match (&society.representative_name, written) {
        (None, None) => Found::missing(stands())
            .saying("代表者の氏名がありません。profile.toml の representative_name も未設定です。"),
        (None, Some((_, place))) => Found::weak(named(place)).saying(
            "代表者らしい記載がありますが、profile.toml の representative_name が未設定なので、確かめられません。",
        ),
        (Some(name), Some((line, place))) if line.contains(&folded(name)) => {
            Found::met(named(place))
        }
        (Some(name), Some((_, place))) => Found::missing(named(place)).saying(format!(
            "公表事項の代表者が、profile.toml の representative_name「{name}」と違います（矛盾）。"
        )),
        (Some(name), None) => {
            let printed = notice.complaint.lines.iter().any(|line| line.id == NAME_LINE);
            match printed {
                true => Found::met(vec![Position {
                    words: Some(format!("{}　{name}", society.representative_title)),
                    ..words.empty(Section::Complaint)
                }]),
                false => Found::missing(stands()).saying(
                    "代表者の氏名は、組合の名称の行（id = \"name\"）の下に刷られます。notice.toml にその行がありません。",
                ),
            }
        }
    }
}

/// Where the complaint block and the profile's `[complaint]` differ.
pub(super) fn disagreements(words: &Words<'_>, notice: &Notice, society: &Society) -> Vec<Found> {
    let desk = &society.complaint;
    let values = [
        ("名称", NAME_LINE, Some(desk.desk.clone())),
        ("郵便番号", "postal-code", desk.postal_code.clone()),
        (
            "住所",
            "address",
            desk.address.as_ref().map(|lines| lines.concat()),
        ),
        ("電話番号", "telephone", Some(desk.telephone.clone())),
        ("受付時間", "hours", desk.hours.clone()),
        ("メールアドレス", "mail", desk.mail.clone()),
    ];
    let block: String = words
        .pieces(Section::Complaint)
        .map(|piece| format!("{}\n", piece.folded))
        .collect();
    let mut found = Vec::new();
    for (title, id, value) in values {
        let Some(value) = value else { continue };
        if stands_in(&block, &folded(&value)) {
            continue;
        }
        let line = notice.complaint.lines.iter().find(|line| line.id == id);
        let place = Position {
            words: line.map(|line| line.text.clone()),
            ..words.empty(Section::Complaint)
        };
        let problem = match line {
            Some(line) => format!(
                "{title}が一致しません（矛盾）。profile.toml は「{value}」、公表事項は「{}」です。",
                line.text
            ),
            None => format!("profile.toml の{title}「{value}」が、公表事項にありません。"),
        };
        // Hours and mail help, and no provision asks for them.
        let helps = ["hours", "mail"].contains(&id) && line.is_none();
        let one = match helps {
            true => Found::weak(vec![place]),
            false => Found::missing(vec![place]),
        };
        found.push(one.saying(problem).about(title, &value));
    }
    found
}

/// Whether a value stands in the block, an address perhaps over two lines,
/// and a number not as a part of a longer one.
fn stands_in(block: &str, value: &str) -> bool {
    let joined = block.replace('\n', "");
    let whole = |text: &str| {
        text.match_indices(value).any(|(place, _)| {
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            let before = text[..place].chars().next_back();
            let after = text[place + value.len()..].chars().next();
            let begins = !(digit(before) && digit(value.chars().next()));
            begins && !(digit(after) && digit(value.chars().next_back()))
        })
    };
    whole(block) || whole(&joined)
}

/// Accredited organisations the society is with (Cabinet Order art. 10(iii)).
pub(super) fn organisations(question: &str, words: &Words<'_>, society: &Society) -> Vec<Found> {
    let mentioned = words.find_text(&[], "認定個人情報保護団体");
    let stands = || words.empty(Section::Complaint);
    let Some(names) = &society.publication_facts.accredited_organisations else {
        let problem = match mentioned {
            Some(_) => {
                "公表事項に記載がありますが、profile.toml に団体の名称がないので、確かめられません。"
            }
            None => "対象事業者かどうかが、profile.toml に書かれていません。",
        };
        let place = mentioned.unwrap_or_else(stands);
        return vec![Found::weak(vec![place]).saying(problem).asking(question)];
    };
    if names.is_empty() {
        return vec![match mentioned {
            Some(place) => Found::weak(vec![place]).saying(
                "公表事項に書かれていますが、profile.toml の [publication_facts] には accredited_organisations = [] とあります。",
            ),
            None => Found::met(Vec::new()).saying(
                "該当しません（profile.toml の [publication_facts] の accredited_organisations = []）。",
            ),
        }];
    }
    let one = |name: &String| {
        let Some(place) = words.find_text(&[Section::Complaint], name) else {
            return Found::missing(vec![stands()])
                .saying(format!("「{name}」の名称と申出先がありません。"))
                .about(name, name);
        };
        // The contact stands in the line of the name or below it.
        let below: String = words
            .pieces(Section::Complaint)
            .skip_while(|piece| !piece.folded.contains(&folded(name)))
            .map(|piece| piece.folded.as_str())
            .collect();
        match reachable(&below) {
            true => Found::met(vec![place]).about(name, name),
            false => Found::weak(vec![place])
                .saying(format!(
                    "「{name}」の名称はありますが、苦情の解決の申出先（電話番号など）が見当たりません。"
                ))
                .about(name, name),
        }
    };
    names.iter().map(one).collect()
}

/// Whether a text holds a telephone number (nine digits at least), a mail or
/// a web address.
fn reachable(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 9 || text.contains('@') || text.contains("http")
}
