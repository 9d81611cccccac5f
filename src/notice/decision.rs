//! What follows from the answers, article by article.

use chrono::NaiveDate;
use serde::Serialize;

use super::Comparison;
use super::questions::{
    AnswerProblem, Answers, CONSENT, EXCEPTION, EXCEPTIONS, FUTURE, Question, Row, WORDING, YES,
    check, rows,
};

/// How far a change goes, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The wording only, as declared; no change of purpose (art. 17(2)).
    Wording,
    /// A purpose of information yet to be acquired (art. 21(1), (2)).
    NewInformation,
    /// Within what is reasonably related (arts. 17(2), 21(3)).
    Related,
    /// Beyond, in a case that needs no consent (art. 18(3)).
    Exception,
    /// Beyond, with each principal's consent (art. 18(1)).
    Consent,
}

impl Reach {
    /// The words staff read.
    pub fn label(self) -> &'static str {
        match self {
            Reach::Wording => "利用目的の変更に当たらない(文言の整理、削除、順序の変更)",
            Reach::NewInformation => "これから取得する情報の利用目的(法第21条第1項・第2項)",
            Reach::Related => "関連性のある範囲の変更：通知又は公表(法第17条第2項・第21条第3項)",
            Reach::Exception => "範囲を超える変更：同意の要らない場合(法第18条第3項)",
            Reach::Consent => "範囲を超える変更：本人の同意が必要(法第18条第1項)",
        }
    }

    /// The same in a few words, for a cell of a table.
    fn short(self) -> &'static str {
        match self {
            Reach::Wording => "文言のみ(申告)",
            Reach::NewInformation => "新規取得分のみ",
            Reach::Related => "関連性の範囲内",
            Reach::Exception => "範囲外・例外",
            Reach::Consent => "範囲外・同意",
        }
    }
}

/// A change and how far it goes.
#[derive(Debug, Clone, Serialize)]
pub struct Ruling {
    /// The change.
    #[serde(flatten)]
    pub row: Row,
    /// How it differs, as printed.
    pub change: &'static str,
    /// How far it goes.
    pub reach: Reach,
    /// The same as printed.
    pub reach_label: &'static str,
}

/// An answer that was given.
#[derive(Debug, Clone, Serialize)]
pub struct GivenAnswer {
    /// Which of the ten questions.
    pub number: u8,
    /// Name of the question.
    pub name: String,
    /// The question.
    pub question: String,
    /// The answer as given.
    pub answer: String,
    /// What it means.
    pub meaning: String,
}

/// What must be done, and on which article it rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consequence {
    /// The article, in Japanese.
    pub article: String,
    /// What must be done, a sentence.
    pub duty: String,
}

/// What follows from the answers.
#[derive(Debug, Clone, Serialize)]
pub struct Decision {
    /// How far the revision goes as a whole: as its farthest change.
    pub reach: Reach,
    /// Each change that may widen the use.
    pub rulings: Vec<Ruling>,
    /// The answers, in the order of the questions.
    pub answers: Vec<GivenAnswer>,
    /// What must be done.
    pub consequences: Vec<Consequence>,
    /// Day all principals had consented, where the answers say so.
    pub consent_on: Option<NaiveDate>,
    /// Day the society decided.
    pub decided_on: NaiveDate,
}

impl Decision {
    /// Whether every principal's consent is needed before it is approved.
    pub fn needs_consent(&self) -> bool {
        self.reach == Reach::Consent
    }
}

/// Draws what follows.
///
/// # Errors
/// Every answer that is missing, cannot be, or contradicts the comparison.
pub fn decide(
    comparison: &Comparison,
    questions: &[Question],
    answers: &Answers,
) -> Result<Decision, Vec<AnswerProblem>> {
    let problems = check(questions, answers);
    if !problems.is_empty() {
        return Err(problems);
    }
    let given = Given(answers);
    let rulings: Vec<Ruling> = rows(comparison)
        .into_iter()
        .map(|row| given.ruling(row))
        .collect();
    let decided_on = given.day("q10.date").ok_or_else(|| {
        let of_day = questions.iter().filter(|q| q.key() == "q10.date");
        of_day
            .map(|q| q.problem("答えがありません。"))
            .collect::<Vec<_>>()
    })?;
    let reach = rulings.iter().map(|ruling| ruling.reach).max();
    Ok(Decision {
        reach: reach.unwrap_or(Reach::Wording),
        consequences: given.consequences(&rulings),
        rulings,
        answers: given.answers(questions),
        consent_on: given.day("q4.consent_on"),
        decided_on,
    })
}

/// Answers that were checked.
struct Given<'a>(&'a Answers);

impl Given<'_> {
    fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    fn day(&self, key: &str) -> Option<NaiveDate> {
        self.get(key).parse().ok()
    }

    fn answers(&self, questions: &[Question]) -> Vec<GivenAnswer> {
        let given = questions.iter().filter_map(|question| {
            let answer = self.0.get(&question.key()).filter(|a| !a.is_empty())?;
            Some(GivenAnswer {
                number: question.number,
                name: question.name.clone(),
                question: question.text.clone(),
                answer: answer.clone(),
                meaning: question.meaning(answer),
            })
        });
        given.collect()
    }

    fn ruling(&self, row: Row) -> Ruling {
        let about = |number: u8| self.get(&format!("q{number}.{}", row.key));
        // Whatever is not answered with the milder word is beyond the scope.
        let reach = if about(1) == WORDING {
            Reach::Wording
        } else if about(2) == FUTURE {
            Reach::NewInformation
        } else if about(3) == YES {
            Reach::Related
        } else if self.get("q4.remedy") == EXCEPTION {
            Reach::Exception
        } else {
            Reach::Consent
        };
        Ruling {
            change: row.difference.label(),
            reach_label: reach.short(),
            row,
            reach,
        }
    }

    fn consequences(&self, rulings: &[Ruling]) -> Vec<Consequence> {
        let mut all = vec![follows(
            "法第32条第1項",
            "改定後の公表事項を施行日に公表し、旧版を保存する。",
        )];
        let has = |reach| rulings.iter().any(|ruling| ruling.reach == reach);
        if has(Reach::Wording) {
            all.push(follows(
                "法第17条第2項",
                "文言だけの変更と申告された行は、利用目的の変更として扱わない(申告として記録)。",
            ));
        }
        if has(Reach::NewInformation) {
            all.push(follows(
                "法第21条第1項・第2項",
                "取得の前に公表する。書面で直接取得するときは本人に明示する。すでに持っている情報には使わない。",
            ));
        }
        if has(Reach::Related) {
            all.push(follows(
                "法第17条第2項・第21条第3項",
                "変更された利用目的を、本人に通知し、又は公表する。",
            ));
        }
        if has(Reach::Exception) {
            let item = self.get("q4.item");
            let case = EXCEPTIONS.iter().find(|(code, _)| *code == item);
            all.push(follows(
                format!("法第18条第3項第{item}号"),
                format!(
                    "{}。理由：{}。この場合に限って使う。",
                    case.map_or("", |(_, case)| case),
                    self.get("q4.reason").trim_end_matches('。'),
                ),
            ));
        }
        if has(Reach::Consent) {
            all.push(follows(
                "法第18条第1項",
                "あらかじめ本人の同意を得る。同意のない人の情報は使わない。通知・公表では代えられない。",
            ));
        }
        all.extend(self.regimes());
        all.extend(self.processing());
        all
    }

    fn regimes(&self) -> Vec<Consequence> {
        let mut all = Vec::new();
        match self.get("q5.third_party") {
            CONSENT => all.push(follows(
                "法第27条第1項・第29条",
                "本人の同意を得てから提供し、提供の記録を作る。",
            )),
            EXCEPTION => all.push(follows(
                "法第27条第1項各号",
                "同意の要らない場合に限って提供する。",
            )),
            _ => {}
        }
        match self.get("q5.abroad") {
            CONSENT => all.push(follows(
                "法第28条第1項・第2項",
                "外国の制度などの情報を示し、本人の同意を得てから提供する。",
            )),
            EXCEPTION => all.push(follows(
                "法第28条第1項・第3項",
                "提供先の国又は体制を確かめ、相当措置の継続に必要な措置をとる。",
            )),
            _ => {}
        }
        match self.get("q5.joint_use") {
            "new" => all.push(follows(
                "法第27条第5項第3号",
                "共同利用の5項目を、あらかじめ本人に通知し、又は容易に知り得る状態に置く。",
            )),
            "manager" => all.push(follows(
                "法第27条第6項",
                "変更の後遅滞なく、本人に通知し、又は容易に知り得る状態に置く。",
            )),
            "purpose" => all.push(follows(
                "法第27条第6項",
                "変更の前に、本人に通知し、又は容易に知り得る状態に置く。",
            )),
            "wider" => all.push(follows(
                "法第27条第1項",
                "広がる部分は、得た同意の範囲で提供する。法第27条第6項の変更では足りない。",
            )),
            _ => {}
        }
        match self.get("q6.acquired") {
            CONSENT => all.push(follows("法第20条第2項", "本人の同意を得てから取得する。")),
            EXCEPTION => all.push(follows(
                "法第20条第2項各号",
                "同意の要らない場合に限って取得する。",
            )),
            _ => {}
        }
        if self.get("q7.use") == "within" {
            all.push(follows(
                "番号法第9条・第30条",
                "番号法に定められた事務に限って使う。本人の同意があっても広げない。",
            ));
        }
        all
    }

    fn processing(&self) -> Vec<Consequence> {
        let mut all = Vec::new();
        if self.get("q8.entrustment") == YES {
            all.push(follows("法第25条", "委託先を選び、契約し、監督する。"));
        }
        if self.get("q8.analysis") == YES {
            all.push(follows(
                "法第17条第1項",
                "分析することが分かるように利用目的を書く。",
            ));
        }
        match self.get("q8.processed") {
            "pseudonymised" => all.push(follows("法第41条", "仮名加工情報の利用目的を公表する。")),
            "anonymised" => all.push(follows(
                "法第43条第3項",
                "匿名加工情報に含まれる情報の項目を公表する。",
            )),
            _ => {}
        }
        all
    }
}

fn follows(article: impl Into<String>, duty: impl Into<String>) -> Consequence {
    Consequence {
        article: article.into(),
        duty: duty.into(),
    }
}

#[cfg(test)]
mod tests;
