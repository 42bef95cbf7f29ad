//! The talk intents: the cached answer, or a static one now and a generated one for the next turn.

use super::{LexEvent, LexResponse, Message, Phrase, phrase};
use crate::{
    bedrock::Topic, cache::ResponseKey, lex_fulfillment::Deps, observe::warn, queue::WriteResponse,
};

/// The intents that are answered from the cache.
pub const TALK_INTENTS: [&str; 4] =
    ["GreetingIntent", "AboutTechnologyIntent", "AboutDemoIntent", FALLBACK];

const FALLBACK: &str = "FallbackIntent";
/// The session attribute with what the visitor is interested in, set by the page that they are on.
const TOPIC: &str = "topic";

pub(crate) async fn talk(event: &LexEvent, deps: &Deps) -> LexResponse {
    let locale = event.locale();
    let asked = event.intent().map_or(FALLBACK, |intent| intent.name.as_str());
    // An intent that is none of ours is one that nobody understood.
    let intent = TALK_INTENTS.into_iter().find(|known| *known == asked).unwrap_or(FALLBACK);
    let topic = Topic::of(event.session_attribute(TOPIC).unwrap_or_default(), &[]);
    let key = ResponseKey::new(intent, &topic, &locale);
    let message = match deps.responses.get(&key).await {
        Ok(Some(text)) => Message::plain(&text),
        Ok(None) => {
            request(deps, intent, &topic, &locale).await;
            Message::plain(phrase(static_answer(intent), &locale))
        }
        Err(error) => {
            // Nobody is asked to write into a cache that is down.
            warn("the response cache is not read", error);
            Message::plain(phrase(static_answer(intent), &locale))
        }
    };
    LexResponse::elicit_intent(event.session_state.session_attributes.clone(), message)
}

/// Before the answer, because Lambda freezes what comes after it.
async fn request(deps: &Deps, intent: &str, topic: &Topic, locale: &str) {
    let message = WriteResponse {
        intent: intent.to_owned(),
        topic: topic.as_str().to_owned(),
        locale: locale.to_owned(),
    };
    match tokio::time::timeout(deps.settings.deadline, deps.requests.send(&message)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn("no answer is asked for", error),
        Err(_) => warn("no answer is asked for", "the queue takes too long"),
    }
}

fn static_answer(intent: &str) -> Phrase {
    match intent {
        "GreetingIntent" => Phrase::Greeting,
        "AboutTechnologyIntent" => Phrase::Technology,
        "AboutDemoIntent" => Phrase::Demo,
        _ => Phrase::Fallback,
    }
}
