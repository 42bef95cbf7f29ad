//! What a lead has to be as JSON Schema, for forms: the table that the front door and the machine's first
//! state read, in another notation.

use serde_json::{Map, Value, json};

use super::{
    Intake, MAX_ATTEMPTS,
    intake_check::{Field, GROUPS, Must},
};

/// Marks what tells of a person, so that a page hides it where it only shows it.
const PERSONAL: &str = "x-personal";

impl Intake {
    /// Its JSON Schema. Members that are not named are kept.
    pub fn json_schema() -> Value {
        let mut schema = Value::Null;
        for field in GROUPS.into_iter().flatten() {
            let pointer = field.pointer();
            let Some((parent, name)) = pointer.rsplit_once('/') else {
                schema = field.schema();
                continue;
            };
            let place = parent.replace('/', "/properties/");
            let parent = schema.pointer_mut(&place).expect("objects stand before their fields");
            parent["properties"][name] = field.schema();
            if let Some(required) = parent["required"].as_array_mut() {
                required.push(name.into());
            }
        }
        schema
    }
}

impl Field {
    fn schema(&self) -> Value {
        let mut schema = Map::new();
        schema.insert("description".into(), self.expected.into());
        match self.must {
            Must::BeObject => {
                schema.insert("type".into(), "object".into());
                schema.insert("properties".into(), json!({}));
                schema.insert("required".into(), json!([]));
            }
            Must::BeBoolean => {
                schema.insert("type".into(), "boolean".into());
            }
            Must::BeText => {
                schema.insert("type".into(), "string".into());
            }
            Must::Match(pattern) => {
                schema.insert("type".into(), "string".into());
                schema.insert("pattern".into(), pattern.source().into());
            }
            Must::BeAttempts => {
                schema.insert("type".into(), "integer".into());
                schema.insert("minimum".into(), 1.into());
                schema.insert("maximum".into(), MAX_ATTEMPTS.into());
            }
        }
        if self.personal {
            schema.insert(PERSONAL.into(), true.into());
        }
        Value::Object(schema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LEADS;

    /// Whether each member that a schema requires is there, and of its type.
    fn fits(schema: &Value, document: &Value) -> bool {
        match schema["type"].as_str() {
            Some("object") => schema["required"].as_array().unwrap().iter().all(|name| {
                let name = name.as_str().unwrap();
                let member = document.get(name);
                member.is_some_and(|member| fits(&schema["properties"][name], member))
            }),
            Some("boolean") => document.is_boolean(),
            Some("string") => document.is_string(),
            Some("integer") => document.is_u64(),
            _ => false,
        }
    }

    #[test]
    fn the_sample_leads_are_of_the_schema_and_lack_nothing_but_a_key() {
        let schema = Intake::json_schema();
        assert_eq!(schema["properties"]["lead"]["properties"]["phone"]["x-personal"], true);
        assert_eq!(schema["properties"]["call"]["properties"]["maxAttempts"]["maximum"], 9);
        for (name, lead) in LEADS {
            let mut lead: Value = serde_json::from_str(lead).unwrap();
            lead["interactionKey"] = "key".into();
            assert!(fits(&schema, &lead), "{name}");
            lead["lead"].as_object_mut().unwrap().remove("phone");
            assert!(!fits(&schema, &lead), "{name}");
        }
    }
}
