//! Amazon Bedrock's Converse with a forced tool.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_bedrockruntime::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::converse::{ConverseError, ConverseOutput},
    types::{
        ContentBlock, ConversationRole, InferenceConfiguration, Message, SpecificToolChoice,
        StopReason, SystemContentBlock, Tool as BedrockTool, ToolChoice, ToolConfiguration,
        ToolInputSchema, ToolSpecification,
    },
};
use aws_smithy_types::{Document, Number, error::operation::BuildError};
use serde_json::{Map, Value};

use super::{LanguageModel, ModelError, Question};

/// A model of Bedrock.
#[derive(Debug, Clone)]
pub struct BedrockModel {
    client: Client,
    model_id: String,
}

impl BedrockModel {
    /// The model of this id or, as bare ids usually are refused, of this inference profile:
    /// `us.anthropic.claude-haiku-4-5-20251001-v1:0`.
    pub fn new(client: Client, model_id: impl Into<String>) -> Self {
        Self { client, model_id: model_id.into() }
    }
}

#[async_trait]
impl LanguageModel for BedrockModel {
    fn id(&self) -> &str {
        &self.model_id
    }

    async fn ask(&self, question: &Question) -> Result<Value, ModelError> {
        let broken = |error: BuildError| ModelError::Invalid(format!("our request: {error}"));
        let user = Message::builder()
            .role(ConversationRole::User)
            .content(ContentBlock::Text(question.data.to_string()))
            .build()
            .map_err(broken)?;
        let output = self
            .client
            .converse()
            .model_id(&self.model_id)
            .system(SystemContentBlock::Text(question.system.to_owned()))
            .messages(user)
            .inference_config(
                InferenceConfiguration::builder()
                    .max_tokens(i32::try_from(question.max_tokens).unwrap_or(i32::MAX))
                    .build(),
            )
            .tool_config(forced_tool(question).map_err(broken)?)
            .send()
            .await
            .map_err(|error| model_error(&error))?;
        tool_input(output, question.tool.name)
    }
}

fn forced_tool(question: &Question) -> Result<ToolConfiguration, BuildError> {
    let tool = &question.tool;
    let specification = ToolSpecification::builder()
        .name(tool.name)
        .description(tool.description)
        .input_schema(ToolInputSchema::Json(document(&tool.input_schema)))
        .build()?;
    let choice = SpecificToolChoice::builder().name(tool.name).build()?;
    ToolConfiguration::builder()
        .tools(BedrockTool::ToolSpec(specification))
        .tool_choice(ToolChoice::Tool(choice))
        .build()
}

fn tool_input(output: ConverseOutput, tool: &str) -> Result<Value, ModelError> {
    let unusable = |what: &str| Err(ModelError::Invalid(what.to_owned()));
    match output.stop_reason {
        StopReason::ToolUse | StopReason::EndTurn | StopReason::StopSequence => {}
        StopReason::MaxTokens => return unusable("it is longer than its tokens (`max_tokens`)"),
        StopReason::GuardrailIntervened => return unusable("a guardrail intervened"),
        StopReason::ContentFiltered => return unusable("its content was filtered"),
        StopReason::MalformedModelOutput | StopReason::MalformedToolUse => {
            return unusable("it is malformed");
        }
        StopReason::ModelContextWindowExceeded => {
            return unusable("the question is longer than the model's context");
        }
        // The service's list is open: what we do not know is no use of the tool.
        _ => return unusable("it stopped for a reason that is not known here"),
    }
    let content = output.output.and_then(|output| match output.as_message() {
        Ok(message) => Some(message.content.clone()),
        Err(_) => None,
    });
    let used = content.into_iter().flatten().find_map(|block| match block {
        ContentBlock::ToolUse(used) if used.name == tool => Some(used.input),
        _ => None,
    });
    match used.as_ref().and_then(|input| value(input, 0)) {
        Some(input) => Ok(input),
        None => unusable("it does not use the tool"),
    }
}

fn model_error(error: &SdkError<ConverseError>) -> ModelError {
    let code = error.code().unwrap_or("no error code").to_owned();
    match error {
        SdkError::TimeoutError(_) => ModelError::Unavailable("the call timed out".to_owned()),
        SdkError::DispatchFailure(_) => ModelError::Unavailable("no connection".to_owned()),
        SdkError::ResponseError(_) => ModelError::Unavailable("an unreadable response".to_owned()),
        SdkError::ConstructionFailure(_) => ModelError::Invalid("our request".to_owned()),
        SdkError::ServiceError(service) => match service.err() {
            ConverseError::ThrottlingException(_) => ModelError::Throttled(code),
            ConverseError::ModelErrorException(_) | ConverseError::ValidationException(_) => {
                ModelError::Invalid(code)
            }
            // A timeout, a model that is not ready, a 5xx; a refusal that only an operator can mend
            // is an outage too, for the call: the template serves.
            _ if service.raw().status().as_u16() == 429 => ModelError::Throttled(code),
            _ => ModelError::Unavailable(code),
        },
        // The SDK's list of failures is open.
        _ => ModelError::Unavailable(code),
    }
}

fn document(value: &Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(flag) => Document::Bool(*flag),
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Number::PosInt(number),
            (None, Some(number)) => Number::NegInt(number),
            (None, None) => Number::Float(number.as_f64().unwrap_or_default()),
        }),
        Value::String(text) => Document::String(text.clone()),
        Value::Array(items) => Document::Array(items.iter().map(document).collect()),
        Value::Object(members) => Document::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), document(value)))
                .collect::<HashMap<String, Document>>(),
        ),
    }
}

/// Our tools' inputs are two levels deep; what is far deeper is none of them.
const MAX_DEPTH: u32 = 8;

fn value(document: &Document, depth: u32) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match document {
        Document::Null => Value::Null,
        Document::Bool(flag) => Value::Bool(*flag),
        Document::Number(Number::PosInt(number)) => Value::from(*number),
        Document::Number(Number::NegInt(number)) => Value::from(*number),
        Document::Number(Number::Float(number)) => Value::from(*number),
        Document::String(text) => Value::String(text.clone()),
        Document::Array(items) => {
            Value::Array(items.iter().map(|item| value(item, depth + 1)).collect::<Option<_>>()?)
        }
        Document::Object(members) => {
            let members = members
                .iter()
                .map(|(name, member)| Some((name.clone(), value(member, depth + 1)?)));
            Value::Object(members.collect::<Option<Map<_, _>>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_bedrockruntime::types::{ConverseOutput as Output, ToolUseBlock};
    use serde_json::json;

    use super::*;

    fn output(stop: StopReason, content: ContentBlock) -> ConverseOutput {
        let message =
            Message::builder().role(ConversationRole::Assistant).content(content).build().unwrap();
        ConverseOutput::builder()
            .output(Output::Message(message))
            .stop_reason(stop)
            .build()
            .unwrap()
    }

    fn use_of(tool: &str) -> ContentBlock {
        let input = document(&json!({"text": "Hello", "points": [1, -2, 0.5, null, true]}));
        let block = ToolUseBlock::builder().tool_use_id("t").name(tool).input(input);
        ContentBlock::ToolUse(block.build().unwrap())
    }

    #[test]
    fn only_a_use_of_the_tool_is_an_answer() {
        let check = |stop: StopReason, content: ContentBlock, taken: bool| {
            let name = stop.as_str().to_owned();
            let answer = tool_input(output(stop, content), "reply");
            assert_eq!(answer.is_ok(), taken, "{name}");
        };
        check(StopReason::ToolUse, use_of("reply"), true);
        check(StopReason::EndTurn, use_of("reply"), true);
        check(StopReason::ToolUse, use_of("other"), false);
        check(StopReason::EndTurn, ContentBlock::Text("Hello".to_owned()), false);
        check(StopReason::MaxTokens, use_of("reply"), false);
        check(StopReason::GuardrailIntervened, use_of("reply"), false);
        check(StopReason::ContentFiltered, use_of("reply"), false);
        check(StopReason::MalformedToolUse, use_of("reply"), false);
        check(StopReason::MalformedModelOutput, use_of("reply"), false);
        check(StopReason::ModelContextWindowExceeded, use_of("reply"), false);
        check(StopReason::from("new_reason"), use_of("reply"), false);
    }

    #[test]
    fn a_document_comes_back_as_it_went() {
        let input = json!({"text": "ä", "points": [1, -2, 0.5, null, true], "inner": {"a": []}});
        assert_eq!(value(&document(&input), 0), Some(input));
        let deep = (0..20).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(value(&document(&deep), 0), None);
    }
}
