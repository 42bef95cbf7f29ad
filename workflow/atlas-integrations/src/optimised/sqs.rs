//! `sqs:sendMessage`: a body that is no text is sent as JSON.

use atlas_core::{Failure, Payload};

use super::exchange::{JsonApi, as_text, ask, result};
use crate::{
    failure::{Exceptions, Naming, Sdk},
    services::{Call, Service},
};

const SQS: JsonApi = JsonApi {
    service: Service {
        id: "SQS",
        signing_name: "sqs",
        naming: Naming {
            sdk: Sdk::One,
            prefix: "SQS",
            service: "AmazonSQS",
            exceptions: Exceptions::Listed {
                general: "AmazonSQSException",
                own: &[
                    "InvalidAddress",
                    "InvalidMessageContents",
                    "InvalidSecurity",
                    "KmsAccessDenied",
                    "KmsDisabled",
                    "KmsInvalidKeyUsage",
                    "KmsInvalidState",
                    "KmsNotFound",
                    "KmsOptInRequired",
                    "KmsThrottled",
                    "QueueDoesNotExist",
                    "RequestThrottled",
                    "UnsupportedOperation",
                ],
            },
        },
    },
    version: "1.0",
    target_prefix: "AmazonSQS",
};

pub(crate) async fn send_message(cx: &Call<'_>) -> Result<Payload, Failure> {
    let mut message = cx.parameters().clone();
    if let Some(body) = message.get_mut("MessageBody") {
        as_text(body);
    }
    let (fields, answer) = ask(cx, &SQS, "SendMessage", &message).await?;
    Ok(result(fields, &answer))
}
