//! One place where the templates of pages and mails are set up (minijinja):
//! what escapes what, what an unknown name does, how long one may run.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

/// Steps a text may take: what the mail of a letter needs a hundred times
/// over. It bounds time and, at 64 bytes a step, memory.
const FUEL: u64 = 50_000;

/// Web pages and feeds: what is escaped is told by the ending of a template's
/// name, and a name that is not there is an error.
pub fn of_web() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}

/// Plain texts, such as mails: nothing is escaped, a name that is not there is
/// an error, and a line with nothing but a tag leaves no line behind.
///
/// # Errors
/// When the syntax cannot be set, which is a bug.
pub fn of_texts() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    // In debug mode an error would print the values in scope: names.
    environment.set_debug(false);
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    environment.set_fuel(Some(FUEL));
    Ok(environment)
}

/// Fills the one template of a web page. `name` decides by its ending what is
/// escaped; the template sees `value` under the name `key`.
///
/// # Errors
/// When the template is wrong.
pub fn web_page(
    name: &str,
    source: &str,
    (key, value): (&str, &impl Serialize),
) -> Result<String, minijinja::Error> {
    let mut environment = of_web();
    environment.add_template_owned(name.to_owned(), source.to_owned())?;
    let page = environment.get_template(name)?;
    page.render(Serde(BTreeMap::from([(key, value)])))
}
