//! How revisions are found and called, and how the society's file is spoken
//! of beside them.

use crate::config::Config;
use crate::domain::RevisionState;
use crate::notice::{FileStanding, InForce, society_file};
use crate::views::NoticeRow;
use crate::wording::revision_called;

/// A revision as it is called.
pub(in crate::cli) fn called(row: &NoticeRow) -> String {
    revision_called(row.number, &row.label)
}

/// The edition in force as it is called.
pub(in crate::cli) fn in_force_called(in_force: &InForce) -> String {
    let edition = in_force.edition();
    revision_called(edition.number, &edition.label)
}

/// Prints what staff should know of the society's file, if it is not the
/// notice in force.
pub(in crate::cli) fn told_of_file(config: &Config, in_force: &InForce) {
    if let Some(told) = of_file(config, in_force) {
        say!("注意：{told}");
    }
}

/// How the society's file differs from the edition in force, and what follows
/// from it; none where there is nothing to say.
pub(in crate::cli) fn of_file(config: &Config, in_force: &InForce) -> Option<String> {
    let file = society_file(config);
    let file = file.display();
    let called = in_force_called(in_force);
    let number = in_force.edition().number;
    Some(match in_force.file()? {
        FileStanding::Same => return None,
        FileStanding::Relabelled => {
            let revision = &in_force.notice().revision;
            format!(
                "{file} の文言は公表中の{called}と同じですが、版の表示や日付が違います。[revision] の label を「{}」、date を「{}」にしてください。",
                revision.label, revision.date
            )
        }
        FileStanding::Revision {
            number: other,
            label,
            state,
            effective,
        } => {
            let told = match state {
                RevisionState::Superseded | RevisionState::Published => format!(
                    "{file} は第{other}版の文言のままです。次に改定するときは、yobin notice show {number} --toml で出した内容から始めてください。"
                ),
                RevisionState::Approved => format!(
                    "{file} は、承認済みの第{other}版 {label}の文言です。施行日({effective})に公表されるまでは、公表中の版を使います。"
                ),
                RevisionState::Draft => format!(
                    "{file} は、案の第{other}版 {label}の文言です。承認を受けて施行日が来るまでは、公表中の版を使います。"
                ),
            };
            format!("公表中は{called}です。{told}")
        }
        FileStanding::Other => format!(
            "公表中は{called}です。{file} の文言はこれと違い、ほかのどの版とも違います。改めた文言を公表するときは、yobin notice draft で改定案にしてください(公表中の文言は yobin notice show {number} --toml で出せます)。"
        ),
        FileStanding::Unreadable(error) => format!("公表中は{called}です。{error}"),
    })
}
