//! The entries of a JSON file made into records.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::catalogue::{Form, Forms};
use crate::text::characters::Characters;

use super::check::check;
use super::columns::{is_kind_key, is_named, is_remark, position, put_sole_choices, unknown_key};
use super::convert::from_json;
use super::findings::{Findings, excerpt, shortened};
use super::json::{Entry, Json};
use super::labels::Counting;
use super::labels::Labels;
use super::problem::Original;
use super::table::choose;
use super::{Row, Settle, conclude, refuse};

/// A JSON file's entries.
pub(super) struct Entries<'a> {
    json: Json,
    forms: Forms<'a>,
    /// The kind all entries must be of, if the caller named one.
    form: Option<&'a Form>,
    characters: &'a Characters,
    labels: Arc<Labels>,
    last: u64,
    ended: bool,
}

impl<'a> Entries<'a> {
    pub(super) fn new(
        json: Json,
        counting: Counting,
        forms: Forms<'a>,
        form: Option<&'a Form>,
        characters: &'a Characters,
    ) -> Self {
        // The forms of one folder have one way of being typed.
        let first = form.or_else(|| forms.iter().next());
        let typing = first.map(|form| Arc::clone(&form.typing));
        let typing = typing.unwrap_or_default();
        Entries {
            json,
            forms,
            form,
            characters,
            labels: Labels::of_json(counting, typing),
            last: 0,
            ended: false,
        }
    }

    /// The next entry; `settle` may rewrite what it means before it is checked.
    pub(super) fn next(&mut self, settle: Option<&Settle<'_>>) -> Option<Row> {
        if self.ended {
            return None;
        }
        match self.json.next() {
            Ok(Some(entry)) => {
                self.last = entry.number;
                Some(self.record(entry, settle))
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(_) => {
                self.ended = true;
                let mut findings = Findings::new(self.last + 1, &self.labels);
                let problem = "ここから後を読めませんでした。";
                let remedy = "保存し直したファイルで、残りを受け付けてください。";
                findings.add_at("", problem, remedy);
                let original = Original::Json(Value::Object(Map::new()));
                Some(refuse(self.last + 1, original, findings))
            }
        }
    }

    fn record(&self, entry: Entry, settle: Option<&Settle<'_>>) -> Row {
        let number = entry.number;
        let mut findings = Findings::new(number, &self.labels);
        let object = match entry.content {
            Ok(object) => object,
            Err(unread) => {
                let (problem, remedy) = unread.why.words();
                findings.add_at("", problem, remedy);
                return refuse(number, Original::Line(unread.line), findings);
            }
        };
        let original = Original::Json(Value::Object(object.clone()));
        if !entry.repeated.is_empty() {
            // Which of the values is meant decides what else is wrong.
            for repeated in &entry.repeated {
                let problem = format!("同じ項目が{}度書かれています。", repeated.times);
                findings.add_at(&repeated.path, &problem, "1つにしてください。");
            }
            return refuse(number, original, findings);
        }
        let Some(form) = self.form_of(&object, &mut findings) else {
            return refuse(number, original, findings);
        };
        let mut values = Map::new();
        let mut seen = vec![false; form.fields.len()];
        for (key, value) in object {
            let Some(index) = position(&form.fields, &key) else {
                if is_kind_key(&key) || is_remark(&key) {
                    continue;
                }
                if findings.is_full() {
                    // What the key may have been meant for is no longer told.
                    findings.add_at("", "", "");
                    continue;
                }
                let (problem, remedy) = unknown_key(&form.fields, &key);
                findings.add_at(&shortened(&key), problem, &remedy);
                continue;
            };
            let (Some(field), Some(seen)) = (form.fields.get(index), seen.get_mut(index)) else {
                continue;
            };
            let place = self.labels.place(field);
            if std::mem::replace(seen, true) {
                let problem = "同じ項目が2度書かれています。";
                findings.add(&place, problem, "1つにしてください。");
            } else if let Some(value) = from_json(field, value, &place, &mut findings) {
                values.insert(field.name.clone(), value);
            }
        }
        put_sole_choices(form, &mut values, &findings);
        if let Some(settle) = settle {
            settle(form, &mut values);
        }
        let values = check(
            form,
            self.forms.kind_of(form),
            self.characters,
            values,
            &mut findings,
        );
        conclude(number, form, values, original, findings)
    }

    /// The entry's own kind, which must agree with the caller's.
    fn form_of(&self, object: &Map<String, Value>, findings: &mut Findings) -> Option<&'a Form> {
        let mut named = object.iter().filter(|(key, _)| is_kind_key(key));
        let own = named.next();
        if named.next().is_some() {
            let problem = "種別が2度書かれています。";
            findings.add_at("kind", problem, "1つにしてください。");
            return None;
        }
        let found = match (own, self.form) {
            (None | Some((_, Value::Null)), Some(form)) => return Some(form),
            (None | Some((_, Value::Null)), None) => {
                let problem = "書簡の種別がありません。";
                findings.add_at("kind", problem, &choose(self.forms));
                return None;
            }
            (Some((_, value)), _) => value.as_str().unwrap_or_default(),
        };
        if let Some(form) = self.form {
            if is_named(form, found) {
                return Some(form);
            }
            let problem = format!(
                "{}は、指定の種別「{}」と違います。",
                excerpt(found),
                form.name
            );
            findings.add_at("kind", &problem, "種別を直すか、ファイルを分けてください。");
            return None;
        }
        let form = self.forms.iter().find(|form| is_named(form, found));
        if form.is_none() {
            let problem = format!("種別{}はありません。", excerpt(found));
            findings.add_at("kind", &problem, &choose(self.forms));
        }
        form
    }
}
