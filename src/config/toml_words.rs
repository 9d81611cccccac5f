//! What the TOML reader complains of, in Japanese: the line, what is wrong,
//! the line's text, and what to write.

use std::path::Path;

/// A complaint with the file it is about. One that begins with a line becomes
/// `改定案.tomlの125行目：…`.
pub fn in_file(path: &Path, problem: &str) -> String {
    let after = problem.trim_start_matches(|c: char| c.is_ascii_digit());
    let between = match after.len() < problem.len() && after.starts_with("行目：") {
        true => "の",
        false => "：",
    };
    format!("{}{between}{problem}", path.display())
}

/// Turns the reader's message into Japanese; it begins with the line where
/// the reader names one.
pub fn in_japanese(error: &toml::de::Error) -> String {
    let place = Place::of(error);
    let message = error.message();
    let (what, how) = missing(message, &place)
        .or_else(|| unknown(message))
        .or_else(|| doubled(message))
        .or_else(|| date(message))
        .or_else(|| wrong_type(message))
        .unwrap_or_else(|| misspelt(message));
    match place.number.is_empty() {
        true => format!("{what}。{how}"),
        false if place.text.is_empty() => format!("{}行目：{what}。{how}", place.number),
        false => format!(
            "{}行目：{what}。この行：{} {how}",
            place.number,
            place.shown()
        ),
    }
}

/// A complaint of ours about a value, with its line where the text has it.
pub fn at_line(text: &str, table: &str, key: Option<&str>, problem: &str) -> String {
    let head = format!("[{table}]");
    let names = |line: &str, key: &str| {
        let before = line.split_once('=').map(|(before, _)| before.trim());
        before.is_some_and(|before| before.trim_matches(['"', '\'']) == key)
    };
    let mut lines = (1..).zip(text.lines());
    let found = match key {
        None => lines.find(|(_, line)| names(line, table)),
        Some(key) => lines
            .skip_while(|(_, line)| !line.trim().starts_with(&head))
            .find(|(_, line)| names(line, key)),
    };
    match found {
        Some((number, line)) => format!("{number}行目：{problem}この行：{}", line.trim()),
        None => problem.to_owned(),
    }
}

/// Where the reader stumbled.
#[derive(Default)]
struct Place {
    /// Number of the line; empty where there is none.
    number: String,
    /// The line as it stands.
    text: String,
    /// Where in the line, in characters from its beginning.
    column: usize,
}

/// How many characters of a line are shown.
const SHOWN: usize = 70;

impl Place {
    fn of(error: &toml::de::Error) -> Self {
        let shown = error.to_string();
        let mut lines = shown.lines();
        let first = lines.next();
        let head = first.and_then(|line| line.strip_prefix("TOML parse error at line "));
        let Some((number, column)) = head.and_then(|head| head.split_once(", column ")) else {
            return Place::default();
        };
        let text = lines.nth(1).and_then(|line| line.split_once("| "));
        Place {
            number: number.to_owned(),
            text: text.map_or("", |(_, text)| text).to_owned(),
            column: column.trim().parse().unwrap_or(1_usize).saturating_sub(1),
        }
    }

    fn shown(&self) -> String {
        let text = self.text.trim();
        match text.chars().count() > SHOWN {
            true => text.chars().take(SHOWN).chain(['…']).collect(),
            false => text.to_owned(),
        }
    }

    /// What stands between the braces that open where the reader stumbled.
    fn braces(&self) -> Option<&str> {
        let (begin, _) = self.text.char_indices().nth(self.column)?;
        let (inside, _) = self.text.get(begin..)?.strip_prefix('{')?.split_once('}')?;
        Some(inside.trim())
    }
}

fn unquoted(text: &str) -> String {
    text.trim_matches(['`', '\'', ' ']).to_owned()
}

fn missing(message: &str, place: &Place) -> Option<(String, String)> {
    let key = unquoted(message.strip_prefix("missing field ")?);
    let how = match place.braces() {
        Some(inside) => {
            let rest = match key.as_str() {
                "id" => format!("id = \"…\", {inside}"),
                _ => format!("{inside}, {key} = \"…\""),
            };
            let rest = rest.trim_matches([',', ' ']);
            format!("{{ {rest} }} の形で書いてください。")
        }
        None => format!("{key} = … を書き加えてください。"),
    };
    Some((format!("{key} がありません"), how))
}

fn unknown(message: &str) -> Option<(String, String)> {
    let field = message
        .strip_prefix("unknown field ")
        .map(|rest| ("という項目", "使える項目", rest));
    let (what, usable, rest) = field.or_else(|| {
        let rest = message.strip_prefix("unknown variant ")?;
        Some(("という値", "使える値", rest))
    })?;
    let (key, known) = rest.split_once(", ").unwrap_or((rest, ""));
    let known = known
        .replace("expected one of ", "")
        .replace("expected ", "")
        .replace('`', "")
        .replace(" or ", ", ");
    let what = format!("「{}」{what}はありません", unquoted(key));
    Some((what, format!("綴りを確かめてください。{usable}：{known}")))
}

fn doubled(message: &str) -> Option<(String, String)> {
    let again = message.contains("duplicate key") || message.starts_with("duplicate field");
    again.then(|| {
        let what = "同じ項目が2度書かれています".to_owned();
        (what, "一方を消してください。".to_owned())
    })
}

/// Dates, which the reader takes apart itself or hands to the calendar.
fn date(message: &str) -> Option<(String, String)> {
    let outside = ["input is out of range", "no possible date"];
    let form = [
        "input contains invalid characters",
        "premature end of input",
        "trailing input",
    ];
    let what = if outside.iter().any(|told| message.starts_with(told))
        || message.starts_with("invalid date")
    {
        "暦にない日付です"
    } else if form.iter().any(|told| message.starts_with(told))
        || message.ends_with("expected a formatted date string")
    {
        "日付の書き方が違います"
    } else {
        return None;
    };
    let how = "西暦の年-月-日を引用符で囲み、\"2026-12-01\" の形で書いてください。";
    Some((what.to_owned(), how.to_owned()))
}

/// What a value of the wrong type should have been.
fn wrong_type(message: &str) -> Option<(String, String)> {
    let rest = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))?;
    let (_, expected) = rest.rsplit_once(", expected ")?;
    let needed = match expected.trim() {
        "f64" => "引用符を付けない数",
        "u8" | "u16" | "u32" | "u64" | "usize" => "引用符を付けない0以上の整数",
        "a boolean" => "true か false",
        "a string" => "引用符 \" \" で囲んだ文字",
        "a sequence" => "[ ] で囲んだ並び",
        "a map" => "{ 項目 = 値 } の形の組(か、[ ] の見出しの下の行)",
        other if other.starts_with("struct ") => "{ 項目 = 値 } の形の組(か、[ ] の見出しの下の行)",
        _ => return None,
    };
    Some((
        "値の書き方が違います".to_owned(),
        format!("{needed}を書いてください。"),
    ))
}

/// What the reader says of signs that are missing or too many, and what to do.
const SIGNS: [(&str, &str); 8] = [
    (
        "missing comma",
        "この行か、すぐ前の行の終わりに、コンマ「,」を書き加えてください。",
    ),
    ("extra comma", "余分なコンマ「,」を消してください。"),
    (
        "missing key for inline table element",
        "この行か、すぐ前の行で、閉じる引用符「\"」かかっこ「}」が抜けていないか確かめてください。",
    ),
    (
        "missing opening quote",
        "値の初めに、引用符「\"」を書き加えてください。",
    ),
    (
        "string values must be quoted",
        "値を半角の引用符 \" \" で囲んでください(「 」や “ ” は使えません)。",
    ),
    (
        "missing assignment",
        "項目の名前の後に、半角の「=」を書いてください。",
    ),
    (
        "key with no value",
        "項目の名前の後に、半角の「=」と値を書いてください。",
    ),
    (
        "unclosed table",
        "見出しの終わりに「]」を書き加えてください。",
    ),
];

/// What cannot be read at all; the reader's own words at the end.
fn misspelt(message: &str) -> (String, String) {
    let known = SIGNS.iter().find(|(sign, _)| message.starts_with(sign));
    let how = known.map_or(
        "引用符、コンマ、かっこの対応を確かめてください。",
        |(_, how)| how,
    );
    let how = how.trim_end_matches('。');
    let what = "書き方に誤りがあります".to_owned();
    (what, format!("{how}({})。", message.replace('\n', "、")))
}
