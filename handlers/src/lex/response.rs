//! What Lex V2 takes as an answer: always a session state with a dialog action. The constructors make
//! the combinations that Lex refuses impossible.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::LexEvent;

/// Lex takes no longer message.
pub(crate) const MAX_MESSAGE: usize = 1_024;

/// An answer.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LexResponse {
    /// Where the conversation stands.
    pub session_state: ResponseSessionState,
    /// What is said.
    pub messages: Vec<Message>,
}

/// Where the conversation stands.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResponseSessionState {
    /// What the session remembers.
    pub session_attributes: BTreeMap<String, String>,
    /// What comes next.
    pub dialog_action: DialogAction,
    /// The intent, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<ResponseIntent>,
}

/// What comes next.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DialogAction {
    /// Which action.
    #[serde(rename = "type")]
    pub action: DialogActionType,
    /// Which slot is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot_to_elicit: Option<&'static str>,
}

/// The actions that we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum DialogActionType {
    /// The intent is over.
    Close,
    /// The visitor says what they want.
    ElicitIntent,
    /// The visitor says what is missing.
    ElicitSlot,
}

/// The intent, as the session goes on with it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResponseIntent {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: IntentState,
    /// Its slots.
    pub slots: Map<String, Value>,
}

/// How an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum IntentState {
    /// It is done.
    Fulfilled,
    /// It cannot be done.
    Failed,
    /// It goes on.
    InProgress,
}

/// One thing that is said.
#[derive(Clone, Serialize)]
#[serde(tag = "contentType", content = "content")]
pub enum Message {
    /// As it stands.
    PlainText(String),
    /// With `<speak>` around it.
    #[serde(rename = "SSML")]
    Ssml(String),
}

impl Message {
    /// Plain text, no longer than Lex takes.
    pub fn plain(text: &str) -> Self {
        Self::PlainText(text.chars().take(MAX_MESSAGE).collect())
    }

    /// Text to be spoken: escaped here, and only here.
    pub fn spoken(text: &str) -> Self {
        let mut ssml = String::from("<speak>");
        let mut left = MAX_MESSAGE - "<speak></speak>".len();
        for character in text.chars() {
            let escaped = crate::bedrock::escape(character.encode_utf8(&mut [0; 4]));
            let Some(rest) = left.checked_sub(escaped.chars().count()) else { break };
            left = rest;
            ssml.push_str(&escaped);
        }
        ssml.push_str("</speak>");
        Self::Ssml(ssml)
    }
}

impl LexResponse {
    /// The visitor goes on with whatever they want.
    pub fn elicit_intent(attributes: BTreeMap<String, String>, message: Message) -> Self {
        Self::new(attributes, DialogActionType::ElicitIntent, None, None, message)
    }

    /// The visitor says what is missing.
    pub fn elicit_slot(
        attributes: BTreeMap<String, String>,
        intent: ResponseIntent,
        slot: &'static str,
        message: Message,
    ) -> Self {
        let action = DialogActionType::ElicitSlot;
        Self::new(attributes, action, Some(slot), Some(intent), message)
    }

    /// The intent is over.
    pub fn close(
        attributes: BTreeMap<String, String>,
        intent: ResponseIntent,
        message: Message,
    ) -> Self {
        Self::new(attributes, DialogActionType::Close, None, Some(intent), message)
    }

    fn new(
        session_attributes: BTreeMap<String, String>,
        action: DialogActionType,
        slot_to_elicit: Option<&'static str>,
        intent: Option<ResponseIntent>,
        message: Message,
    ) -> Self {
        let dialog_action = DialogAction { action, slot_to_elicit };
        Self {
            session_state: ResponseSessionState { session_attributes, dialog_action, intent },
            messages: vec![message],
        }
    }
}

impl ResponseIntent {
    /// The intent of an event, and how it stands now. Lex needs a name in any case.
    pub(crate) fn of(event: &LexEvent, state: IntentState) -> Self {
        match event.intent() {
            Some(intent) => Self { name: intent.name.clone(), state, slots: intent.slots.clone() },
            None => Self { name: "FallbackIntent".to_owned(), state, slots: Map::new() },
        }
    }
}
