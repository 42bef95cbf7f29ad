//! Every error that a test meets is one that its operation may answer with, under the status and in the form of
//! the API model, or one that all of AWS's services have in common.

use serde_json::Value;

use super::{Client, faults};
use crate::{api_model, reply::Reply, service::Service};

/// Errors of all services (AWS: "Common Errors" in each API reference; the two of the protocol are Smithy's), and
/// what SQS and Secrets Manager answer beside their models.
const COMMON: [&str; 14] = [
    "AccessDeniedException",
    "IncompleteSignatureException",
    "InternalFailure",
    "InvalidParameterValue",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "MissingParameter",
    "SerializationException",
    "ServiceUnavailable",
    "ThrottlingException",
    "UnknownOperationException",
    "ValidationException",
    // SQS developer guide: what a batch and a receipt answer, which the model gives other operations only.
    "EmptyBatchRequest",
    "InvalidAttributeName",
];

pub(crate) fn assert_known(service: Service, operation: &str, reply: &Reply) {
    let Some(model) = api_model::of(service).filter(|_| reply.status >= 400) else { return };
    if service == Service::Sts {
        let told = String::from_utf8_lossy(&reply.body);
        let code = told.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        let (code, _) = code.expect("an error of STS names its code");
        let of_query = ["InvalidAction", "ValidationError"];
        assert!(of_query.contains(&code) || COMMON.contains(&code), "{operation} {code}");
        return;
    }
    let mut body: Value = serde_json::from_slice(&reply.body).expect("an error is JSON");
    let header = reply.headers.iter().find(|(name, _)| *name == "x-amzn-errortype");
    let tagged = body.as_object_mut().and_then(|body| body.remove("__type"));
    let code = match (header, tagged) {
        (Some((_, code)), None) => code.clone(),
        (None, Some(Value::String(code))) => code,
        other => panic!("{service} {operation} names its error once: {other:?}"),
    };
    let code = code.rsplit('#').next().unwrap_or_default();
    match model.error_status(operation, code) {
        Some(status) => {
            let expected = status.unwrap_or(if reply.status >= 500 { 500 } else { 400 });
            assert_eq!(reply.status, expected, "{service} {operation} {code}");
            assert_eq!(model.error_misfits(code, &body), [], "{service} {operation} {code} {body}");
        }
        None => assert!(COMMON.contains(&code), "{service} {operation} never answers {code}"),
    }
}

#[tokio::test]
async fn every_fault_of_every_operation_is_an_error_that_it_has() {
    for fault in ["throttle", "400", "403", "404", "429", "500", "503"] {
        let client = Client::start(faults(&[&format!("*:{fault}:1")])).await;
        for (service, method, path, target) in [
            (Service::Bedrock, "POST", "/model/us.anthropic.x/converse", ""),
            (Service::Connect, "PUT", "/contact/outbound-voice", ""),
            (Service::Connect, "POST", "/contact/stop", ""),
            (Service::Connect, "GET", "/contacts/i/c", ""),
            (Service::Connect, "GET", "/instance/i", ""),
            (Service::Connect, "GET", "/contact-flows/i/f", ""),
            (Service::Connect, "GET", "/queues/i/q", ""),
            (Service::Connect, "POST", "/phone-number/list", ""),
            (Service::ServiceQuotas, "POST", "/", "ServiceQuotasV20190624.GetServiceQuota"),
            (Service::EventBridge, "POST", "/", "AWSEvents.ListRuleNamesByTarget"),
            (Service::DynamoDb, "POST", "/", "DynamoDB_20120810.GetItem"),
            (Service::DynamoDb, "POST", "/", "DynamoDB_20120810.PutItem"),
            (Service::DynamoDb, "POST", "/", "DynamoDB_20120810.UpdateItem"),
            (Service::DynamoDb, "POST", "/", "DynamoDB_20120810.DeleteItem"),
            (Service::DynamoDb, "POST", "/", "DynamoDB_20120810.Query"),
            (Service::DynamoDb, "POST", "/", "DynamoDB_20120810.Scan"),
            (Service::SecretsManager, "POST", "/", "secretsmanager.GetSecretValue"),
            (Service::Sqs, "POST", "/", "AmazonSQS.SendMessage"),
            (Service::Sqs, "POST", "/", "AmazonSQS.ReceiveMessage"),
            (Service::Sqs, "POST", "/", "AmazonSQS.DeleteMessageBatch"),
        ] {
            let mut request = client.signed(service, method.parse().unwrap(), path);
            if !target.is_empty() {
                request = request.header("x-amz-target", target);
            }
            let response = request.body("{}").send().await.unwrap();
            let status = response.status().as_u16();
            let told = response.text().await.unwrap();
            assert!(status >= 400 && told.starts_with('{'), "{service} {target} {fault}: {told}");
        }
    }
}
