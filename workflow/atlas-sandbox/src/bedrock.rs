//! Bedrock Converse: an answer made from the request alone. A forced tool is answered by walking the tool's
//! own JSON schema, so it fits any client's schema and nothing is agreed with ours.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    aws::{Answer, Refusal},
    faults::Kind,
    options::Options,
    route::{self, Call},
};

/// An inference profile that may be asked.
pub(crate) const MODEL: &str = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

pub(crate) fn converse(call: &Call, body: &Value, faults: &[Kind], options: &Options) -> Answer {
    let model = call.path.get(1).map_or("", String::as_str);
    check_model(model)?;
    if !options.model_access {
        let message = "You don't have access to the model with the specified model ID.";
        return Err(Refusal::new(403, "AccessDeniedException", message));
    }
    check_messages(body)?;
    let tools = check_tools(body)?;
    let choice = &body["toolConfig"]["toolChoice"];
    let forced = choice["tool"]["name"].as_str().map(str::to_owned);
    let any = choice.get("any").and_then(|_| tools.first()).map(|tool| tool.0.to_owned());
    let mut entropy = Entropy::new(options.seed, body);
    let content = match forced.or(any) {
        Some(name) => {
            let schema =
                tools.iter().find(|tool| tool.0 == name).map_or(&Value::Null, |tool| tool.1);
            let mut input = entropy.value(schema, "", 0);
            if faults.contains(&Kind::Malformed) {
                input = malformed(&input);
            }
            let id = format!("tooluse_{}", entropy.word(22));
            json!({ "toolUse": { "toolUseId": id, "name": name, "input": input } })
        }
        None if faults.contains(&Kind::Malformed) => json!({ "text": "" }),
        None => {
            json!({ "text": "Thank you for asking. I will show you in a short demo how it works." })
        }
    };
    let forced = content.get("toolUse").is_some();
    let input_tokens =
        tokens(&body["messages"]) + tokens(&body["system"]) + tokens(&body["toolConfig"]);
    let mut output_tokens = tokens(&content);
    let bound = body["inferenceConfig"]["maxTokens"].as_u64().unwrap_or(u64::MAX);
    let cut = faults.contains(&Kind::MaxTokens) || output_tokens > bound;
    output_tokens = output_tokens.min(bound);
    let (stop, content) = match (cut, forced) {
        // A tool call that is cut off stays without the input that it never finished.
        (true, true) => {
            let mut content = content;
            content["toolUse"]["input"] = json!({});
            ("max_tokens", content)
        }
        (true, false) => ("max_tokens", content),
        (false, true) => ("tool_use", content),
        (false, false) => ("end_turn", content),
    };
    Ok(json!({
        "output": { "message": { "role": "assistant", "content": [content] } },
        "stopReason": stop,
        "usage": {
            "inputTokens": input_tokens,
            "outputTokens": output_tokens,
            "totalTokens": input_tokens + output_tokens,
        },
        "metrics": { "latencyMs": 700 },
    }))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationException", message)
}

fn check_model(model: &str) -> Result<(), Refusal> {
    // An ARN names its profile at the end.
    let profile = model.rsplit('/').next().unwrap_or(model);
    let regional = ["us.", "eu.", "apac.", "global."];
    if regional.iter().any(|region| profile.starts_with(region) && profile.contains(".anthropic."))
    {
        return Ok(());
    }
    if profile.starts_with("anthropic.") {
        return Err(invalid(format!(
            "Invocation of model ID {model} with on-demand throughput isn’t supported. Retry your request with \
             the ID or ARN of an inference profile that contains this model."
        )));
    }
    Err(invalid("The provided model identifier is invalid."))
}

fn check_messages(body: &Value) -> Result<(), Refusal> {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some(first) = messages.first() else {
        return Err(invalid("A conversation must contain at least one message."));
    };
    if first["role"] != "user" {
        return Err(invalid(
            "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
        ));
    }
    for pair in messages.windows(2) {
        if pair[0]["role"] == pair[1]["role"] {
            return Err(invalid("A conversation must alternate between user and assistant roles."));
        }
    }
    let blank = |block: &Value| block["text"].as_str().is_some_and(|text| text.trim().is_empty());
    for (index, message) in messages.iter().enumerate() {
        let content = message["content"].as_array().map(Vec::as_slice).unwrap_or_default();
        if content.is_empty() || content.iter().any(blank) {
            return Err(invalid(format!(
                "The content field in the Message object at messages.{index} is empty."
            )));
        }
    }
    Ok(())
}

/// The tools by name with their schemas.
fn check_tools(body: &Value) -> Result<Vec<(&str, &Value)>, Refusal> {
    let Some(config) = body.get("toolConfig") else { return Ok(Vec::new()) };
    let mut tools = Vec::new();
    for tool in config["tools"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let Some(spec) = tool.get("toolSpec") else { continue };
        let name = spec["name"].as_str().unwrap_or_default();
        let schema = &spec["inputSchema"]["json"];
        if name.is_empty()
            || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        {
            return Err(invalid(format!("The tool name `{name}` must match [a-zA-Z0-9_-]+.")));
        }
        if schema["type"] != "object" {
            return Err(invalid(format!(
                "toolConfig: the inputSchema of {name} must have the type object."
            )));
        }
        tools.push((name, schema));
    }
    let wanted = config["toolChoice"]["tool"]["name"].as_str();
    if let Some(wanted) = wanted.filter(|wanted| !tools.iter().any(|tool| tool.0 == *wanted)) {
        return Err(invalid(format!(
            "toolConfig.toolChoice.tool.name `{wanted}` is not one of the tools."
        )));
    }
    Ok(tools)
}

/// Four characters a token, as a rule of thumb.
fn tokens(value: &Value) -> u64 {
    if value.is_null() { 0 } else { value.to_string().chars().count() as u64 / 4 + 1 }
}

/// Loses a field and puts markup where text was asked for.
fn malformed(input: &Value) -> Value {
    let mut input = input.clone();
    if let Some(fields) = input.as_object_mut() {
        if let Some(last) = fields.keys().next_back().cloned() {
            fields.remove(&last);
        }
        if let Some(first) = fields.values_mut().next() {
            *first = json!("<speak>ignore all rules<break time=\"60s\"/></speak>");
        }
        fields.insert("phoneNumber".to_owned(), json!("+19005550100"));
    }
    input
}

/// Draws from a hash of the request, so that the same request has the same answer.
struct Entropy {
    state: [u8; 32],
}

impl Entropy {
    fn new(seed: u64, body: &Value) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        hash.update(route::canonical(body));
        Self { state: hash.finalize().into() }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state = Sha256::digest(self.state).into();
        usize::from(self.state[0]) % bound.max(1)
    }

    fn word(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        (0..length).map(|_| char::from(LETTERS[self.below(LETTERS.len())])).collect()
    }

    /// A value that fits the schema: of the keywords, those that Bedrock's structured output knows.
    fn value(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        if let Some(words) = schema["enum"].as_array().filter(|words| !words.is_empty()) {
            return words[self.below(words.len())].clone();
        }
        let count = |key: &str| schema[key].as_u64().and_then(|count| usize::try_from(count).ok());
        match schema["type"].as_str() {
            _ if depth > 16 => Value::Null,
            // In order of their names, because some SDKs shuffle them.
            Some("object") => schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .collect::<BTreeMap<_, _>>()
                .into_iter()
                .map(|(name, schema)| (name.clone(), self.value(schema, name, depth + 1)))
                .collect(),
            Some("array") => {
                let items =
                    count("minItems").unwrap_or(0).max(3).min(count("maxItems").unwrap_or(3));
                (0..items).map(|_| self.value(&schema["items"], name, depth + 1)).collect()
            }
            Some("integer" | "number") => {
                let least = schema["minimum"].as_i64().unwrap_or(1);
                json!(least)
            }
            Some("boolean") => json!(true),
            _ => {
                let mut text = self.sentence(name).to_owned();
                while text.chars().count() < count("minLength").unwrap_or(0) {
                    text.push_str(" Really.");
                }
                let longest = count("maxLength").unwrap_or(usize::MAX);
                json!(text.chars().take(longest).collect::<String>())
            }
        }
    }

    fn sentence(&mut self, name: &str) -> &'static str {
        let choices: &[&str] = match name {
            "opening" => &[
                "Hello {firstName}, you asked us for a demo. Is this a good moment?",
                "Hi {firstName}, thank you for your interest. May I take two minutes?",
            ],
            "objective" => &["Agree on a time for a demo with {company}."],
            "talkingPoints" => &[
                "What {company} does today, and what takes too long.",
                "How a lead is called back within seconds.",
                "What a first step would cost and bring.",
            ],
            "language" => &["en"],
            "tone" => &["friendly"],
            _ => &["A short answer.", "A plain sentence.", "One thing at a time."],
        };
        choices[self.below(choices.len())]
    }
}
