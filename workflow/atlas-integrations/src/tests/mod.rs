//! Tasks of real executions against services over real HTTP: the sandbox where it has the service,
//! and otherwise a peer that answers as the service's documentation says.

mod harness;

mod peer;

mod dynamodb;

mod sqs;

mod sns;

mod events;

mod lambda;

mod sdk;

mod s3;

mod http;

mod api_gateway;

mod ways;
