//! One contact event, as EventBridge brings it. Keys are found whatever their case, fields that are
//! not known are left alone, and nothing in it is trusted to have its type.

use jiff::Timestamp;
use serde_json::Value;

use crate::{connect::FLOW_OUTCOME_ATTRIBUTE, records::EndedContact};

/// Longer ids are not Connect's.
const LONGEST_ID: usize = 256;
/// Longer texts are cut.
const LONGEST_TEXT: usize = 256;

/// What a message holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Read {
    /// The end of a contact.
    End(ContactEnd),
    /// Something that is none of our business.
    NotOurs,
    /// Something that should be a contact event, and is not.
    Unreadable,
}

/// The end of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContactEnd {
    /// Which contact.
    pub(super) contact_id: String,
    /// How it ended.
    pub(super) end: EndedContact,
}

/// Reads the body of a message.
pub(super) fn read(body: &str) -> Read {
    let Ok(event) = serde_json::from_str::<Value>(body) else { return Read::Unreadable };
    if !event.is_object() {
        return Read::Unreadable;
    }
    if text(&event, "source").as_deref() != Some("aws.connect") {
        return Read::NotOurs;
    }
    let Some(detail) = field(&event, "detail").filter(|detail| detail.is_object()) else {
        return Read::Unreadable;
    };
    let Some(kind) = text(detail, "eventType") else { return Read::Unreadable };
    // After `DISCONNECTED` an agent may still write it up; the one may come without the other.
    if !matches!(kind.as_str(), "DISCONNECTED" | "COMPLETED") {
        return Read::NotOurs;
    }
    if text(detail, "initiationMethod").is_some_and(|method| method != "API") {
        return Read::NotOurs;
    }
    let contact_id = text(detail, "contactId");
    let Some(contact_id) = contact_id.filter(|id| is_contact_id(id)) else {
        return Read::Unreadable;
    };
    let attributes = field(detail, "attributes").filter(|attributes| attributes.is_object());
    let sent_at = time(&event, "time");
    let end = EndedContact {
        disconnect_reason: text(detail, "disconnectReason"),
        connected_at: time(detail, "connectedToSystemTimestamp"),
        ended_at: time(detail, "disconnectTimestamp").or(sent_at),
        machine_detection: text(detail, "answeringMachineDetectionStatus"),
        flow_outcome: attributes.and_then(|all| text(all, FLOW_OUTCOME_ATTRIBUTE)),
        described: false,
    };
    Read::End(ContactEnd { contact_id, end })
}

fn is_contact_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The first field of this name, whatever its case.
fn field<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let object = object.as_object()?;
    object.get(name).or_else(|| {
        object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

fn text(object: &Value, name: &str) -> Option<String> {
    let text = field(object, name)?.as_str()?;
    (!text.is_empty()).then(|| text.chars().take(LONGEST_TEXT).collect())
}

fn time(object: &Value, name: &str) -> Option<Timestamp> {
    field(object, name)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The fields are those of AWS's own sample of a disconnected voice call.
    fn sample() -> Value {
        json!({
            "version": "0", "id": "the-event-id", "detail-type": "Amazon Connect Contact Event",
            "source": "aws.connect", "account": "111122223333", "time": "2026-11-20T18:05:00Z",
            "region": "us-west-2", "resources": ["arn:aws:connect:…:contact/c-1"],
            "detail": {
                "eventType": "DISCONNECTED", "contactId": "c-1", "initialContactId": "c-0",
                "channel": "VOICE", "instanceArn": "arn:aws:connect:…", "initiationMethod": "API",
                "initiationTimestamp": "2026-11-20T18:03:00Z",
                "connectedToSystemTimestamp": "2026-11-20T18:03:10Z",
                "disconnectTimestamp": "2026-11-20T18:04:58Z",
                "queueInfo": {"queueType": "type"}, "AgentInfo": {"AgentArn": "arn"},
                "CustomerVoiceActivity": {"greetingStartTimestamp": "2026-11-20T18:03:12Z"},
            }
        })
    }

    fn with(pointer: &str, value: Value) -> String {
        let mut event = sample();
        *event.pointer_mut(pointer).unwrap() = value;
        event.to_string()
    }

    #[test]
    fn the_sample_of_aws_is_read() {
        let Read::End(ContactEnd { contact_id, end }) = read(&sample().to_string()) else {
            panic!("it is an end")
        };
        assert_eq!(contact_id, "c-1");
        assert_eq!(end.connected_at, "2026-11-20T18:03:10Z".parse().ok());
        assert_eq!(end.ended_at, "2026-11-20T18:04:58Z".parse().ok());
        assert_eq!(end.disconnect_reason, None);
    }

    #[test]
    fn keys_are_found_whatever_their_case() {
        let renamed = sample()
            .to_string()
            .replace("\"contactId\"", "\"ContactId\"")
            .replace("\"eventType\"", "\"EventType\"")
            .replace("\"disconnectTimestamp\"", "\"DisconnectTimestamp\"");
        assert_eq!(read(&renamed), read(&sample().to_string()));
    }

    #[test]
    fn what_is_not_ours_is_left_alone_and_what_is_broken_is_kept() {
        let check = |body: String, expected: Read| assert_eq!(read(&body), expected, "{body}");
        check(with("/source", json!("aws.s3")), Read::NotOurs);
        check(with("/detail/eventType", json!("CONNECTED_TO_SYSTEM")), Read::NotOurs);
        check(with("/detail/eventType", json!("SOMETHING_NEW")), Read::NotOurs);
        check(with("/detail/initiationMethod", json!("INBOUND")), Read::NotOurs);
        check(with("/detail/contactId", json!(7)), Read::Unreadable);
        check(with("/detail/contactId", json!("")), Read::Unreadable);
        check(with("/detail", json!(null)), Read::Unreadable);
        check("{".to_owned(), Read::Unreadable);
        check("[]".to_owned(), Read::Unreadable);
    }
}
