//! What was found about a duty.

use super::data::Duty;
use super::text::Position;
use super::{Finding, Grade};
use crate::domain::Society;

/// What was found about a duty, before its words from the data are added.
pub(super) struct Found {
    pub subject: Option<String>,
    pub grade: Grade,
    pub places: Vec<Position>,
    problem: Option<String>,
    /// Parts that are not there.
    lacking: Vec<String>,
    /// The words in question.
    words: String,
    question: Option<String>,
    model: Option<String>,
}

impl Found {
    pub fn met(places: Vec<Position>) -> Self {
        Found {
            subject: None,
            grade: Grade::Met,
            places,
            problem: None,
            lacking: Vec::new(),
            words: String::new(),
            question: None,
            model: None,
        }
    }

    pub fn weak(places: Vec<Position>) -> Self {
        Found {
            grade: Grade::Weak,
            ..Found::met(places)
        }
    }

    pub fn missing(places: Vec<Position>) -> Self {
        Found {
            grade: Grade::Missing,
            ..Found::met(places)
        }
    }

    pub fn saying(mut self, problem: impl Into<String>) -> Self {
        self.problem = Some(problem.into());
        self
    }

    pub fn asking(mut self, question: &str) -> Self {
        self.question = Some(question.to_owned());
        self
    }

    /// About these words or this thing, one of several under the duty.
    pub fn about(mut self, subject: &str, words: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self.words = words.to_owned();
        self
    }

    pub fn suggesting(mut self, model: &str) -> Self {
        self.model = Some(model.to_owned());
        self
    }

    pub fn graded(mut self, grade: Grade) -> Self {
        self.grade = grade;
        self
    }

    pub fn lacking(mut self, parts: Vec<String>) -> Self {
        self.lacking = parts;
        self
    }

    /// The finding, in the words of the duty.
    pub fn of(self, duty: &Duty, society: &Society) -> Finding {
        let filled = |text: &str| fill(text, &self.words, &self.lacking, society);
        let open = self.grade != Grade::Met;
        let problem = self.problem.clone().or_else(|| {
            let default = match self.lacking.is_empty() {
                true => "公表事項に見当たりません。",
                false => "次のことが見当たりません：{lacking}。",
            };
            open.then(|| filled(duty.problem.as_deref().unwrap_or(default)))
        });
        let model = self.model.clone();
        let model = model.or_else(|| duty.model.as_deref().map(filled));
        Finding {
            code: duty.code.clone(),
            title: duty.title.clone(),
            article: duty.article.clone(),
            citation: duty.citation.clone(),
            asked: duty.asked.clone(),
            problem,
            remedy: open.then(|| filled(&duty.remedy)),
            model: model.filter(|_| open),
            subject: self.subject,
            grade: self.grade,
            places: self.places,
            question: self.question,
        }
    }
}

fn fill(text: &str, words: &str, lacking: &[String], society: &Society) -> String {
    let name = society.representative_name.as_deref();
    let representative = format!(
        "{}　{}",
        society.representative_title,
        name.unwrap_or("（氏名）")
    );
    text.replace("{words}", words)
        .replace("{lacking}", &lacking.join("、"))
        .replace("{name}", &society.name)
        .replace("{address}", &society.address.concat())
        .replace("{representative}", &representative)
        .replace("{telephone}", &society.complaint.telephone)
}
