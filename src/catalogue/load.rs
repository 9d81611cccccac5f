//! Reads the kinds from `templates/letters/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::checks::{
    check_dating, check_groups, check_outcomes, check_restricted, check_rules, check_titles,
};
use super::field::{self, Field, FieldShape};
use super::letter_toml::{LetterToml, read_outcomes};
use super::typing::{TYPING, Typing};
use super::words::check_words;
use super::{Catalogue, Form, Kind, Outcome};
use crate::domain::in_one_line;
use crate::files::{self, Entry, Folder, Unreadable};

/// Why the catalogue does not load. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct CatalogueError {
    /// The file or folder at fault.
    pub path: PathBuf,
    /// What is wrong and what to do, in Japanese.
    pub problem: String,
}

impl Catalogue {
    /// Loads every kind below `templates/letters/`, with the common field
    /// groups of `templates/lib/envelope.schema.json`.
    ///
    /// # Errors
    /// Every problem found, so that an office mends them in one go.
    pub fn load(templates: &Path) -> Result<Self, Vec<CatalogueError>> {
        let groups = read_groups(templates).map_err(|problem| vec![problem])?;
        let typing = read_typing(templates).map_err(|problem| vec![problem])?;
        let path = templates.join("letters");
        let unreadable = |error: Unreadable| {
            vec![CatalogueError {
                problem: format!(
                    "書簡の種類のフォルダー：{}設定の templates を確かめてください。",
                    error.problem()
                ),
                path: error.path,
            }]
        };
        let folder = Folder::open(templates)
            .and_then(|templates| templates.folder("letters"))
            .map_err(unreadable)?;
        let mut kinds = BTreeMap::new();
        let mut problems = Vec::new();
        for name in folder.names().map_err(unreadable)? {
            match folder.entry(&name) {
                Ok(Entry::File) => continue,
                Ok(Entry::Folder) => {}
                Err(error) => {
                    problems.push(error.into());
                    continue;
                }
            }
            match read_kind(templates, &name, (&groups, &typing)) {
                Ok(kind) => {
                    kinds.insert(kind.code.clone(), kind);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if kinds.is_empty() && problems.is_empty() {
            problems.push(CatalogueError {
                path,
                problem: "書簡の種類が1つもありません。".to_owned(),
            });
        }
        if problems.is_empty() {
            Ok(Catalogue { kinds })
        } else {
            problems.sort_by(|a, b| a.path.cmp(&b.path));
            Err(problems)
        }
    }
}

impl From<Unreadable> for CatalogueError {
    fn from(error: Unreadable) -> Self {
        CatalogueError {
            problem: error.problem(),
            path: error.path,
        }
    }
}

fn read_groups(templates: &Path) -> Result<Map<String, Value>, CatalogueError> {
    let file = "lib/envelope.schema.json";
    let value = read_json(templates, file)?;
    value
        .get("groups")
        .and_then(Value::as_object)
        .cloned()
        .ok_or_else(|| CatalogueError {
            path: templates.join(file),
            problem: "groups がありません。".to_owned(),
        })
}

/// What may be typed for the words of the forms; nothing where no file says it.
pub(super) fn read_typing(templates: &Path) -> Result<Arc<Typing>, CatalogueError> {
    let text = match files::text_below(templates, TYPING) {
        Ok(text) => text,
        Err(error) if error.is_absent() => return Ok(Arc::default()),
        Err(error) => return Err(error.into()),
    };
    let typing = Typing::parse(&text).map_err(|problem| CatalogueError {
        path: templates.join(TYPING),
        problem,
    })?;
    Ok(Arc::new(typing))
}

/// The folder of a kind: its files, and what is wrong with them.
struct KindFolder<'a> {
    templates: &'a Path,
    code: &'a str,
}

impl KindFolder<'_> {
    /// A file of it, as a path below the templates.
    fn file(&self, name: &str) -> String {
        format!("letters/{}/{name}", self.code)
    }

    fn fail(&self, name: &str, problem: String) -> CatalogueError {
        CatalogueError {
            path: self.templates.join(self.file(name)),
            problem,
        }
    }

    /// What `letter.toml` says, as far as it is sound by itself.
    fn letter(&self) -> Result<LetterToml, CatalogueError> {
        let name = "letter.toml";
        let text = files::text_below(self.templates, self.file(name))?;
        let unreadable = |error: toml::de::Error| self.fail(name, error.to_string());
        let letter: LetterToml = toml::from_str(&text).map_err(unreadable)?;
        let table: toml::Table = toml::from_str(&text).map_err(unreadable)?;
        check_words(&serde_json::to_value(&table).unwrap_or_default())
            .map_err(|p| self.fail(name, p))?;
        if !is_folder_name(&letter.mail) {
            let problem = format!(
                "mail の「{}」は、templates/mail の中のフォルダーの名前ではありません。",
                in_one_line(&letter.mail, 40)
            );
            return Err(self.fail(name, problem));
        }
        Ok(letter)
    }

    /// Whether there is something to set a page from.
    fn check_template(&self) -> Result<(), CatalogueError> {
        let name = "letter.typ";
        match files::open_below(self.templates, self.file(name)) {
            Ok(_) => Ok(()),
            Err(error) if error.is_absent() => {
                Err(self.fail(name, "書式のファイルがありません。".to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn read_kind(
    templates: &Path,
    code: &str,
    (groups, typing): (&Map<String, Value>, &Arc<Typing>),
) -> Result<Kind, CatalogueError> {
    let folder = KindFolder { templates, code };
    if !is_code(code) {
        return Err(folder.fail(
            "",
            "フォルダー名は小文字の英字、数字、ハイフンだけにしてください。".to_owned(),
        ));
    }
    let in_letter = |problem| folder.fail("letter.toml", problem);
    let in_schema = |problem| folder.fail("record.schema.json", problem);
    let letter = folder.letter()?;
    folder.check_template()?;
    let own = read_json(templates, &folder.file("record.schema.json"))?;
    check_groups(&letter, groups).map_err(in_letter)?;
    let schema = merge(&letter, groups, &own).map_err(in_schema)?;
    let mut fields = field::fields_of(&schema).map_err(in_schema)?;
    check_titles(&fields).map_err(in_schema)?;
    check_dating(&own, &fields).map_err(in_schema)?;
    let outcomes = read_outcomes(&letter.outcomes).map_err(in_letter)?;
    check_outcomes(&outcomes, &fields).map_err(in_letter)?;
    check_rules(&letter, &outcomes, &fields).map_err(in_letter)?;
    check_restricted(&letter, &outcomes, &fields).map_err(in_letter)?;
    name_outcomes(&mut fields, &outcomes);
    let validator = compile(&schema).map_err(in_schema)?;
    Ok(Kind {
        form: Form {
            code: code.to_owned(),
            name: letter.name,
            fields,
            schema,
            validator,
            typing: Arc::clone(typing),
        },
        series: letter.series,
        mail: letter.mail,
        addressee: letter.addressee,
        ways: letter.ways,
        confidential: letter.confidential.unwrap_or(letter.decides.is_some()),
        decides: letter.decides,
        fee: letter.fee,
        enabled: letter.enabled,
        outcomes,
        rules: letter.rules,
    })
}

pub(super) fn compile(schema: &Value) -> Result<jsonschema::Validator, String> {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .map_err(|error| error.to_string())
}

/// Joins the `outcome` field, the common groups and the kind's own schema.
fn merge(letter: &LetterToml, groups: &Map<String, Value>, own: &Value) -> Result<Value, String> {
    let outcomes: Vec<&String> = letter.outcomes.keys().collect();
    let mut properties = Map::new();
    let mut required = vec![json!("outcome")];
    properties.insert(
        "outcome".to_owned(),
        json!({
            "type": "string",
            "title": "結果区分",
            "description": "この書簡の結果の区分。",
            "enum": outcomes,
        }),
    );
    for name in &letter.groups {
        let group = groups.get(name).ok_or_else(|| {
            format!(
                "letter.toml の groups にある「{name}」は lib/envelope.schema.json にありません。"
            )
        })?;
        add(group, &mut properties, &mut required)?;
    }
    add(own, &mut properties, &mut required)?;
    Ok(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "required": required,
    }))
}

fn add(
    part: &Value,
    properties: &mut Map<String, Value>,
    required: &mut Vec<Value>,
) -> Result<(), String> {
    if let Some(own) = part.get("properties").and_then(Value::as_object) {
        for (name, schema) in own {
            if properties.insert(name.clone(), schema.clone()).is_some() {
                return Err(format!("項目「{name}」が2度定められています。"));
            }
        }
    }
    if let Some(names) = part.get("required").and_then(Value::as_array) {
        required.extend(names.iter().cloned());
    }
    Ok(())
}

/// Gives the `outcome` choices their Japanese labels.
fn name_outcomes(fields: &mut [Field], outcomes: &[Outcome]) {
    for field in fields.iter_mut().filter(|field| field.name == "outcome") {
        if let FieldShape::Choice(choices) = &mut field.shape {
            for (choice, outcome) in choices.iter_mut().zip(outcomes) {
                choice.label.clone_from(&outcome.label);
            }
        }
    }
}

pub(super) fn read_json(templates: &Path, file: &str) -> Result<Value, CatalogueError> {
    let fail = |problem: String| CatalogueError {
        path: templates.join(file),
        problem,
    };
    let text = files::text_below(templates, file)?;
    let value = serde_json::from_str(&text)
        .map_err(|error| fail(format!("JSON として読めません({error})。")))?;
    check_words(&value).map_err(fail)?;
    Ok(value)
}

/// Whether a name is one folder's in another, and leads nowhere else.
fn is_folder_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains('/')
}

fn is_code(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
