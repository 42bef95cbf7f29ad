//! The services: how each is signed for, spoken to and reached.

use handlers::environment::{Variable, variables};

use crate::deployment::{
    AWS_ENDPOINT_URL_EVENTBRIDGE, AWS_ENDPOINT_URL_SERVICE_QUOTAS, AWS_ENDPOINT_URL_STS,
};

/// A service of AWS.
#[derive(Debug)]
pub(crate) struct Service {
    /// What requests are signed for.
    pub(crate) signing: &'static str,
    /// The first part of its host.
    pub(crate) host: &'static str,
    /// What names another place.
    pub(crate) endpoint: &'static Variable,
    /// What stands before an operation in `X-Amz-Target`, and the version of AWS JSON.
    pub(crate) target: Option<(&'static str, &'static str)>,
}

const fn rest(signing: &'static str, host: &'static str, endpoint: &'static Variable) -> Service {
    Service { signing, host, endpoint, target: None }
}

const fn json(
    signing: &'static str,
    endpoint: &'static Variable,
    prefix: &'static str,
    version: &'static str,
) -> Service {
    Service { signing, host: signing, endpoint, target: Some((prefix, version)) }
}

pub(crate) const STS: Service = rest("sts", "sts", &AWS_ENDPOINT_URL_STS);
pub(crate) const CONNECT: Service =
    rest("connect", "connect", &variables::AWS_ENDPOINT_URL_CONNECT);
pub(crate) const BEDROCK: Service =
    rest("bedrock", "bedrock-runtime", &variables::AWS_ENDPOINT_URL_BEDROCK_RUNTIME);
pub(crate) const SECRETS_MANAGER: Service =
    json("secretsmanager", &variables::AWS_ENDPOINT_URL_SECRETS_MANAGER, "secretsmanager", "1.1");
pub(crate) const DYNAMODB: Service =
    json("dynamodb", &variables::AWS_ENDPOINT_URL_DYNAMODB, "DynamoDB_20120810", "1.0");
pub(crate) const SQS: Service = json("sqs", &variables::AWS_ENDPOINT_URL_SQS, "AmazonSQS", "1.0");
pub(crate) const STEP_FUNCTIONS: Service =
    json("states", &variables::AWS_ENDPOINT_URL_SFN, "AWSStepFunctions", "1.0");
pub(crate) const SERVICE_QUOTAS: Service =
    json("servicequotas", &AWS_ENDPOINT_URL_SERVICE_QUOTAS, "ServiceQuotasV20190624", "1.1");
pub(crate) const EVENTBRIDGE: Service =
    json("events", &AWS_ENDPOINT_URL_EVENTBRIDGE, "AWSEvents", "1.1");
