//! Changes of a definition, as they are made in its JSON: everything that is not changed stays as it is written.

mod edit;
mod flow;

mod of_paths;
mod of_variables;
mod parallel;
mod variable_names;

pub(crate) use edit::{Edit, apply};
pub(crate) use parallel::{Plan, duration, plans};
