//! The dates of the law's data. What the rules refuse is tested through the
//! program, on the shipped kinds.

use chrono::NaiveDate;

use super::data::Law;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn law(amendment: &str, grounds: &str) -> Result<Law, String> {
    Law::parse(&format!(
        r#"
[[amendments]]
code = "A"
law = "令和8年法律第56号"
promulgated = "2026-07-17"
latest = "2028-07-16"
note = ""
{amendment}

[[articles]]
valid_from = "2022-04-01"
articles = ["第33条第2項"]

{grounds}
"#
    ))
}

fn ground(dates: &str) -> String {
    format!(
        "[[grounds]]\ncode = \"G\"\ncitation = \"c\"\nwording = \"w\"\nsupports = []\n{dates}\n"
    )
}

#[test]
fn a_provision_of_an_amendment_waits_for_its_day() {
    let awaited = law("", &ground("amendment = \"A\"")).expect("loads");
    let period = &awaited.ground("G").expect("there").period;
    assert!(!period.holds(day("2030-01-01")), "no day is set");

    let set = law("in_force = \"2028-04-01\"", &ground("amendment = \"A\"")).expect("loads");
    let period = &set.ground("G").expect("there").period;
    assert!(!period.holds(day("2028-03-31")));
    assert!(period.holds(day("2028-04-01")));
}

#[test]
fn both_ends_of_a_period_belong_to_it() {
    let dates = "valid_from = \"2022-04-01\"\nvalid_to = \"2028-03-31\"";
    let law = law("", &ground(dates)).expect("loads");
    let period = &law.ground("G").expect("there").period;
    for (date, holds) in [
        ("2022-03-31", false),
        ("2022-04-01", true),
        ("2028-03-31", true),
        ("2028-04-01", false),
    ] {
        assert_eq!(period.holds(day(date)), holds, "{date}");
    }
}

#[test]
fn data_that_an_amendment_has_overtaken_is_noticed() {
    let old = law("", &ground("valid_from = \"2022-04-01\"")).expect("loads");
    assert!(old.outdated(day("2028-07-16")).is_none());
    assert!(old.outdated(day("2028-07-17")).is_some());
    let new = law(
        "in_force = \"2028-04-01\"",
        &ground("valid_from = \"2022-04-01\""),
    )
    .expect("loads");
    assert!(new.outdated(day("2028-07-17")).is_none());
}

#[test]
fn unsure_dates_are_refused() {
    for (dates, said) in [
        ("", "valid_from がありません"),
        ("amendment = \"B\"", "改正 B が amendments にありません"),
        (
            "valid_from = \"2022-04-01\"\namendment = \"A\"",
            "どちらか一つだけ",
        ),
        (
            "valid_from = \"2022-04-01\"\nvalid_to = \"2022-03-31\"",
            "valid_to が valid_from より前",
        ),
        ("valid_form = \"2022-04-01\"", "valid_form"),
    ] {
        let problem = law("", &ground(dates)).expect_err(dates);
        assert!(problem.contains(said), "{dates}: {problem}");
    }
}

#[test]
fn the_shipped_data_holds_every_ground_of_the_act_and_loads() {
    let templates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let law = Law::load(&templates).expect("loads");
    let amendment = law.amendments().next().expect("the amendment of 2026");
    assert_eq!(amendment.promulgated, day("2026-07-17"));
    assert!(
        amendment.in_force.is_none(),
        "no Cabinet Order has set a day"
    );
    for ground in law.grounds() {
        assert!(!ground.citation.is_empty() && !ground.wording.is_empty());
        assert_ne!(
            ground.never.is_some(),
            !ground.supports.is_empty(),
            "{} supports something or says why never",
            ground.code
        );
    }
    assert_eq!(
        law.article_holds("第33条第2項", day("2022-04-01")),
        Some(true)
    );
    assert_eq!(
        law.article_holds("第33条第2項", day("2022-03-31")),
        Some(false)
    );
    assert_eq!(law.article_holds("第99条", day("2026-11-22")), None);
}
