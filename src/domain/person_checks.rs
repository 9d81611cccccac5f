//! What of a request's persons does not go together.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{FieldProblem, PersonFacts, RequesterRole};

impl PersonFacts {
    /// What of a request's persons does not go together. `arrived` is the day
    /// it came.
    pub(super) fn problems(
        &self,
        record: &Map<String, Value>,
        arrived: Option<NaiveDate>,
    ) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut refuse = |field: &str, problem: &str, remedy: &str| {
            problems.push(FieldProblem::of(field, problem, remedy));
        };
        let before =
            |a: Option<NaiveDate>, b: Option<NaiveDate>| a.zip(b).is_some_and(|(a, b)| a < b);
        if before(self.death, self.birth) {
            refuse(
                "principal_death_date",
                "本人の死亡日が、本人の生年月日より前です。",
                "どちらかの日付を直してください。",
            );
        }
        self.check_fields(record, arrived, &mut problems);
        problems
    }

    /// Whoever asked for another had no power to on the day the request bears.
    /// Such a request is not registered; where it comes to light later, the
    /// request says so and its letters stop.
    pub fn without_power_when_asked(&self, requested: Option<NaiveDate>) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut refuse = |field: &str, problem: &str, remedy: &str| {
            problems.push(FieldProblem::of(field, problem, remedy));
        };
        let since =
            |day: Option<NaiveDate>| day.zip(requested).is_some_and(|(day, asked)| day <= asked);
        if since(self.of_age()) {
            refuse(
                "requester_role",
                "請求日には、本人が18歳になっています。成年になった本人を、未成年者の法定代理人が代理することはできません(民法第4条)。",
                "本人の生年月日を確かめてください。正しければ、本人の請求か、本人の委任状のある任意代理人の請求として登録してください。",
            );
        }
        if since(self.without_power()) {
            refuse(
                "authority_end_date",
                "代理権の終わる日より後の日付の請求です。",
                "日付を直してください。正しければ、代理権がないので、本人か、代理権のある方の請求として登録し直してください。",
            );
        }
        problems
    }

    /// Whether somebody else than the bereaved asked after the principal's
    /// death. It may come to light when the request is registered already, and
    /// then stops its letters.
    pub fn is_after_death(&self, requested: Option<NaiveDate>) -> bool {
        self.died()
            .zip(requested)
            .is_some_and(|(died, asked)| died < asked)
    }

    /// Fields that say something only of other requests.
    fn check_fields(
        &self,
        record: &Map<String, Value>,
        arrived: Option<NaiveDate>,
        problems: &mut Vec<FieldProblem>,
    ) {
        let by_oneself = matches!(
            self.role,
            Some(RequesterRole::Principal | RequesterRole::Bereaved)
        );
        for field in ["authority_end_date", "authority_end"] {
            if by_oneself && record.contains_key(field) {
                problems.push(FieldProblem::of(
                    field,
                    "請求者の区分が「本人」か「遺族」なのに、代理権の終わりが書かれています。",
                    "空欄にするか、請求者の区分を直してください。",
                ));
            }
        }
        if record.contains_key("authority_end") && !record.contains_key("authority_end_date") {
            problems.push(FieldProblem::of(
                "authority_end_date",
                "代理権の終わり方があるのに、代理権の終わる日がありません。",
                "代理権の終わる日を書いてください。",
            ));
        }
        if self
            .birth
            .zip(arrived)
            .is_some_and(|(birth, arrived)| birth > arrived)
        {
            problems.push(FieldProblem::of(
                "principal_birth_date",
                "本人の生年月日が到達日より後です。",
                "どちらかの日付を直してください。",
            ));
        }
    }
}
