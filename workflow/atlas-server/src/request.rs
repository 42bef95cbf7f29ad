//! Reads the fields of a request, and says all that is wrong with them at once, as AWS words it.

use serde_json::{Map, Value};

use crate::api_error::ApiError;
pub(crate) use crate::shapes::*;

/// The fields of a request while they are read. What is wrong comes out of `finish`.
pub(crate) struct Fields<'a> {
    fields: &'a Map<String, Value>,
    /// Where they stand in the request: `tags.1.member.`
    at: String,
    violations: Vec<String>,
    mistyped: Option<ApiError>,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(fields: &'a Map<String, Value>) -> Self {
        Self { fields, at: String::new(), violations: Vec::new(), mistyped: None }
    }

    /// A text that may be absent.
    pub(crate) fn text(&mut self, name: &str, shape: Text) -> Option<&'a str> {
        let text = match self.fields.get(name)? {
            Value::Null => return None,
            Value::String(text) => text.as_str(),
            other => return self.mistyped(other, "a String"),
        };
        let length = text.chars().count();
        let mut constraints = Vec::new();
        if length < shape.least {
            constraints
                .push(format!("Member must have length greater than or equal to {}", shape.least));
        }
        if length > shape.most {
            constraints
                .push(format!("Member must have length less than or equal to {}", shape.most));
        }
        if let Some(pattern) = shape.pattern
            && !(pattern.admits)(text)
        {
            let shown = pattern.shown;
            constraints.push(format!("Member must satisfy regular expression pattern: {shown}"));
        }
        let shown = if shape.is_sensitive { String::new() } else { format!(" '{text}'") };
        for constraint in constraints {
            self.violated(&shown, name, &constraint);
        }
        Some(text)
    }

    /// A text that must be there; empty where it is not.
    pub(crate) fn required_text(&mut self, name: &str, shape: Text) -> &'a str {
        let text = self.text(name, shape);
        self.require(name);
        text.unwrap_or_default()
    }

    /// A whole number from 0.
    pub(crate) fn number(&mut self, name: &str, most: u64) -> Option<usize> {
        self.number_within(name, 0, Some(most)).and_then(|number| usize::try_from(number).ok())
    }

    /// A whole number.
    pub(crate) fn number_within(
        &mut self,
        name: &str,
        least: i64,
        most: Option<u64>,
    ) -> Option<i64> {
        let value = self.decimal(name, "an Integer")?.trunc();
        self.bound(name, value, least as f64, most.map(|most| most as f64));
        Some(value as i64)
    }

    /// A number with a fraction.
    pub(crate) fn decimal_within(&mut self, name: &str, least: f64, most: f64) -> Option<f64> {
        let value = self.decimal(name, "a Float")?;
        self.bound(name, value, least, Some(most));
        Some(value)
    }

    fn decimal(&mut self, name: &str, expected: &str) -> Option<f64> {
        match self.fields.get(name)? {
            Value::Null => None,
            Value::Number(number) => number.as_f64(),
            other => self.mistyped(other, expected),
        }
    }

    fn bound(&mut self, name: &str, value: f64, least: f64, most: Option<f64>) {
        let shown = format!(" '{value}'");
        if value < least {
            let constraint = format!("Member must have value greater than or equal to {least}");
            self.violated(&shown, name, &constraint);
        } else if let Some(most) = most
            && value > most
        {
            let constraint = format!("Member must have value less than or equal to {most}");
            self.violated(&shown, name, &constraint);
        }
    }

    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.fields.get(name)? {
            Value::Null => None,
            Value::Bool(flag) => Some(*flag),
            other => self.mistyped(other, "a Boolean"),
        }
    }

    /// One of some words, which stand in the order in which AWS lists them.
    pub(crate) fn word(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let text = self.text(name, DATA)?;
        let known = words.iter().find(|word| **word == text);
        if known.is_none() {
            let constraint = format!("Member must satisfy enum value set: [{}]", words.join(", "));
            self.violated(&format!(" '{text}'"), name, &constraint);
        }
        known.copied()
    }

    pub(crate) fn structure(&mut self, name: &str) -> Option<&'a Map<String, Value>> {
        match self.fields.get(name)? {
            Value::Null => None,
            Value::Object(fields) => Some(fields),
            other => self.mistyped(other, "a structure"),
        }
    }

    /// A structure whose own fields are read with what is answered, which is then to be absorbed.
    pub(crate) fn part(&mut self, name: &str) -> Option<Fields<'a>> {
        let fields = self.structure(name)?;
        Some(Self { at: format!("{}{name}.", self.at), ..Self::new(fields) })
    }

    pub(crate) fn list(&mut self, name: &str) -> Option<&'a [Value]> {
        match self.fields.get(name)? {
            Value::Null => None,
            Value::Array(items) => Some(items),
            other => self.mistyped(other, "a list"),
        }
    }

    /// The structures in a list, as `part` gives one.
    pub(crate) fn parts(&mut self, name: &str) -> Vec<Fields<'a>> {
        let items = self.list(name).unwrap_or_default();
        (1..)
            .zip(items)
            .filter_map(|(number, item)| match item {
                Value::Object(fields) => {
                    let at = format!("{}{name}.{number}.member.", self.at);
                    Some(Self { at, ..Self::new(fields) })
                }
                other => self.mistyped(other, "a structure"),
            })
            .collect()
    }

    /// Notes that a field must be there.
    pub(crate) fn require(&mut self, name: &str) {
        if self.fields.get(name).is_none_or(Value::is_null) {
            self.violated(" null", name, "Member must not be null");
        }
    }

    /// Notes what is wrong with a field; `shown` is its value after a space, or nothing.
    pub(crate) fn violated(&mut self, shown: &str, name: &str, constraint: &str) {
        let at = &self.at;
        self.violations.push(format!(
            "Value{shown} at '{at}{name}' failed to satisfy constraint: {constraint}"
        ));
    }

    /// Notes that a part of a field is of another type than it should be.
    pub(crate) fn mistyped<T>(&mut self, found: &Value, expected: &str) -> Option<T> {
        let found = match found {
            Value::Null => "NULL_VALUE",
            Value::Bool(true) => "TRUE_VALUE",
            Value::Bool(false) => "FALSE_VALUE",
            Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
            Value::Number(_) => "NUMBER_VALUE",
            Value::String(_) => "STRING_VALUE",
            Value::Array(_) => "START_ARRAY",
            Value::Object(_) => "START_OBJECT",
        };
        let message = format!("{found} can not be converted to {expected}");
        self.mistyped.get_or_insert_with(|| ApiError::not_serialized(&message));
        None
    }

    /// Takes over what is wrong with a part of a field.
    pub(crate) fn absorb(&mut self, part: Fields<'_>) {
        self.violations.extend(part.violations);
        self.mistyped = self.mistyped.take().or(part.mistyped);
    }

    /// Types come first, then everything else that is wrong.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        if let Some(error) = self.mistyped {
            return Err(error);
        }
        match self.violations.len() {
            0 => Ok(()),
            1 => Err(ApiError::validation(format!(
                "1 validation error detected: {}",
                self.violations[0]
            ))),
            count => Err(ApiError::validation(format!(
                "{count} validation errors detected: {}",
                self.violations.join("; ")
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(request: Value, read: impl FnOnce(&mut Fields<'_>), expected: &str) {
        let Value::Object(fields) = request else { panic!("a request is an object") };
        let mut fields = Fields::new(&fields);
        read(&mut fields);
        let message = fields.finish().err().map(|error| error.body()["message"].clone());
        assert_eq!(message.as_ref().and_then(Value::as_str).unwrap_or_default(), expected);
    }

    /// Recorded from AWS (test_sfn_api, list_executions_pagination and status_filter).
    #[test]
    fn what_is_wrong_is_said_in_the_words_of_aws() {
        check(
            json!({"maxResults": 1001}),
            |fields| {
                fields.number("maxResults", 1000);
            },
            "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: \
             Member must have value less than or equal to 1000",
        );
        check(
            json!({"statusFilter": "succeeded"}),
            |fields| {
                fields.word("statusFilter", &["SUCCEEDED", "RUNNING"]);
            },
            "1 validation error detected: Value 'succeeded' at 'statusFilter' failed to satisfy \
             constraint: Member must satisfy enum value set: [SUCCEEDED, RUNNING]",
        );
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once_but_types_come_first() {
        let read = |fields: &mut Fields<'_>| {
            fields.required_text("name", NAME);
            fields.required_text("roleArn", ARN);
        };
        check(
            json!({"name": ""}),
            read,
            "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member \
             must have length greater than or equal to 1; Value null at 'roleArn' failed to satisfy \
             constraint: Member must not be null",
        );
        check(json!({"name": 5}), read, "NUMBER_VALUE can not be converted to a String");
    }

    #[test]
    fn a_secret_is_not_repeated() {
        check(
            json!({"taskToken": "x".repeat(2_049)}),
            |fields| {
                fields.required_text("taskToken", TASK_TOKEN);
            },
            "1 validation error detected: Value at 'taskToken' failed to satisfy constraint: Member \
             must have length less than or equal to 2048",
        );
    }
}
