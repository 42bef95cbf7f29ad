//! Where time goes: a machine's state, a function, a service's operation.

use serde::Serialize;

/// A place, as narrow as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The machine's name.
    pub machine: Option<String>,
    /// The state's name.
    pub state: Option<String>,
    /// JSON pointer of the state in the machine's definition.
    pub pointer: Option<String>,
    /// The function's name.
    pub function: Option<String>,
    /// The service: `dynamodb`.
    pub service: Option<String>,
    /// Its operation: `PutItem`.
    pub operation: Option<String>,
}

impl Place {
    /// In one line: `Machine / State / Function / service:Operation`.
    pub fn words(&self) -> String {
        let call = match (&self.service, &self.operation) {
            (Some(service), Some(operation)) => Some(format!("{service}:{operation}")),
            (service, operation) => service.clone().or_else(|| operation.clone()),
        };
        let parts = [&self.machine, &self.state, &self.function, &call];
        let known: Vec<&str> = parts.into_iter().filter_map(|part| part.as_deref()).collect();
        if known.is_empty() { "the whole run".to_owned() } else { known.join(" / ") }
    }

    /// This place, and in it a call.
    pub(crate) fn call(&self, service: &str, operation: &str) -> Self {
        Self {
            service: Some(service.to_owned()),
            operation: Some(operation.to_owned()),
            ..self.clone()
        }
    }

    /// The function's part of it: what holds for the function wherever it is invoked.
    pub(crate) fn of_function(&self) -> Self {
        Self { machine: None, state: None, pointer: None, ..self.clone() }
    }
}

/// One spelling for the names of a service, which histories, X-Ray and clients write differently.
pub(crate) fn service_name(told: &str) -> String {
    told.to_lowercase().replace([' ', '_'], "")
}

/// One spelling for the names of an operation: histories write `putItem`, X-Ray `PutItem`.
pub(crate) fn operation_name(told: &str) -> String {
    let mut letters = told.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
