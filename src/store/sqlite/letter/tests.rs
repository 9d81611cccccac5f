//! What SQLite reads of the table to answer.

use super::*;
use crate::store::Store;

/// What a night and its report ask is answered from the few letters an index
/// holds, however many the table has.
#[tokio::test]
async fn what_a_night_asks_reads_no_whole_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("yobin.db"))
        .await
        .expect("opens");
    let mut conn = store.read().await.expect("reads");
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
    let dates = PrintedIn::Dates(day, day);
    for (which, index) in [
        (Which::StoppedOf("2026-11-22"), "letter_by_batch"),
        (Which::LeftBefore("2026-11-22"), "letter_needing_person"),
        (Which::OnTheirWay("2026-11-22"), "letter_on_its_way"),
        (Which::OfRequest(1), "letter_by_request"),
        (Which::Unprinted, "letter_unposted"),
        (Which::WaitingIn(PrintedIn::Run(1)), "letter_print_place"),
        (Which::PostedIn(PrintedIn::Run(1)), "letter_print_run"),
        (Which::PostedIn(dates), "letter_print_run"),
        (Which::CancelledIn(PrintedIn::Run(1)), "letter_print_run"),
        (Which::RecordedLastIn(PrintedIn::Run(1)), "letter_print_run"),
    ] {
        for (statement, values) in [reading(which), counting(which)] {
            let plan = plan(&mut conn, &statement, values).await;
            assert!(
                plan.iter().any(|line| line.contains(index)),
                "{which:?}: {plan:?}"
            );
        }
    }
}

/// How SQLite goes about a statement, line by line.
async fn plan(
    conn: &mut SqliteConnection,
    statement: &str,
    [one, two, three]: [Option<String>; 3],
) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")))
        .bind(one)
        .bind(two)
        .bind(three)
        .bind(0)
        .bind(9)
        .fetch_all(conn)
        .await
        .expect("explained");
    rows.iter()
        .map(|row| row.try_get("detail").expect("a line"))
        .collect()
}
