//! On the phone: the scenario of the call steers what is said. A caller never waits long: where the
//! model is late, the scenario's own next words come.

use definitions::contract::{InteractionKey, Scenario};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    InputMode, IntentState, LexEvent, LexResponse, Message, Phrase, ResponseIntent, phrase,
};
use crate::{
    bedrock::{MAX_TALKING_POINTS, Reply, phone_question, plain, unescape},
    lex_fulfillment::Deps,
    observe::warn,
};

/// The session attribute with the key, set by the contact flow from the contact's attributes.
const INTERACTION_KEY: &str = "interactionKey";
/// What Connect's calls come with; its chats are `Connect Chat`.
const PLATFORM: (&str, &str) = ("x-amz-lex:channels:platform", "Connect");
/// Ours: the conversation so far. It holds the scenario, so the attempt is read once per session.
const CONVERSATION: &str = "atlasConversation";

/// The model is given this many turns.
const REMEMBERED_TURNS: usize = 6;
/// So much of each.
const REMEMBERED_CHARACTERS: usize = 200;
/// A call that is longer is no demo request any more.
const MAX_TURNS: usize = 30;
/// More is no conversation of ours.
const MAX_CONVERSATION: usize = 20_000;

#[derive(Clone, Serialize, Deserialize)]
struct Conversation {
    key: String,
    /// `None` where the call has no scenario: known, so not asked for again.
    scenario: Option<Scenario>,
    turns: usize,
    history: Vec<Turn>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Turn {
    heard: String,
    said: String,
}

/// The call that this turn belongs to, `None` in a chat. A chat client can set session attributes, so
/// the key alone proves nothing: it must be voice, and come from Connect.
pub(crate) fn called_about(event: &LexEvent) -> Option<InteractionKey> {
    let voice = matches!(event.input_mode, InputMode::Speech | InputMode::Dtmf);
    let (name, value) = PLATFORM;
    let from_connect = event.request_attributes.get(name).is_some_and(|is| is == value);
    if !(voice && from_connect) {
        return None;
    }
    event.session_attribute(INTERACTION_KEY)?.parse().ok()
}

pub(crate) async fn phone(event: &LexEvent, key: &InteractionKey, deps: &Deps) -> LexResponse {
    let locale = event.locale();
    let mut conversation = match remembered(event, key) {
        Some(conversation) => conversation,
        None => begin(key, deps).await,
    };
    conversation.turns = conversation.turns.saturating_add(1);
    let heard = plain(&event.input_transcript, REMEMBERED_CHARACTERS);
    let reply = match &conversation.scenario {
        _ if conversation.turns > MAX_TURNS => {
            Reply { text: phrase(Phrase::Goodbye, &locale).to_owned(), done: true }
        }
        Some(scenario) => next_words(scenario, &conversation, &heard, &locale, deps).await,
        None => Reply { text: phrase(Phrase::TellMeMore, &locale).to_owned(), done: false },
    };
    let said = plain(&reply.text, REMEMBERED_CHARACTERS);
    conversation.history.push(Turn { heard, said });
    let forgotten = conversation.history.len().saturating_sub(REMEMBERED_TURNS);
    conversation.history.drain(..forgotten);

    let mut attributes = event.session_state.session_attributes.clone();
    let text = serde_json::to_string(&conversation).expect("a conversation is JSON");
    attributes.insert(CONVERSATION.to_owned(), text);
    let message = Message::spoken(&reply.text);
    if reply.done {
        let intent = ResponseIntent::of(event, IntentState::Fulfilled);
        LexResponse::close(attributes, intent, message)
    } else {
        LexResponse::elicit_intent(attributes, message)
    }
}

fn remembered(event: &LexEvent, key: &InteractionKey) -> Option<Conversation> {
    let text = event.session_attribute(CONVERSATION)?;
    let conversation: Conversation =
        (text.len() <= MAX_CONVERSATION).then(|| serde_json::from_str(text).ok())??;
    (conversation.key == key.as_str()).then_some(conversation)
}

async fn begin(key: &InteractionKey, deps: &Deps) -> Conversation {
    let read = tokio::time::timeout(deps.settings.phone_deadline, deps.scenarios.scenario(key));
    let scenario = match read.await {
        Ok(Ok(scenario)) => scenario,
        Ok(Err(error)) => {
            warn("a call without its scenario", error);
            None
        }
        Err(_) => {
            warn("a call without its scenario", "the table takes too long");
            None
        }
    };
    let key = key.as_str().to_owned();
    Conversation { key, scenario: scenario.map(bounded), turns: 0, history: Vec::new() }
}

/// The scenario as it is spoken and remembered: plain and bounded, whatever the table holds.
fn bounded(scenario: Scenario) -> Scenario {
    let text = |text: &str| plain(&unescape(text), 400);
    let points = scenario.talking_points.iter().take(MAX_TALKING_POINTS);
    Scenario {
        opening: text(&scenario.opening),
        objective: text(&scenario.objective),
        talking_points: points.map(|point| text(point)).collect(),
        tone: scenario.tone,
        language: plain(&scenario.language, 20),
    }
}

async fn next_words(
    scenario: &Scenario,
    conversation: &Conversation,
    heard: &str,
    locale: &str,
    deps: &Deps,
) -> Reply {
    if conversation.turns == 1 {
        return Reply { text: scenario.opening.clone(), done: false };
    }
    let deadline = deps.settings.phone_deadline;
    let history: Value = json!(conversation.history);
    let question = phone_question(json!(scenario), history, heard, deadline);
    let answer = tokio::time::timeout(deadline, deps.model.ask(&question)).await;
    let reply = match answer {
        Ok(Ok(answer)) => Reply::parse(&answer).map_err(|error| error.to_string()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer before the caller notices".to_owned()),
    };
    reply.unwrap_or_else(|cause| {
        warn("the scenario's own words are said", cause);
        own_words(scenario, conversation.turns, locale)
    })
}

/// The opening was the first turn; then a talking point each; then goodbye.
fn own_words(scenario: &Scenario, turn: usize, locale: &str) -> Reply {
    match turn.checked_sub(2).and_then(|point| scenario.talking_points.get(point)) {
        Some(point) => Reply { text: point.clone(), done: false },
        None => Reply { text: phrase(Phrase::Goodbye, locale).to_owned(), done: true },
    }
}
