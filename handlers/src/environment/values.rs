//! The variables that are set.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{InvalidVariable, variables};

/// Variables by name. Cheap to clone; it never shows a value.
#[derive(Clone, Default)]
pub struct Environment {
    values: Arc<BTreeMap<String, String>>,
    /// What was asked for, so that what functions are declared to read can be held to it.
    #[cfg(test)]
    asked: Arc<std::sync::Mutex<std::collections::BTreeSet<String>>>,
}

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
        #[cfg(test)]
        self.asked.lock().unwrap().insert(name.to_owned());
        self.values.get(name).map(String::as_str)
    }

    /// The names that somebody asked for.
    #[cfg(test)]
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().cloned().collect()
    }

    /// Everything that is wrong with it, at once. A handler that starts tells of the first only.
    pub fn invalid_variables(&self) -> Vec<InvalidVariable> {
        crate::clients::invalid_variables(self)
    }

    /// The same with another value of a variable, or without it.
    pub fn with(&self, name: &str, value: Option<&str>) -> Self {
        let mut values = (*self.values).clone();
        match value {
            Some(value) => values.insert(name.to_owned(), value.to_owned()),
            None => values.remove(name),
        };
        values.into_iter().collect()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self {
            values: Arc::new(values.collect()),
            #[cfg(test)]
            asked: Arc::default(),
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
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
