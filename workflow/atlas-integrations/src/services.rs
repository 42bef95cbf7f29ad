//! The runner: takes a task, finds the service that it calls, and tells what came of it.

use std::{fmt, sync::Arc, time::SystemTime};

use atlas_asl::resource::Resource;
use atlas_core::{Failure, Identity, Payload, TaskRequest};
use atlas_engine::runner::{Answering, TaskAnswer, TaskCall, TaskRunner, Watched, not_reachable};
use hyper::Method;
use serde_json::Value;

use crate::{
    credentials::Credentials,
    endpoint,
    endpoints::{Endpoint, Endpoints, variable},
    failure::{Naming, unreached},
    optimised, sdk,
    signing::{Scope, add_signature},
    transport::{Answer, NoAnswer, Request, Timeouts, Transport, Wait},
};

/// How AWS services are reached.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where they are. A service without an endpoint is never called.
    pub endpoints: Endpoints,
    /// What requests are signed with. Without any, the access key id is the account of the execution,
    /// or that of the role in the task's `Credentials`.
    pub credentials: Option<Credentials>,
    /// How long they are waited for.
    pub timeouts: Timeouts,
}

/// Performs tasks by calling AWS services over HTTP.
///
/// A call is made once: what AWS's own SDK tries again inside of Step Functions is left to the
/// machine's `Retry`, which shows it.
#[derive(Clone)]
pub struct AwsServices(Arc<Inner>);

struct Inner {
    endpoints: Endpoints,
    credentials: Option<Credentials>,
    transport: Transport,
}

impl AwsServices {
    /// Nothing is connected before the first task.
    pub fn new(options: Options) -> Self {
        let Options { endpoints, credentials, timeouts } = options;
        Self(Arc::new(Inner { endpoints, credentials, transport: Transport::new(timeouts) }))
    }
}

impl TaskRunner for AwsServices {
    fn run(&self, call: TaskCall) -> Answering {
        let Self(inner) = self.clone();
        Box::pin(async move {
            let TaskCall { identity, request, watched } = call;
            let cx = Call {
                inner: &inner,
                identity: &identity,
                request: &request,
                watched: watched.as_ref(),
            };
            match perform(&cx).await {
                Ok(output) => TaskAnswer::Answered(output),
                Err(failure) => TaskAnswer::Failed(failure),
            }
        })
    }
}

async fn perform(cx: &Call<'_>) -> Result<Payload, Failure> {
    match &*cx.request.resource {
        Resource::Integration { service, action, .. } => match (&**service, &**action) {
            ("dynamodb", "getItem" | "putItem" | "updateItem" | "deleteItem") => {
                optimised::dynamodb::perform(cx, action).await
            }
            ("apigateway", "invoke") => endpoint::invoke_api_gateway(cx).await,
            ("events", "putEvents") => optimised::events::put_events(cx).await,
            ("http", "invoke") => endpoint::invoke_http(cx).await,
            ("lambda", "invoke") => optimised::lambda::invoke(cx).await,
            ("sns", "publish") => optimised::sns::publish(cx).await,
            ("sqs", "sendMessage") => optimised::sqs::send_message(cx).await,
            // `atlas validate` warns of these (`not_embedded.rs`).
            _ => Err(cx.not_reachable()),
        },
        Resource::Function { arn } => optimised::lambda::call_function(cx, arn).await,
        Resource::AwsSdk { service, action, .. } => sdk::perform(cx, service, action).await,
        Resource::Activity { .. } => Err(cx.not_reachable()),
    }
}

/// One task on its way, and what it takes to go there.
pub(crate) struct Call<'a> {
    inner: &'a Inner,
    pub(crate) identity: &'a Identity,
    pub(crate) request: &'a TaskRequest,
    pub(crate) watched: Option<&'a Watched>,
}

/// A service as it is reached.
#[derive(Debug)]
pub(crate) struct Service<'a> {
    /// Its id in AWS's API models: `DynamoDB`.
    pub(crate) id: &'a str,
    /// For which name requests are signed: `dynamodb`.
    pub(crate) signing_name: &'a str,
    /// What its errors are called.
    pub(crate) naming: Naming<'a>,
}

/// What is sent, before it has an endpoint and a signature.
pub(crate) struct Parts {
    pub(crate) method: Method,
    /// With a slash at its beginning, and perhaps a query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call<'_> {
    /// What the definition calls the service with.
    pub(crate) fn parameters(&self) -> &Value {
        self.request.parameters.value()
    }

    /// Sends one request to a service and waits for the answer, whatever it says.
    pub(crate) async fn send(
        &self,
        service: &Service<'_>,
        parts: Parts,
        wait: Wait,
    ) -> Result<Answer, Failure> {
        let endpoint = self.endpoint_of(&[service.id])?;
        let not_sendable = || self.not_sendable(service.id);
        let Parts { method, path, headers, body } = parts;
        let url = endpoint.at(&path).map_err(|_| not_sendable())?;
        let headers = headers.into_iter().map(|(name, value)| (name.into(), value)).collect();
        let mut request = Request { method, url, headers, body };
        add_signature(&mut request, &self.scope(service.signing_name), SystemTime::now())
            .map_err(|_| not_sendable())?;
        let answer = self.inner.transport.send(request, wait).await;
        answer.map_err(|why| unreached(&service.naming, why, endpoint.authority()))
    }

    /// Sends one request to wherever it is for.
    pub(crate) async fn exchange(&self, request: Request) -> Result<Answer, NoAnswer> {
        self.inner.transport.send(request, Wait::Service).await
    }

    /// Where the service that has one of these ids is reached.
    pub(crate) fn endpoint_of(&self, ids: &[&str]) -> Result<&Endpoint, Failure> {
        let endpoint = self.inner.endpoints.of(ids);
        endpoint.ok_or_else(|| self.no_endpoint(ids.last().copied().unwrap_or_default()))
    }

    /// For whom requests of a service are signed.
    pub(crate) fn scope(&self, signing_name: &str) -> Scope {
        let configured = self.inner.credentials.clone();
        Scope {
            credentials: configured.unwrap_or_else(|| Credentials::of_account(self.account())),
            region: self.identity.region.to_string(),
            signing_name: signing_name.to_owned(),
        }
    }

    /// The account of the role that the task assumes, or else that of the execution.
    pub(crate) fn account(&self) -> &str {
        let role = self.request.credentials.as_ref().and_then(|it| it["RoleArn"].as_str());
        let arn = role.unwrap_or(&self.identity.execution_arn);
        arn.split(':').nth(4).unwrap_or_default()
    }

    pub(crate) fn not_reachable(&self) -> Failure {
        not_reachable(&self.request.resource, self.request.state.as_str())
    }

    /// As [`not_reachable`], and the variable that would have helped.
    fn no_endpoint(&self, service_id: &str) -> Failure {
        self.runtime(format!(
            "and no endpoint is known for {}: set `{}` or `AWS_ENDPOINT_URL`, or mock the \
             state in a mock file",
            service_id.replace('_', " "),
            variable(service_id)
        ))
    }

    fn not_sendable(&self, service_id: &str) -> Failure {
        self.runtime(format!(
            "and the request to {service_id} cannot be written: a parameter that \
                              goes into its path or its headers holds what neither can carry"
        ))
    }

    /// What no retry can mend.
    pub(crate) fn runtime(&self, why: String) -> Failure {
        let TaskRequest { state, resource, .. } = self.request;
        Failure {
            error: Some("States.Runtime".to_owned()),
            cause: Some(format!("State `{state}` calls `{resource}`, {why}")),
        }
    }
}

impl fmt::Debug for AwsServices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { endpoints, credentials, transport: _ } = &*self.0;
        f.debug_struct("AwsServices")
            .field("endpoints", endpoints)
            .field("credentials", credentials)
            .finish_non_exhaustive()
    }
}
