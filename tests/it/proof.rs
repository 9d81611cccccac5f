//! Proof that what was issued is what is kept.

use std::fs;
use std::path::PathBuf;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use yobin::store::Store;

use crate::harness::{Workspace, copy_folder, files_below, root};

/// A workspace after a night with three letters.
fn after_a_night() -> Workspace {
    let workspace = Workspace::new();
    workspace.queue_plain(3, 1);
    workspace.ok(&["run"]);
    workspace.ok(&["verify"]);
    workspace
}

/// Opens the database behind the program's back.
fn with_database(workspace: &Workspace, act: impl AsyncFnOnce(&mut SqliteConnection)) {
    let options = SqliteConnectOptions::new()
        .filename(workspace.path("out/yobin.db"))
        .foreign_keys(false);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = options.connect().await.unwrap();
        act(&mut connection).await;
        connection.close().await.unwrap();
    });
}

/// Changes one row behind the program's back.
fn tamper(workspace: &Workspace, sql: &'static str) {
    with_database(workspace, async |connection| {
        let done = sqlx::query(sql).execute(connection).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{sql}");
    });
}

fn pdf_of(workspace: &Workspace, place: usize) -> (String, PathBuf) {
    let letter = &workspace.letters()[place];
    let sha256 = letter["pdf_sha256"].as_str().unwrap();
    let file = format!("archive/pdf/{}/{sha256}.pdf", &sha256[..1]);
    let path = workspace.path("out").join(file);
    assert!(path.is_file());
    (letter["id"].as_str().unwrap().to_owned(), path)
}

/// Demands that `verify` finds damage and names all of `words` on one line.
fn assert_found(workspace: &Workspace, words: &[&str]) {
    let told = workspace.exits(1, &["verify"]);
    let named = told
        .lines()
        .any(|line| words.iter().all(|word| line.contains(word)));
    assert!(named, "no line with {words:?} in:\n{told}");
}

#[test]
fn a_letter_of_every_kind_comes_out_the_same_again() {
    let workspace = Workspace::new();
    let mut kinds = 0;
    for kind in fs::read_dir(root().join("templates/letters")).unwrap() {
        let kind = kind.unwrap().path();
        // Comes from an edition of the notice alone.
        if kind.ends_with("purpose-change") {
            continue;
        }
        let mut samples = files_below(&kind.join("samples"));
        samples.sort();
        workspace.ok(&["queue", samples[0].to_str().unwrap()]);
        kinds += 1;
    }
    workspace.ok(&["run"]);
    let letters = workspace.letters();
    assert!(kinds >= 4 && letters.len() == kinds);
    for letter in letters {
        let told = workspace.ok(&["reproduce", letter["id"].as_str().unwrap()]);
        assert!(told.contains("同じ書簡になりました"), "{told}");
        let bytes = format!("{}バイト", letter["pdf_bytes"]);
        assert!(told.contains(&bytes), "{told}");
    }
}

#[test]
fn a_letter_comes_out_the_same_after_its_template_was_changed() {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\n");
    workspace.queue_plain(1, 0);
    workspace.ok(&["run"]);
    let page = workspace.path("templates/letters/acknowledgement/letter.typ");
    let changed = fs::read_to_string(&page).unwrap() + "\n書き加えた文。\n";
    fs::write(&page, changed).unwrap();
    workspace.ok(&["reproduce", "L000001B"]);
}

#[test]
fn a_letter_that_was_never_set_cannot_be_reproduced() {
    let workspace = Workspace::new();
    workspace.queue_plain(1, 0);
    let told = workspace.exits(1, &["reproduce", "L000001B"]);
    assert!(told.contains("まだ組版されていない"), "{told}");
    let told = workspace.exits(1, &["reproduce", "L000002C"]);
    assert!(told.contains("この番号の書簡はありません"), "{told}");
}

#[test]
fn changed_data_is_not_passed_off_as_the_letter() {
    let workspace = after_a_night();
    tamper(
        &workspace,
        "UPDATE letter_data SET data = CAST(REPLACE(CAST(data AS TEXT), '太郎', '次郎') AS BLOB)
         WHERE letter_id = 2",
    );
    let told = workspace.exits(1, &["reproduce", "L000002C"]);
    assert!(told.contains("書き換えられています"), "{told}");
}

#[test]
fn other_fonts_are_named_as_the_reason_a_letter_cannot_be_reproduced() {
    // An earlier version of this program knew other fonts.
    let workspace = after_a_night();
    tamper(
        &workspace,
        "UPDATE letter SET fonts_sha256 = 'other' WHERE id = 1",
    );
    let told = workspace.exits(1, &["reproduce", "L000001B"]);
    assert!(told.contains("フォントが違います"), "{told}");
}

#[test]
fn verify_names_the_letter_and_file_with_a_flipped_byte() {
    let workspace = after_a_night();
    let (id, path) = pdf_of(&workspace, 1);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let file = path.strip_prefix(workspace.path("out")).unwrap();
    assert_found(
        &workspace,
        &[&id, file.to_str().unwrap(), "内容が変わっています"],
    );
}

#[test]
fn verify_names_the_letter_and_file_that_is_gone() {
    let workspace = after_a_night();
    let (id, path) = pdf_of(&workspace, 0);
    fs::remove_file(&path).unwrap();
    let file = path.strip_prefix(workspace.path("out")).unwrap();
    assert_found(&workspace, &[&id, file.to_str().unwrap(), "ありません"]);
}

#[test]
fn verify_finds_an_edited_register_entry() {
    let workspace = after_a_night();
    tamper(
        &workspace,
        "UPDATE register SET outcome = 'granted' WHERE seq = 2",
    );
    assert_found(&workspace, &["台帳の2番", "書き換えられています"]);
}

#[test]
fn verify_finds_an_entry_rewritten_with_a_hash_that_fits_it() {
    let workspace = after_a_night();
    let database = workspace.path("out/yobin.db");
    with_database(&workspace, async |connection| {
        let store = Store::open_to_read(&database).await.unwrap().unwrap();
        let entries = store.reads().await.unwrap().register_entries(1, 1).await;
        let mut entry = entries.unwrap().remove(0);
        store.close().await;
        entry.outcome = "granted".to_owned();
        sqlx::query("UPDATE register SET outcome = ?, entry_sha256 = ? WHERE seq = 2")
            .bind(&entry.outcome)
            .bind(entry.computed_sha256())
            .execute(connection)
            .await
            .unwrap();
    });
    // The forged entry fits itself; the one after it does not fit it.
    assert_found(&workspace, &["台帳の3番", "つながりが切れています"]);
}

#[test]
fn verify_finds_an_entry_taken_from_the_middle() {
    let workspace = after_a_night();
    tamper(&workspace, "DELETE FROM register WHERE seq = 2");
    assert_found(&workspace, &["2番から2番まで", "失われています"]);
}

#[test]
fn verify_finds_that_the_last_entry_was_taken_off() {
    let workspace = after_a_night();
    let last = workspace
        .letters()
        .iter()
        .find(|letter| letter["register_seq"] == 3)
        .map(|letter| letter["id"].as_str().unwrap().to_owned());
    tamper(&workspace, "DELETE FROM register WHERE seq = 3");
    assert_found(
        &workspace,
        &[&last.unwrap(), "台帳に正しい記載がありません"],
    );
}

#[test]
fn verify_finds_that_the_entry_of_a_void_number_was_taken_off() {
    let workspace = Workspace::new();
    workspace.queue_plain(2, 0);
    let args = ["run", "--stop-at", "claimed"];
    workspace.start_until(&args, "stopped at").kill();
    workspace.ok(&["cancel", "L000002C"]);
    workspace.ok(&["verify"]);
    tamper(&workspace, "DELETE FROM register WHERE event = 'void'");
    assert_found(&workspace, &["L000002C", "台帳に正しい記載がありません"]);
}

#[test]
fn the_morning_report_bears_the_registers_last_hash() {
    let workspace = after_a_night();
    let told = workspace.ok(&["verify"]);
    let head = told
        .lines()
        .find_map(|line| line.strip_prefix("台帳の末尾  "))
        .unwrap();
    let report = fs::read_to_string(workspace.path("out/reports/2026-11-22.txt")).unwrap();
    assert!(report.contains(head), "{report}");
}
