//! What the TOML reader complains of, in Japanese.

/// Turns the reader's messages into Japanese where staff meet them most:
/// unknown keys.
pub fn in_japanese(error: &toml::de::Error) -> String {
    let message = error.message();
    let place = match error.to_string().lines().next() {
        Some(line) if line.starts_with("TOML parse error at ") => {
            format!("({})", line.replace("TOML parse error at ", ""))
        }
        _ => String::new(),
    };
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
            None => format!("書き方に誤りがあります{place}：{message}"),
        },
    }
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
