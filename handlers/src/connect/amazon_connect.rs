//! Amazon Connect behind the port.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_connect::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        describe_contact::DescribeContactError,
        start_outbound_voice_contact::StartOutboundVoiceContactError,
    },
    primitives::DateTime,
    types,
};
use jiff::Timestamp;

use super::{Contact, FLOW_OUTCOME_ATTRIBUTE, OutboundCall, Telephony, TelephonyError};
use crate::{observe::Failure, records::EndedContact};

/// Which instance calls, and how.
#[derive(Debug, Clone)]
pub struct ConnectSettings {
    /// The instance.
    pub instance_id: String,
    /// The flow that speaks.
    pub contact_flow_id: String,
    /// The number to call from, where a call brings none.
    pub source_phone_number: Option<String>,
    /// The queue whose number is used where neither a call nor this names one.
    pub queue_id: Option<String>,
    /// How long it rings, 15 to 60 seconds.
    pub ring_timeout: Duration,
}

/// Amazon Connect.
#[derive(Debug, Clone)]
pub struct AmazonConnect {
    client: Client,
    settings: ConnectSettings,
}

impl AmazonConnect {
    /// An instance, reached by this client.
    pub fn new(client: Client, settings: ConnectSettings) -> Self {
        Self { client, settings }
    }
}

#[async_trait]
impl Telephony for AmazonConnect {
    async fn start_outbound_voice_contact(
        &self,
        call: &OutboundCall,
    ) -> Result<String, TelephonyError> {
        let seconds = self.settings.ring_timeout.as_secs().clamp(15, 60);
        let source = call.caller_id.clone().or_else(|| self.settings.source_phone_number.clone());
        let started = self
            .client
            .start_outbound_voice_contact()
            .instance_id(&self.settings.instance_id)
            .contact_flow_id(&self.settings.contact_flow_id)
            .destination_phone_number(call.destination.reveal())
            .set_source_phone_number(source)
            .set_queue_id(self.settings.queue_id.clone())
            .client_token(&call.client_token)
            .set_attributes(Some(call.attributes.clone().into_iter().collect()))
            .ring_timeout_in_seconds(i32::try_from(seconds).expect("at most 60"))
            .send()
            .await
            .map_err(|error| start_error(&error))?;
        // Without an id nobody can say that it rang, nor that it did not.
        started
            .contact_id
            .filter(|id| !id.is_empty())
            .ok_or_else(|| TelephonyError::Unavailable("it gave no contact id".to_owned()))
    }

    async fn describe_contact(&self, contact_id: &str) -> Result<Contact, TelephonyError> {
        let described = self
            .client
            .describe_contact()
            .instance_id(&self.settings.instance_id)
            .contact_id(contact_id)
            .send()
            .await;
        match described {
            Ok(described) => Ok(described.contact.as_ref().map_or(Contact::Missing, contact)),
            Err(error) => match error.as_service_error() {
                Some(DescribeContactError::ResourceNotFoundException(_)) => Ok(Contact::Missing),
                _ => Err(describe_error(&error)),
            },
        }
    }
}

fn contact(contact: &types::Contact) -> Contact {
    let Some(ended_at) = contact.disconnect_timestamp.as_ref().and_then(timestamp) else {
        return Contact::Open;
    };
    let attributes = contact.attributes.as_ref();
    let machine = contact.answering_machine_detection_status.as_ref();
    Contact::Ended(EndedContact {
        disconnect_reason: contact.disconnect_reason.clone(),
        connected_at: contact.connected_to_system_timestamp.as_ref().and_then(timestamp),
        ended_at: Some(ended_at),
        machine_detection: machine.map(|status| status.as_str().to_owned()),
        flow_outcome: attributes.and_then(|all| all.get(FLOW_OUTCOME_ATTRIBUTE)).cloned(),
        described: true,
    })
}

fn timestamp(at: &DateTime) -> Option<Timestamp> {
    Timestamp::from_millisecond(at.to_millis().ok()?).ok()
}

/// What Connect's refusals mean. Its messages may repeat the number, so only codes are kept.
fn start_error<R>(error: &SdkError<StartOutboundVoiceContactError, R>) -> TelephonyError {
    use StartOutboundVoiceContactError as Start;
    let Some(refusal) = error.as_service_error() else { return no_answer(error) };
    match refusal {
        Start::LimitExceededException(_) => TelephonyError::Throttled,
        Start::DestinationNotAllowedException(_) => TelephonyError::DestinationNotAllowed,
        Start::OutboundContactNotPermittedException(_) => {
            TelephonyError::NotPermitted("outbound contacts are not permitted".to_owned())
        }
        Start::ResourceNotFoundException(_) => {
            TelephonyError::NotPermitted("the instance or the contact flow is not there".to_owned())
        }
        Start::InvalidRequestException(_) => {
            TelephonyError::InvalidRequest("InvalidRequestException".to_owned())
        }
        Start::InvalidParameterException(_) => {
            TelephonyError::InvalidRequest("InvalidParameterException".to_owned())
        }
        other => by_code(other.code()),
    }
}

fn describe_error<R>(error: &SdkError<DescribeContactError, R>) -> TelephonyError {
    use DescribeContactError as Describe;
    let Some(refusal) = error.as_service_error() else { return no_answer(error) };
    match refusal {
        Describe::ThrottlingException(_) => TelephonyError::Throttled,
        Describe::InvalidRequestException(_) | Describe::InvalidParameterException(_) => {
            TelephonyError::InvalidRequest("the contact cannot be looked up".to_owned())
        }
        other => by_code(other.code()),
    }
}

/// What the model of an operation does not list, and `InternalServiceException`.
fn by_code(code: Option<&str>) -> TelephonyError {
    let code = code.unwrap_or("an error without a code");
    match code {
        "ThrottlingException"
        | "Throttling"
        | "TooManyRequestsException"
        | "LimitExceededException" => TelephonyError::Throttled,
        "AccessDeniedException" | "AccessDenied" => TelephonyError::NotPermitted(code.to_owned()),
        _ => TelephonyError::Unavailable(code.to_owned()),
    }
}

fn no_answer<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> TelephonyError {
    TelephonyError::Unavailable(Failure::code(error).to_string())
}

#[cfg(test)]
mod tests {
    use aws_sdk_connect::types::error::{
        DestinationNotAllowedException, InternalServiceException, InvalidRequestException,
        LimitExceededException, OutboundContactNotPermittedException,
    };

    use super::*;

    #[test]
    fn each_refusal_of_connect_has_its_meaning() {
        let check = |refusal: StartOutboundVoiceContactError,
                     expected: fn(&TelephonyError) -> bool| {
            let error = SdkError::service_error(refusal, ());
            let error = start_error(&error);
            assert!(expected(&error), "{error:?}");
        };
        use StartOutboundVoiceContactError as Start;
        use TelephonyError as E;
        check(Start::LimitExceededException(LimitExceededException::builder().build()), |error| {
            *error == E::Throttled
        });
        check(
            Start::DestinationNotAllowedException(
                DestinationNotAllowedException::builder().build(),
            ),
            |error| *error == E::DestinationNotAllowed,
        );
        check(
            Start::OutboundContactNotPermittedException(
                OutboundContactNotPermittedException::builder().build(),
            ),
            |error| matches!(error, E::NotPermitted(_)),
        );
        check(
            Start::InvalidRequestException(
                InvalidRequestException::builder().message("+14155550123 is wrong").build(),
            ),
            |error| matches!(error, E::InvalidRequest(text) if !text.contains("0123")),
        );
        check(
            Start::InternalServiceException(InternalServiceException::builder().build()),
            |error| matches!(error, E::Unavailable(_)),
        );
        let timeout = SdkError::timeout_error("8 s");
        let timeout: SdkError<StartOutboundVoiceContactError, ()> = timeout;
        assert!(matches!(start_error(&timeout), E::Unavailable(_)));
        assert_eq!(by_code(Some("TooManyRequestsException")), E::Throttled);
    }

    #[test]
    fn a_contact_is_over_once_it_has_a_time_of_disconnection() {
        let described = types::Contact::builder().connected_to_system_timestamp(at(10)).build();
        assert_eq!(contact(&described), Contact::Open);

        let described = types::Contact::builder()
            .connected_to_system_timestamp(at(10))
            .disconnect_timestamp(at(40))
            .disconnect_reason("CUSTOMER_DISCONNECT")
            .attributes(FLOW_OUTCOME_ATTRIBUTE, "VOICEMAIL")
            .build();
        let Contact::Ended(end) = contact(&described) else { panic!("it is over") };
        assert_eq!(end.connected_at, Some(Timestamp::from_second(10).unwrap()));
        assert_eq!(end.flow_outcome.as_deref(), Some("VOICEMAIL"));
        assert!(end.described);
    }

    fn at(second: i64) -> DateTime {
        DateTime::from_secs(second)
    }
}
