//! Whether a mocked result fits the model of the answer that it stands for. The words are AWS's, as far
//! as they were recorded (test_field_validation_mode and test_field_validation_mode_present).

use serde_json::Value;

use super::{Mode, response_models::ResponseModel};

/// Why a result does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Misfit {
    #[error("Required field '{0}' is missing")]
    Missing(String),
    #[error("Field '{field}' must be {expected}")]
    Type { field: String, expected: &'static str },
    #[error("Field '{0}' is not an expected value")]
    Word(String),
    #[error("Field '{field}' {limit}")]
    Limit { field: String, limit: &'static str },
}

/// Says what does not fit, the first of it. A field that the model does not know is let pass
/// (recorded: field_not_part_of_api_spec).
pub(super) fn check(model: &ResponseModel, result: &Value, mode: Mode) -> Result<(), Misfit> {
    Check { model, mode }.value("result", result, &model.root)
}

struct Check<'m> {
    model: &'m ResponseModel,
    mode: Mode,
}

impl Check<'_> {
    fn value(&self, field: &str, value: &Value, shape: &Value) -> Result<(), Misfit> {
        match self.model.resolve(shape) {
            Value::String(scalar) => scalar_fits(field, value, scalar),
            Value::Object(fields) => {
                let Value::Object(given) = value else { return Err(mistyped(field, "an object")) };
                if self.mode == Mode::Strict {
                    let mut required = fields.keys().filter_map(|name| name.strip_prefix('!'));
                    if let Some(missing) = required.find(|name| !given.contains_key(*name)) {
                        return Err(Misfit::Missing(missing.to_owned()));
                    }
                }
                for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
                    let shape = fields.get(name).or_else(|| fields.get(&format!("!{name}")));
                    if let Some(shape) = shape {
                        self.value(name, value, shape)?;
                    }
                }
                Ok(())
            }
            Value::Array(parts) => self.compound(field, value, parts),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    fn compound(&self, field: &str, value: &Value, parts: &[Value]) -> Result<(), Misfit> {
        match (parts.first().and_then(Value::as_str), &parts[1..]) {
            (Some("s"), [least, most]) => {
                let text = value.as_str().ok_or_else(|| mistyped(field, "a string"))?;
                let length = Some(text.chars().count() as u64);
                if length < least.as_u64() {
                    return Err(limit(field, "is smaller than the minimum length"));
                }
                if most.as_u64().is_some() && length > most.as_u64() {
                    return Err(limit(field, "exceeds the maximum length"));
                }
                Ok(())
            }
            (Some("e"), words) => {
                let word = value.as_str().ok_or_else(|| mistyped(field, "a string"))?;
                let is_known = words.iter().any(|known| known == word);
                if is_known { Ok(()) } else { Err(Misfit::Word(field.to_owned())) }
            }
            (Some("n"), [least, most]) => {
                let number = value.as_f64().ok_or_else(|| mistyped(field, "a number"))?;
                if least.as_f64().is_some_and(|least| number < least) {
                    return Err(limit(field, "is less than the minimum value"));
                }
                if most.as_f64().is_some_and(|most| number > most) {
                    return Err(limit(field, "exceeds the maximum value"));
                }
                Ok(())
            }
            (Some("l"), [shape]) => {
                let items = value.as_array().ok_or_else(|| mistyped(field, "an array"))?;
                items.iter().try_for_each(|item| self.value(field, item, shape))
            }
            (Some("m"), [shape]) => {
                let entries = value.as_object().ok_or_else(|| mistyped(field, "an object"))?;
                entries.values().try_for_each(|entry| self.value(field, entry, shape))
            }
            _ => Ok(()),
        }
    }
}

fn scalar_fits(field: &str, value: &Value, scalar: &str) -> Result<(), Misfit> {
    let (fits, expected) = match scalar {
        "s" => (value.is_string(), "a string"),
        "n" => (value.is_number(), "a number"),
        "b" => (value.is_boolean(), "a boolean"),
        // A document is anything.
        _ => return Ok(()),
    };
    if fits { Ok(()) } else { Err(mistyped(field, expected)) }
}

fn mistyped(field: &str, expected: &'static str) -> Misfit {
    Misfit::Type { field: field.to_owned(), expected }
}

fn limit(field: &str, limit: &'static str) -> Misfit {
    Misfit::Limit { field: field.to_owned(), limit }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::response_models, *};

    fn check(service: &str, operation: &str, result: Value, mode: Mode, expected: &str) {
        let model = response_models::find(service, operation).expect("the service has it");
        let misfit = super::check(&model, &result, mode).err().map(|misfit| misfit.to_string());
        assert_eq!(misfit.unwrap_or_default(), expected, "{result}");
    }

    #[test]
    fn a_result_is_held_to_the_model_of_its_answer() {
        use Mode::{Present, Strict};
        for (service, operation, result, mode, expected) in [
            ("sqs", "SendMessage", json!({"MessageId": "m"}), Strict, ""),
            ("sqs", "SendMessage", json!({"MessageId": null}), Strict, ""),
            (
                "sqs",
                "SendMessage",
                json!({"MessageId": []}),
                Strict,
                "Field 'MessageId' must be a string",
            ),
            ("sqs", "SendMessage", json!([]), Strict, "Field 'result' must be an object"),
            (
                "sfn",
                "StartExecution",
                json!({"ExecutionArn": "a"}),
                Strict,
                "Required field 'StartDate' is missing",
            ),
            (
                "sfn",
                "StartExecution",
                json!({"ExecutionArn": ""}),
                Present,
                "Field 'ExecutionArn' is smaller than the minimum length",
            ),
            (
                "sfn",
                "StartExecution",
                json!({"ExecutionArn": "a".repeat(257)}),
                Present,
                "Field 'ExecutionArn' exceeds the maximum length",
            ),
            (
                "dynamodb",
                "GetItem",
                json!({"Item": {"k": {"BOOL": 1}}}),
                Strict,
                "Field 'BOOL' must be a boolean",
            ),
            (
                "dynamodb",
                "GetItem",
                json!({"Item": {"k": {"L": {}}}}),
                Strict,
                "Field 'L' must be an array",
            ),
            ("dynamodb", "GetItem", json!({"Item": []}), Strict, "Field 'Item' must be an object"),
            (
                "lambda",
                "GetFunction",
                json!({"Configuration": {"MemorySize": 10_241}}),
                Present,
                "Field 'MemorySize' exceeds the maximum value",
            ),
            (
                "lambda",
                "GetFunction",
                json!({"Configuration": {"Runtime": "cobol"}}),
                Present,
                "Field 'Runtime' is not an expected value",
            ),
        ] {
            check(service, operation, result, mode, expected);
        }
    }
}
