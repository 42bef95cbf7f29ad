//! Where each state of a definition stands, found by its name.

use std::collections::HashMap;

use serde_json::Value;

/// The states of a definition.
#[derive(Debug, Default)]
pub(crate) struct Outline<'a> {
    by_name: HashMap<&'a str, Vec<Outlined<'a>>>,
}

/// One state of a definition.
#[derive(Debug)]
pub(crate) struct Outlined<'a> {
    /// Its JSON pointer.
    pub(crate) pointer: String,
    /// The Parallel or Map around it.
    pub(crate) container: Option<&'a str>,
    /// The branch of the Parallel around it.
    pub(crate) branch: Option<u32>,
    /// What the definition says of it.
    pub(crate) state: &'a Value,
}

impl<'a> Outline<'a> {
    /// Reads a definition; what is none has no states.
    pub(crate) fn of(definition: Option<&'a Value>) -> Self {
        let mut outline = Self::default();
        if let Some(definition) = definition {
            outline.add(definition, "", None, None);
        }
        outline
    }

    /// The state of this name, in this container where several have the name.
    pub(crate) fn state(&self, name: &str, container: Option<&str>) -> Option<&Outlined<'a>> {
        let named = self.by_name.get(name)?;
        named.iter().find(|state| state.container == container).or_else(|| named.first())
    }

    fn add(
        &mut self,
        machine: &'a Value,
        at: &str,
        container: Option<&'a str>,
        branch: Option<u32>,
    ) {
        for (name, state) in machine["States"].as_object().into_iter().flatten() {
            let pointer = format!("{at}/States/{}", name.replace('~', "~0").replace('/', "~1"));
            let branches = state["Branches"].as_array().into_iter().flatten();
            for (number, inside) in (0u32..).zip(branches) {
                let at = format!("{pointer}/Branches/{number}");
                self.add(inside, &at, Some(name), Some(number));
            }
            for field in ["ItemProcessor", "Iterator"] {
                if let Some(inside) = state.get(field) {
                    self.add(inside, &format!("{pointer}/{field}"), Some(name), None);
                }
            }
            let outlined = Outlined { pointer, container, branch, state };
            self.by_name.entry(name).or_default().push(outlined);
        }
    }
}
