//! What IAM would be asked about a request.

use axum::http::request::Parts;
use definitions::call;
use serde_json::Value;

/// An action, and the ARN of what it reaches.
pub(crate) type Asked = (String, String);

/// What a request to a service of AWS asks for; nothing where it only opens a connection.
pub(crate) fn of_request(parts: &Parts, body: &[u8]) -> Vec<Asked> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    let path: Vec<&str> = parts.uri.path().split('/').skip(1).collect();
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    if let Some((service, operation)) = target.and_then(|target| target.split_once('.')) {
        return match service {
            "DynamoDB_20120810" => {
                let index = body["IndexName"].as_str().map(|index| format!("/index/{index}"));
                let rest = format!("table/{}{}", text("TableName"), index.unwrap_or_default());
                one(format!("dynamodb:{operation}"), arn("dynamodb", &rest))
            }
            "secretsmanager" => {
                one(format!("secretsmanager:{operation}"), secret(&text("SecretId")))
            }
            "AmazonSQS" => {
                let url = text("QueueUrl");
                let queue = url.rsplit('/').next().unwrap_or_default();
                one(format!("sqs:{operation}"), arn("sqs", queue))
            }
            "AWSStepFunctions" => {
                let machine = match operation {
                    "StartExecution" => machine(&text("stateMachineArn")),
                    // Of a token alone nobody can tell whose it is; only steps of this machine give any.
                    _ => arn("states", &format!("stateMachine:{}", call::NAME)),
                };
                one(format!("states:{operation}"), machine)
            }
            other => panic!("no service is known by `{other}`"),
        };
    }
    match (parts.method.as_str(), &path[..]) {
        ("GET", [""]) => Vec::new(),
        ("POST", ["model", id, "converse"]) => {
            let id = id.replace("%3A", ":");
            // Both have to be allowed: the profile, and the model that it passes the question on to.
            let profile = arn("bedrock", &format!("inference-profile/{id}"));
            let model = format!("arn:aws:bedrock:us-west-2::foundation-model/{}", model_of(&id));
            [profile, model].map(|arn| ("bedrock:InvokeModel".to_owned(), arn)).into()
        }
        ("PUT", ["contact", "outbound-voice"]) => {
            // Which contact it will be nobody knows yet.
            let contacts = format!("instance/{}/contact/*", text("InstanceId"));
            one("connect:StartOutboundVoiceContact".to_owned(), arn("connect", &contacts))
        }
        ("GET", ["contacts", instance, contact]) => {
            let contact = format!("instance/{instance}/contact/{contact}");
            one("connect:DescribeContact".to_owned(), arn("connect", &contact))
        }
        (method, _) => panic!("no service is known that takes {method} {}", parts.uri.path()),
    }
}

/// What a task asks for that a machine schedules.
pub(crate) fn of_task(integration: &str, operation: &str, parameters: &Value) -> Asked {
    let text = |field: &str| parameters[field].as_str().unwrap_or_default();
    match (integration, operation.split('.').next()) {
        ("lambda", Some("invoke")) => {
            // Here functions have neither the stack's name nor versions.
            let name = text("FunctionName").rsplit(':').next().unwrap_or_default();
            let version = format!("function:AtlasEngine-{name}:1");
            ("lambda:InvokeFunction".to_owned(), arn("lambda", &version))
        }
        ("states", Some("startExecution")) => {
            ("states:StartExecution".to_owned(), machine(text("StateMachineArn")))
        }
        ("dynamodb", Some("putItem")) => {
            let table = format!("table/{}", text("TableName"));
            ("dynamodb:PutItem".to_owned(), arn("dynamodb", &table))
        }
        other => panic!("no machine of ours has a task {other:?}"),
    }
}

/// The model behind an inference profile: what follows the region.
pub(crate) fn model_of(profile: &str) -> &str {
    profile.split_once('.').map_or(profile, |(_, model)| model)
}

/// The ARN of a secret, which is known by its name here.
pub(crate) fn secret(id: &str) -> String {
    arn("secretsmanager", &format!("secret:{id}"))
}

fn one(action: String, resource: String) -> Vec<Asked> {
    vec![(action, resource)]
}

/// IAM is asked about the machine, whichever version or alias is meant (Step Functions Developer Guide,
/// "Authorization for versions and aliases").
fn machine(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}

fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:us-east-1:000000000000:{rest}")
}
