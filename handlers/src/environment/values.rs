//! The variables that are set.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::variables;

/// Variables by name. Cheap to clone; it never shows a value.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(Arc<BTreeMap<String, String>>);

impl Environment {
    /// What the process was started with, of the variables that a handler reads.
    pub fn of_process() -> Self {
        let values = variables::ALL.iter().filter_map(|variable| {
            Some((variable.name, std::env::var_os(variable.name)?.into_string().ok()?))
        });
        values.collect()
    }

    /// The value of a variable, as it was set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self(Arc::new(values.collect()))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_names_and_no_values() {
        let environment = Environment::from_iter([("PHONE_HASH_KEY", "0123456789abcdef")]);
        assert_eq!(format!("{environment:?}"), "{\"PHONE_HASH_KEY\"}");
    }
}
