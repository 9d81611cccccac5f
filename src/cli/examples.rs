//! An example of every command, as staff would write it. Help and refusals
//! show it; a test reads each one as the program does.

/// Examples of the command with this path; none of an unknown one.
pub(super) fn examples_of(path: &str) -> &'static [&'static str] {
    EXAMPLES
        .iter()
        .find(|(of, _)| *of == path)
        .map_or(&[], |(_, examples)| examples)
}

/// Every command with its examples.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "yobin",
        &[
            "yobin queue 受付通知.xlsx --kind 請求書の受付のお知らせ --as 佐藤",
            "yobin request list",
        ],
    ),
    ("yobin init", &["yobin init"]),
    ("yobin demo", &["yobin demo --dir 見本"]),
    (
        "yobin workspace",
        &[
            "yobin workspace show",
            "yobin workspace accept --reason 11月25日の夜の控えから戻したため --as 佐藤",
        ],
    ),
    ("yobin workspace show", &["yobin workspace show"]),
    (
        "yobin workspace accept",
        &["yobin workspace accept --reason 11月25日の夜の控えから戻したため --as 佐藤"],
    ),
    ("yobin check", &["yobin check"]),
    (
        "yobin kinds",
        &[
            "yobin kinds",
            "yobin kinds 請求書の受付のお知らせ --header xlsx",
        ],
    ),
    (
        "yobin queue",
        &["yobin queue 受付通知.xlsx --kind 請求書の受付のお知らせ --as 佐藤"],
    ),
    (
        "yobin request",
        &["yobin request list", "yobin request show 受第26-101号"],
    ),
    (
        "yobin request add",
        &[
            "yobin request add --header xlsx",
            "yobin request add request.xlsx --as 佐藤",
        ],
    ),
    (
        "yobin request list",
        &[
            "yobin request list --all",
            "yobin request list --until 11-27",
        ],
    ),
    ("yobin request show", &["yobin request show 受第26-101号"]),
    (
        "yobin request letter",
        &[
            "yobin request letter 受第26-101号 --kind 請求書の受付のお知らせ --set 請求の内容=健診結果の開示 --queue --as 佐藤",
            "yobin request letter 受第26-101号 受第26-102号 --kind 請求書の受付のお知らせ -o 受付.xlsx",
        ],
    ),
    (
        "yobin request amend",
        &[
            "yobin request amend 受第26-101号 --set 請求者住所=群馬県前橋市亀里町9番地 --reason 入力の誤り --as 佐藤",
        ],
    ),
    (
        "yobin request close",
        &["yobin request close 受第26-105号 --reason 回答済み --as 佐藤"],
    ),
    (
        "yobin request counterpart",
        &[
            "yobin request counterpart 受第26-105号 --ended 期間の満了 --as 佐藤",
            "yobin request counterpart 受第26-105号 --confirm --identity 鍵のファイル --as 鈴木",
            "yobin request counterpart 受第26-105号 --again --as 佐藤",
        ],
    ),
    (
        "yobin request reopen",
        &["yobin request reopen 受第26-105号 --reason 請求の取り違え --as 佐藤"],
    ),
    (
        "yobin preview",
        &[
            "yobin preview L000001B L000002C -o 下見.pdf",
            "yobin preview --state 受付 -o 承認待ち.pdf",
            "yobin preview 請求書の受付のお知らせ 記録.json -o 下見.pdf",
        ],
    ),
    ("yobin gallery", &["yobin gallery -o 見本一覧"]),
    (
        "yobin list",
        &[
            "yobin list --state 受付",
            "yobin list --name 見本",
            "yobin list --receipt 受第26-101号",
        ],
    ),
    ("yobin show", &["yobin show L000001B"]),
    (
        "yobin approve",
        &[
            "yobin approve L000001B L000002C --as 鈴木",
            "yobin approve L000001B --through L000746W --count 746 --as 鈴木",
        ],
    ),
    ("yobin hold", &["yobin hold L000001B --as 佐藤"]),
    ("yobin resume", &["yobin resume L000001B --as 佐藤"]),
    ("yobin cancel", &["yobin cancel L000001B --as 佐藤"]),
    (
        "yobin retry",
        &[
            "yobin retry L000001B --as 佐藤",
            "yobin retry --failed-of 2026-11-24 --as 佐藤",
        ],
    ),
    (
        "yobin confirm",
        &[
            "yobin confirm L000001B --delivered --as 佐藤",
            "yobin confirm L000001B --not-delivered --as 佐藤",
        ],
    ),
    (
        "yobin posted",
        &[
            "yobin posted --print 12 --on 2026-11-24 --as 佐藤",
            "yobin posted --print 2026-11-24 --on 2026-11-24 --as 佐藤",
            "yobin posted L000001B --on 2026-11-24 --as 佐藤",
        ],
    ),
    ("yobin run", &["yobin run", "yobin run --date 2026-11-24"]),
    ("yobin serve", &["yobin serve"]),
    ("yobin report", &["yobin report 2026-11-24"]),
    (
        "yobin register",
        &[
            "yobin register --year R8",
            "yobin register --year R8 --xlsx 文書件名簿.xlsx",
        ],
    ),
    ("yobin verify", &["yobin verify"]),
    ("yobin reproduce", &["yobin reproduce L000001B"]),
    (
        "yobin form",
        &[
            "yobin form",
            "yobin form 委任状 -o 委任状.pdf",
            "yobin form 委任状 -o 委任状.xlsx",
            "yobin form 請求等取下書 --request 受第26-101号 -o 取下書.pdf",
        ],
    ),
    ("yobin calibrate", &["yobin calibrate -o 窓あわせ.pdf"]),
    ("yobin notice", &["yobin notice check", "yobin notice list"]),
    (
        "yobin notice build",
        &["yobin notice build 改定案.toml -o 下見.pdf"],
    ),
    ("yobin notice check", &["yobin notice check 改定案.toml"]),
    (
        "yobin notice import",
        &["yobin notice import society/notice.toml --as 佐藤"],
    ),
    (
        "yobin notice draft",
        &[
            "yobin notice draft 改定案.toml --as 佐藤",
            "yobin notice draft 改定案.toml --answers 回答.toml --as 佐藤",
        ],
    ),
    (
        "yobin notice diff",
        &["yobin notice diff", "yobin notice diff 1 2"],
    ),
    (
        "yobin notice approve",
        &["yobin notice approve 2 --as 鈴木"],
    ),
    (
        "yobin notice withdraw",
        &["yobin notice withdraw 2 --as 鈴木"],
    ),
    ("yobin notice publish", &["yobin notice publish --as 佐藤"]),
    ("yobin notice list", &["yobin notice list"]),
    ("yobin notice show", &["yobin notice show 2"]),
    (
        "yobin notice record",
        &["yobin notice record 2 -o 決定記録.pdf"],
    ),
    ("yobin notice site", &["yobin notice site -o out/public"]),
    (
        "yobin notice notify",
        &[
            "yobin notice notify --members 名簿.xlsx --reason \"再検査の案内を始めるためです。\" --dry-run",
            "yobin notice notify --members 名簿.xlsx --reason \"再検査の案内を始めるためです。\" --confirm 746 --as 佐藤",
        ],
    ),
    (
        "yobin members",
        &["yobin members flags 支援措置.xlsx --as 佐藤"],
    ),
    (
        "yobin members flags",
        &[
            "yobin members flags --header xlsx",
            "yobin members flags 支援措置.xlsx --as 佐藤",
        ],
    ),
    (
        "yobin members list",
        &["yobin members list --identity 鍵.txt --as 見本太郎"],
    ),
    (
        "yobin members header",
        &["yobin members header xlsx -o 名簿.xlsx"],
    ),
    (
        "yobin print-file",
        &[
            "yobin print-file 2026-11-24",
            "yobin print-file --reprint 12 --reason 紙詰まり --as 佐藤",
        ],
    ),
    (
        "yobin restricted",
        &["yobin restricted show L000001B --identity 鍵.txt --as 見本太郎"],
    ),
    (
        "yobin restricted keygen",
        &["yobin restricted keygen -o /media/usb/yobin-key.txt"],
    ),
    (
        "yobin restricted show",
        &["yobin restricted show L000001B --identity 鍵.txt --as 見本太郎"],
    ),
    (
        "yobin restricted add",
        &["yobin restricted add L000001B --file note.json --identity 鍵.txt --as 見本太郎"],
    ),
];

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::*;
    use crate::cli::Cli;
    use crate::cli::help::in_japanese;

    fn paths(command: &Command, path: &str, all: &mut Vec<String>) {
        all.push(path.to_owned());
        for below in command.get_subcommands().filter(|one| !one.is_hide_set()) {
            paths(below, &format!("{path} {}", below.get_name()), all);
        }
    }

    /// The words of a line, as a shell splits them.
    fn words(line: &str) -> Vec<String> {
        let mut words = Vec::new();
        for (place, part) in line.split('"').enumerate() {
            match place % 2 {
                1 => words.push(part.to_owned()),
                _ => words.extend(part.split_whitespace().map(str::to_owned)),
            }
        }
        words
    }

    #[test]
    fn every_command_has_examples_that_it_understands() {
        let command = in_japanese(Cli::command());
        let mut all = Vec::new();
        paths(&command, "yobin", &mut all);
        for path in &all {
            let examples = examples_of(path);
            assert!(!examples.is_empty(), "{path} has no example");
            for example in examples {
                assert!(example.starts_with("yobin "), "{example}");
                let read = command.clone().try_get_matches_from(words(example));
                assert!(read.is_ok(), "{example}: {:?}", read.err());
            }
        }
        for (path, _) in EXAMPLES {
            assert!(all.iter().any(|known| known == path), "no command {path}");
        }
    }
}
