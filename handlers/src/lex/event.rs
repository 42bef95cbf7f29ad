//! What Lex V2 sends to a code hook (messageVersion 1.0), as far as we read it. AWS adds fields without
//! a new version, so unknown ones are ignored; any object may be null.
//!
//! It holds what a person said, so none of it has a `Debug`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// One turn.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LexEvent {
    /// Which hook asks.
    #[serde(default)]
    pub invocation_source: InvocationSource,
    /// How the person speaks to us.
    #[serde(default)]
    pub input_mode: InputMode,
    /// The session.
    #[serde(default, deserialize_with = "nullable")]
    pub session_id: String,
    /// What they said.
    #[serde(default, deserialize_with = "nullable")]
    pub input_transcript: String,
    /// The bot.
    #[serde(default, deserialize_with = "nullable")]
    pub bot: Bot,
    /// What Lex takes it for, the likeliest first.
    #[serde(default, deserialize_with = "nullable")]
    pub interpretations: Vec<Interpretation>,
    /// What came with this request.
    #[serde(default, deserialize_with = "texts")]
    pub request_attributes: BTreeMap<String, String>,
    /// What the session remembers.
    #[serde(default, deserialize_with = "nullable")]
    pub session_state: SessionState,
}

/// The bot that asks.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bot {
    /// `en_US`
    #[serde(default, deserialize_with = "nullable")]
    pub locale_id: String,
}

/// What the session remembers.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionState {
    /// Ours and the client's: a chat client can set them.
    #[serde(default, deserialize_with = "texts")]
    pub session_attributes: BTreeMap<String, String>,
    /// The intent of this turn.
    #[serde(default)]
    pub intent: Option<Intent>,
}

/// One reading of what was said.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interpretation {
    /// The intent.
    #[serde(default)]
    pub intent: Option<Intent>,
    /// How sure Lex is: a number, or an object with a `score`.
    #[serde(default, deserialize_with = "confidence")]
    pub nlu_confidence: Option<f64>,
}

/// An intent with its slots.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    /// Its name.
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    /// Its slots as they came, so that they can go back as they came.
    #[serde(default, deserialize_with = "nullable")]
    pub slots: Map<String, Value>,
    /// `None`, `Confirmed`, `Denied`.
    #[serde(default, deserialize_with = "nullable")]
    pub confirmation_state: String,
}

/// A view of one slot.
#[derive(Clone, Copy)]
pub struct Slot<'a>(&'a Value);

/// Which hook asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum InvocationSource {
    /// After each turn.
    #[default]
    DialogCodeHook,
    /// When the slots are filled.
    FulfillmentCodeHook,
    /// One that is not known here.
    #[serde(other)]
    Unknown,
}

/// How the person speaks to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum InputMode {
    /// They type.
    #[default]
    Text,
    /// They speak.
    Speech,
    /// They press keys.
    #[serde(rename = "DTMF")]
    Dtmf,
    /// One that is not known here.
    #[serde(other)]
    Unknown,
}

impl LexEvent {
    /// The intent of this turn: the session's, else the likeliest reading's.
    pub fn intent(&self) -> Option<&Intent> {
        let named = |intent: &&Intent| !intent.name.is_empty();
        let session = self.session_state.intent.as_ref().filter(named);
        let read = || {
            let likelier = |a: &&Interpretation, b: &&Interpretation| {
                let of = |one: &Interpretation| one.nlu_confidence.unwrap_or_default();
                // The first of equals is Lex's choice, and `max_by` takes the last.
                of(a).total_cmp(&of(b)).then(std::cmp::Ordering::Greater)
            };
            let readings = self.interpretations.iter().filter(|one| one.intent.is_some());
            readings.max_by(likelier).and_then(|one| one.intent.as_ref()).filter(named)
        };
        session.or_else(read)
    }

    /// The language, as the contract writes it.
    pub fn locale(&self) -> String {
        let locale = self.bot.locale_id.replace('_', "-");
        let known = definitions::contract::patterns::LOCALE.matches(&locale);
        if known { locale } else { "en-US".to_owned() }
    }

    /// An attribute of the session.
    pub fn session_attribute(&self, name: &str) -> Option<&str> {
        self.session_state.session_attributes.get(name).map(String::as_str)
    }
}

impl Intent {
    /// A slot that is filled.
    pub fn slot(&self, name: &str) -> Option<Slot<'_>> {
        self.slots.get(name).filter(|slot| slot.is_object()).map(Slot)
    }
}

impl Slot<'_> {
    /// What Lex makes of what was said: the interpreted value, else the first resolved one, else the
    /// words themselves.
    pub fn text(&self) -> Option<&str> {
        let value = self.0.get("value")?;
        let texts = [
            value.get("interpretedValue"),
            value.pointer("/resolvedValues/0"),
            value.get("originalValue"),
        ];
        let text = texts.into_iter().flatten().find_map(Value::as_str)?.trim();
        (!text.is_empty()).then_some(text)
    }
}

/// `null` as the default.
fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A map of texts; `null` is an empty one, what is no text is left away.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let members: Option<Map<String, Value>> = Option::deserialize(deserializer)?;
    let text = |(name, value)| match value {
        Value::String(text) => Some((name, text)),
        _ => None,
    };
    Ok(members.unwrap_or_default().into_iter().filter_map(text).collect())
}

fn confidence<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let value: Option<Value> = Option::deserialize(deserializer)?;
    Ok(value.and_then(|value| value.as_f64().or_else(|| value.get("score")?.as_f64())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_fields_nulls_and_both_forms_of_confidence_are_read() {
        let event: LexEvent = serde_json::from_value(json!({
            "messageVersion": "1.0", "invocationSource": "FulfillmentCodeHook",
            "inputMode": "Speech", "responseContentType": "audio/mpeg", "sessionId": "s",
            "inputTranscript": null, "newField": {"a": 1},
            "bot": {"id": "b", "name": "n", "localeId": "es_US", "version": "1"},
            "interpretations": [
                {"intent": {"name": "A", "slots": null}, "nluConfidence": 0.4},
                {"intent": {"name": "B", "slots": {"Phone": null, "Topic": {"value":
                    {"originalValue": "x", "interpretedValue": " pricing ", "resolvedValues": []}}}},
                 "nluConfidence": {"score": 0.9}},
                {"intent": {"name": "C"}, "nluConfidence": {"score": 0.9}},
                {"intent": null, "interpretationSource": "Lex"},
            ],
            "proposedNextState": null, "requestAttributes": null,
            "sessionState": {"sessionAttributes": {"a": "b", "c": 1}, "intent": null,
                "activeContexts": null, "runtimeHints": null},
            "transcriptions": [{}],
        }))
        .unwrap_or_else(|error| panic!("{error}"));
        let intent = event.intent().unwrap();
        assert_eq!(intent.name, "B");
        assert_eq!(intent.slot("Topic").unwrap().text(), Some("pricing"));
        assert!(intent.slot("Phone").is_none());
        assert_eq!(event.locale(), "es-US");
        assert_eq!((event.session_attribute("a"), event.session_attribute("c")), (Some("b"), None));
        assert!(event.input_mode == InputMode::Speech);
    }
}
