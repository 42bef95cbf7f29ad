//! The demo intent: asks for what is missing, starts the pipeline, is over at once.

use definitions::contract::{EmailAddress, Intake, InteractionKey, PhoneNumber, patterns};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Intent, IntentState, LexEvent, LexResponse, Message, Phrase, ResponseIntent, phrase};
use crate::{
    bedrock::plain,
    lex_fulfillment::Deps,
    observe::{about, warn},
};

/// The intent that asks for a demo.
pub const DEMO_INTENT: &str = "RequestDemoIntent";

/// The session attribute that says which request this was.
const CORRELATION_ID: &str = "correlationId";
const TIME_ZONE: &str = "timeZone";

/// A slot that is needed, how it is asked for, and how it is read.
struct Needed {
    slot: &'static str,
    ask: Phrase,
    read: fn(&str) -> Option<String>,
}

static NEEDED: [Needed; 7] = [
    Needed { slot: "FirstName", ask: Phrase::AskFirstName, read: name },
    Needed { slot: "LastName", ask: Phrase::AskLastName, read: name },
    Needed { slot: "Email", ask: Phrase::AskEmail, read: email },
    Needed { slot: "Phone", ask: Phrase::AskPhone, read: phone },
    Needed { slot: "Company", ask: Phrase::AskCompany, read: name },
    Needed { slot: "Topic", ask: Phrase::AskTopic, read: name },
    Needed { slot: "MayCall", ask: Phrase::AskMayCall, read: yes_or_no },
];

pub(crate) async fn demo(event: &LexEvent, deps: &Deps) -> LexResponse {
    let locale = event.locale();
    let mut attributes = event.session_state.session_attributes.clone();
    let Some(intent) = event.intent() else { return failed(event, &locale) };
    if intent.confirmation_state == "Denied" {
        let over = ResponseIntent::of(event, IntentState::Failed);
        return LexResponse::close(attributes, over, say(Phrase::Declined, &locale));
    }
    let mut values = Vec::with_capacity(NEEDED.len());
    for needed in &NEEDED {
        match read(intent, needed) {
            Ok(value) => values.push(value),
            Err(given) => return ask(event, needed, given, &locale),
        }
    }
    let Ok([first_name, last_name, email, phone, company, topic, may_call]) =
        <[String; 7]>::try_from(values)
    else {
        return failed(event, &locale);
    };
    let may_call = may_call == "yes";
    let key = interaction_key(&event.session_id, &intent.name, &phone);
    let done = if may_call { Phrase::OnItsWay } else { Phrase::WithoutCall };
    if event.session_attribute(CORRELATION_ID) != Some(&key) {
        let time_zone = event
            .session_attribute(TIME_ZONE)
            .filter(|zone| patterns::TIME_ZONE.matches(zone))
            .unwrap_or(&deps.settings.time_zone);
        let notes = intent.slot("Notes").and_then(|slot| slot.text().map(str::to_owned));
        let document = json!({
            "interactionKey": key,
            "source": "lex",
            "lead": {
                "firstName": first_name, "lastName": last_name, "email": email, "phone": phone,
                "company": company, "topic": topic,
                "notes": plain(&notes.unwrap_or_default(), 2_000),
            },
            "consent": { "mayCall": may_call, "capturedAt": deps.clock.now().to_string() },
            "call": {
                "locale": locale, "timeZone": time_zone,
                "maxAttempts": deps.settings.max_attempts,
            },
        });
        let intake = match Intake::parse(&document) {
            Ok(intake) => intake,
            Err(invalid) => {
                // The pointers alone: what was found can be about a person.
                let fields: Vec<_> = invalid.iter().map(|field| field.pointer.as_str()).collect();
                warn("an intake is not well-formed", fields.join(", "));
                return failed(event, &locale);
            }
        };
        let started = about(&intake.interaction_key, deps.workflow.start(&intake));
        match tokio::time::timeout(deps.settings.deadline, started).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                warn("no workflow", error);
                return failed(event, &locale);
            }
            Err(_) => {
                warn("no workflow", "Step Functions takes too long");
                return failed(event, &locale);
            }
        }
    }
    attributes.insert(CORRELATION_ID.to_owned(), key);
    let over = ResponseIntent::of(event, IntentState::Fulfilled);
    LexResponse::close(attributes, over, say(done, &locale))
}

/// The first 32 hex digits of SHA-256 over session, intent and number: a turn that Lex sends again is
/// the same interaction.
pub(crate) fn interaction_key(session_id: &str, intent: &str, phone: &str) -> String {
    let digest = Sha256::digest(format!("{session_id}\0{intent}\0{phone}"));
    let key: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    debug_assert!(key.parse::<InteractionKey>().is_ok());
    key
}

/// The slot's value, or whether one was given that cannot be read.
fn read(intent: &Intent, needed: &Needed) -> Result<String, bool> {
    let Some(text) = intent.slot(needed.slot).and_then(|slot| slot.text().map(str::to_owned))
    else {
        return Err(false);
    };
    (needed.read)(&text).ok_or(true)
}

fn ask(event: &LexEvent, needed: &Needed, given: bool, locale: &str) -> LexResponse {
    let mut intent = ResponseIntent::of(event, IntentState::InProgress);
    intent.slots.insert(needed.slot.to_owned(), serde_json::Value::Null);
    let question = phrase(needed.ask, locale);
    let message = if given {
        Message::plain(&format!("{} {question}", phrase(Phrase::Again, locale)))
    } else {
        Message::plain(question)
    };
    let attributes = event.session_state.session_attributes.clone();
    LexResponse::elicit_slot(attributes, intent, needed.slot, message)
}

fn failed(event: &LexEvent, locale: &str) -> LexResponse {
    let attributes = event.session_state.session_attributes.clone();
    let intent = ResponseIntent::of(event, IntentState::Failed);
    LexResponse::close(attributes, intent, say(Phrase::Failed, locale))
}

fn say(what: Phrase, locale: &str) -> Message {
    Message::plain(phrase(what, locale))
}

fn name(text: &str) -> Option<String> {
    let name = plain(text, 200);
    (!name.is_empty()).then_some(name)
}

fn email(text: &str) -> Option<String> {
    let address: EmailAddress = (text.len() <= 254).then(|| text.parse().ok())??;
    Some(address.reveal().to_owned())
}

/// Visitors write separators; E.164 has none.
fn phone(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    let number: PhoneNumber = bare.parse().ok()?;
    Some(number.reveal().to_owned())
}

fn yes_or_no(text: &str) -> Option<String> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "sí" | "si" | "ok" => Some("yes".to_owned()),
        "no" | "n" | "false" => Some("no".to_owned()),
        _ => None,
    }
}
