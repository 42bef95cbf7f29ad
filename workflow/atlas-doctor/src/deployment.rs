//! The deployment that is looked at, by its variables.

use std::collections::BTreeSet;

use handlers::environment::{Absent, Environment, InvalidVariable, Variable, variables};
use serde_json::{Map, Value};

const fn endpoint(name: &'static str, meaning: &'static str) -> Variable {
    Variable { name, absent: Absent::None, meaning, expected: "`http://` or `https://` and a host" }
}

pub(crate) const AWS_ENDPOINT_URL_STS: Variable = endpoint("AWS_ENDPOINT_URL_STS", "where STS is");
pub(crate) const AWS_ENDPOINT_URL_SERVICE_QUOTAS: Variable =
    endpoint("AWS_ENDPOINT_URL_SERVICE_QUOTAS", "where Service Quotas is");
pub(crate) const AWS_ENDPOINT_URL_EVENTBRIDGE: Variable =
    endpoint("AWS_ENDPOINT_URL_EVENTBRIDGE", "where EventBridge is");
pub(crate) const CONTACT_EVENTS_QUEUE_URL: Variable = Variable {
    name: "CONTACT_EVENTS_QUEUE_URL",
    absent: Absent::None,
    meaning: "the queue of contact events, where it has another name",
    expected: "the URL of a queue",
};

/// What is read here beside the variables of the handlers.
pub const OWN_VARIABLES: [Variable; 4] = [
    AWS_ENDPOINT_URL_STS,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS,
    AWS_ENDPOINT_URL_EVENTBRIDGE,
    CONTACT_EVENTS_QUEUE_URL,
];

/// A deployment, by its variables.
#[derive(Debug, Clone)]
pub struct Deployment {
    environment: Environment,
    invalid: Vec<InvalidVariable>,
    differing: BTreeSet<String>,
    has_machines: bool,
}

/// A text that tells no variables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Unreadable {
    /// Which one, from 0.
    pub text: usize,
    problem: Problem,
}

/// What is wrong with a text. No value of a variable is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error(
        "line {0} tells no variable; expected NAME=value, or a function's configuration in JSON"
    )]
    Line(usize),
    #[error("`{0}` is no text; expected its value in quotes, as Lambda has every variable")]
    NoText(String),
}

impl Deployment {
    /// What these variables describe.
    pub fn new(environment: Environment) -> Self {
        let invalid = environment.invalid_variables();
        Self { environment, invalid, differing: BTreeSet::new(), has_machines: true }
    }

    /// The same where nobody can say where the machines are, as of a sandbox alone: they are not looked at, and
    /// their variable is not missed.
    #[must_use]
    pub fn without_machines(mut self) -> Self {
        self.invalid.retain(|it| it.name != variables::ATLAS_ENGINE_WORKFLOW_ARN.name);
        self.has_machines = false;
        self
    }

    /// What the variables of this process describe.
    #[must_use]
    pub fn of_process() -> Self {
        let read = |variable: &Variable| {
            Some((variable.name, std::env::var_os(variable.name)?.into_string().ok()?))
        };
        Self::new(variables::ALL.iter().chain(&OWN_VARIABLES).filter_map(read).collect())
    }

    /// What these texts describe together: lines like `NAME=value`, as `atlas sandbox` prints them, or the JSON
    /// object of a function's variables, as Lambda has it. Where none has credentials or a Region, those of this
    /// process are used.
    ///
    /// # Errors
    /// Where a text is neither.
    pub fn of_texts(texts: &[String]) -> Result<Self, Unreadable> {
        let mut values: Vec<(String, String)> = Vec::new();
        let mut differing = BTreeSet::new();
        for (text, content) in texts.iter().enumerate() {
            for (name, value) in read(content).map_err(|problem| Unreadable { text, problem })? {
                match values.iter().find(|(known, _)| *known == name) {
                    Some((_, known)) if *known != value => drop(differing.insert(name)),
                    Some(_) => {}
                    None => values.push((name, value)),
                }
            }
        }
        let has = |name: &str| values.iter().any(|(known, _)| known == name);
        let mut inherited = vec!["AWS_REGION", "AWS_DEFAULT_REGION"];
        if !has(variables::AWS_ACCESS_KEY_ID.name) {
            inherited.extend(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]);
        }
        let of_process: Vec<(String, String)> = inherited
            .into_iter()
            .filter(|name| !has(name))
            .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
            .collect();
        let known = Self::new(values.into_iter().chain(of_process).collect());
        Ok(Self { differing, ..known })
    }

    pub(crate) fn has_machines(&self) -> bool {
        self.has_machines
    }

    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What is wrong with the variables themselves.
    pub(crate) fn invalid(&self) -> &[InvalidVariable] {
        &self.invalid
    }

    /// The variables that one text has otherwise than another.
    pub(crate) fn differing(&self) -> &BTreeSet<String> {
        &self.differing
    }

    /// A variable's text, or its default.
    pub(crate) fn text(&self, variable: &Variable) -> Option<String> {
        variable.optional(&self.environment)
    }

    /// A number that was found right, or its default.
    pub(crate) fn count(&self, variable: &Variable) -> Option<u32> {
        variable.count(&self.environment).ok()
    }
}

/// The variables of one text.
fn read(text: &str) -> Result<Vec<(String, String)>, Problem> {
    if text.trim_start().starts_with('{') {
        let told: Value =
            serde_json::from_str(text).map_err(|error| Problem::Line(error.line().max(1)))?;
        let text = |(name, value): (&String, &Value)| match value {
            Value::String(value) => Ok((name.clone(), value.clone())),
            _ => Err(Problem::NoText(name.clone())),
        };
        return variables(&told).into_iter().flatten().map(text).collect();
    }
    let mut values = Vec::new();
    for (index, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').ok_or(Problem::Line(index + 1))?;
        let value = value.trim();
        let quoted = ['"', '\'']
            .into_iter()
            .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
        values.push((name.trim().to_owned(), quoted.unwrap_or(value).to_owned()));
    }
    Ok(values)
}

/// Where a document has variables: a function's configuration, as `get-function-configuration` and `get-function` tell
/// it, or an object of nothing else. None where a function has no variables, which Lambda then leaves out.
fn variables(told: &Value) -> Option<&Map<String, Value>> {
    let function = told.get("Configuration").unwrap_or(told);
    if function.get("FunctionName").is_some() {
        return function["Environment"]["Variables"].as_object();
    }
    let nested = [&told["Environment"]["Variables"], &told["Variables"]];
    nested.into_iter().find_map(Value::as_object).or_else(|| told.as_object())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read_as_the_sandbox_and_others_write_them_and_as_lambda_tells_them() {
        let of = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            Deployment::of_texts(&texts)
        };
        let lines = "# of the stack\nexport CALLS_TABLE=Mine\n\nPHONE_HASH_KEY=\"a=b c\"\n";
        let told =
            r#"{"FunctionName": "F", "Environment": {"Variables": {"CALLS_TABLE": "Mine"}}}"#;
        let other = r#"{"CALLS_TABLE": "Other"}"#;
        let deployment = of(&[lines, told]).unwrap();
        let value = |name: &str| deployment.environment().get(name).map(str::to_owned);
        assert_eq!(value("CALLS_TABLE").as_deref(), Some("Mine"));
        assert_eq!(value("PHONE_HASH_KEY").as_deref(), Some("a=b c"));
        assert!(deployment.differing().is_empty());
        let differing = of(&[lines, other]).unwrap().differing().clone();
        assert_eq!(differing, ["CALLS_TABLE".to_owned()].into());
        let of_function = r#"{"Configuration": {"FunctionName": "F", "MemorySize": 1, "Environment": {"Variables":
            {"CALLS_TABLE": "Mine"}}}, "Tags": {}}"#;
        let without = r#"{"FunctionName": "F", "MemorySize": 512}"#;
        let deployment = of(&[of_function, without]).unwrap();
        assert_eq!(deployment.environment().get("CALLS_TABLE"), Some("Mine"));
        assert_eq!(deployment.environment().get("FunctionName"), None);
    }

    #[test]
    fn what_is_no_variable_is_refused_with_its_place_and_without_its_value() {
        let check = |texts: &[&str], text: usize, expected: &str| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            let refused = Deployment::of_texts(&texts).unwrap_err();
            assert_eq!(refused.text, text);
            assert!(refused.to_string().starts_with(expected), "{refused}");
        };
        check(&["A=1\nnothing"], 0, "line 2 tells no variable");
        check(&["A=1", "{\n!"], 1, "line 2 tells no variable");
        check(
            &[r#"{"RING_SECONDS": 31}"#],
            0,
            "`RING_SECONDS` is no text; expected its value in quotes",
        );
        check(&[r#"{"Environment": {"Variables": {"A": null}}}"#], 0, "`A` is no text");
        check(&[r#"{"A": {"B": "c"}}"#], 0, "`A` is no text");
    }
}
