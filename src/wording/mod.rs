//! Data to Japanese: reasons, next steps, refusals. Only here, in the faces,
//! in templates and in the docs does a next step become the name of a
//! command.

mod attempt;

pub use attempt::attempts;
