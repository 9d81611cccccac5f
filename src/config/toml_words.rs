//! What the TOML reader complains of, in Japanese.

/// Turns the reader's messages into Japanese where staff meet them most:
/// unknown keys.
pub fn in_japanese(error: &toml::de::Error) -> String {
    let message = error.message();
    let place = place(error).unwrap_or_default();
    let known = message
        .strip_prefix("unknown field ")
        .map(|rest| ("という項目", "使える項目", rest))
        .or_else(|| {
            let rest = message.strip_prefix("unknown variant ")?;
            Some(("という値", "使える値", rest))
        });
    match known {
        Some((what, usable, rest)) => {
            let mut parts = rest.splitn(2, ", ");
            let key = parts.next().unwrap_or_default().replace('`', "「");
            let known = parts
                .next()
                .unwrap_or_default()
                .replace("expected one of ", "")
                .replace("expected ", "")
                .replace('`', "");
            format!(
                "{}」{what}はありません{place}。綴りを確かめてください。{usable}：{known}",
                key.trim_end_matches('「')
            )
        }
        None => match wrong_type(message) {
            Some(needed) => format!("値の書き方が違います{place}。{needed}を書いてください。"),
            None => other(message, &place),
        },
    }
}

/// The line, in brackets, with how it begins.
fn place(error: &toml::de::Error) -> Option<String> {
    let shown = error.to_string();
    let number = shown
        .lines()
        .next()?
        .strip_prefix("TOML parse error at line ")?;
    let number = number.split_once(',').map_or(number, |(line, _)| line);
    let text = shown.lines().nth(2).and_then(|line| line.split_once("| "));
    let text: String = text
        .map_or("", |(_, text)| text.trim())
        .chars()
        .take(40)
        .collect();
    Some(match text.is_empty() {
        true => format!("({number}行目)"),
        false => format!("({number}行目：{text})"),
    })
}

/// What is missing, doubled or cannot be read; the reader's own words at the
/// end.
fn other(message: &str, place: &str) -> String {
    let quoted = |rest: &str| rest.trim_matches(['`', '\'', ' ']).to_owned();
    if let Some(key) = message.strip_prefix("missing field ") {
        let key = quoted(key);
        return format!("「{key}」がありません{place}。{key} = … を書き加えてください。");
    }
    if message.contains("duplicate key") {
        return format!("同じ項目が2度書かれています{place}。一方を消してください。");
    }
    let message = message.replace('\n', "、");
    format!(
        "書き方に誤りがあります{place}。引用符、コンマ、かっこの対応を確かめてください({message})。"
    )
}

/// What a value of the wrong type should have been.
fn wrong_type(message: &str) -> Option<&'static str> {
    let (_, expected) = message
        .strip_prefix("invalid type: ")?
        .rsplit_once(", expected ")?;
    match expected.trim() {
        "f64" => Some("引用符を付けない数"),
        "u8" | "u16" | "u32" | "u64" | "usize" => Some("引用符を付けない0以上の整数"),
        "a boolean" => Some("true か false"),
        "a string" => Some("引用符 \" \" で囲んだ文字"),
        _ => None,
    }
}
