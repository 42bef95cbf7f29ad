//! The texts that a stack makes of a template's functions.

use std::collections::BTreeMap;

use serde_json::Value;

/// A stack: what its parameters, its resources and CloudFormation's own names (`AWS::Region`) are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stack(BTreeMap<String, String>);

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Stack {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        Self(values.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Stack {
    /// The text that a value of the template is here: a text, a `Ref` or a `Fn::Sub`.
    pub(super) fn text(&self, value: &Value) -> Option<String> {
        if let Some(text) = value.as_str() {
            return Some(text.to_owned());
        }
        if let Some(name) = value.get("Ref").and_then(Value::as_str) {
            return self.0.get(name).cloned();
        }
        let mut rest = value.get("Fn::Sub")?.as_str()?;
        let mut text = String::new();
        while let Some((before, from)) = rest.split_once("${") {
            let (name, after) = from.split_once('}')?;
            text.push_str(before);
            text.push_str(self.0.get(name)?);
            rest = after;
        }
        text.push_str(rest);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_that_the_stack_does_not_have_has_no_text() {
        let stack: Stack = [("AWS::Region", "eu-central-1"), ("Queue", "q")].into_iter().collect();
        let check = |value: Value, expected: Option<&str>| {
            assert_eq!(stack.text(&value).as_deref(), expected, "{value}");
        };
        check(json!("*"), Some("*"));
        check(json!({"Ref": "Queue"}), Some("q"));
        check(json!({"Fn::Sub": "a:${AWS::Region}:${Queue}/x"}), Some("a:eu-central-1:q/x"));
        check(json!({"Fn::Sub": "a:${Other}"}), None);
        check(json!({"Fn::GetAtt": ["Queue", "Arn"]}), None);
    }
}
