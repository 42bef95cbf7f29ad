//! Every try of every call of every AWS client: seen where the SDK makes it, so that none is forgotten
//! and a repetition has a line of its own.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef},
            dyn_dispatch_hint,
        },
        orchestrator::{HttpResponse, Metadata},
        retries::RequestAttempts,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use serde_json::Value;

use super::{Call, Code, OpenCall, Service};

/// Sees what one client asks of `service`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AwsCalls(pub(crate) Service);

/// The try that is under way. It writes its line when it goes: a call that is dropped has one too.
#[derive(Debug)]
struct Try(Option<OpenCall>);

impl Storable for Try {
    type Storer = StoreReplace<Self>;
}

/// Answers, not faults: a condition that was not met, a name that was used.
const ANSWERS: [&str; 2] = ["ConditionalCheckFailedException", "ExecutionAlreadyExists"];

#[dyn_dispatch_hint]
impl Intercept for AwsCalls {
    fn name(&self) -> &'static str {
        "AwsCalls"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = bag.load::<Metadata>().map_or("Unknown", Metadata::name).to_owned();
        let attempt = bag.load::<RequestAttempts>().map_or(1, |attempts| attempts.attempts());
        let call = Call::new(self.0, operation).attempt(attempt);
        bag.interceptor_state().store_put(Try(Some(call.start())));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        end(context, bag);
        Ok(())
    }

    /// A try that the operation's own time cut off has not come to its end.
    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        end(context, bag);
        Ok(())
    }
}

fn end(context: &FinalizerInterceptorContextRef<'_>, bag: &mut ConfigBag) {
    let open = bag.get_mut_from_interceptor_state::<Try>().and_then(|Try(open)| open.take());
    let Some(open) = open else { return };
    let code = match context.output_or_error() {
        Some(Ok(_)) => return open.succeed(),
        Some(Err(error)) if error.is_timeout_error() => Code::new("Timeout"),
        Some(Err(error)) => match error.as_connector_error() {
            Some(connector) if connector.is_timeout() => Code::new("Timeout"),
            Some(_) => Code::new("DispatchFailure"),
            None if error.is_operation_error() => {
                Code::new(&context.response().and_then(code_of).unwrap_or_default())
            }
            None => Code::new("ResponseError"),
        },
        None => Code::new("Abandoned"),
    };
    let fault = !ANSWERS.contains(&code.as_str());
    open.fail(code, fault);
}

/// The service's own code: in a header where the protocol is REST, else in the body, perhaps with a
/// namespace before it and an address behind it.
fn code_of(response: &HttpResponse) -> Option<String> {
    let header = response.headers().get("x-amzn-errortype").map(str::to_owned);
    let text = header.or_else(|| {
        let body: Value = serde_json::from_slice(response.body().bytes()?).ok()?;
        let code = body.get("__type").or_else(|| body.get("code"))?;
        code.as_str().map(str::to_owned)
    })?;
    let code = text.split(':').next().unwrap_or_default();
    Some(code.rsplit('#').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use crate::{
        clients::{Aws, Patience},
        observe::{Line, about, scoped},
        testing::{HttpPeer, Reply, aws_at},
    };

    #[tokio::test]
    async fn each_try_has_a_line_with_the_services_own_code() {
        let answers = Mutex::new(vec![
            Reply::json(200, &json!({})),
            Reply::json(400, &json!({"__type": "a.b#ConditionalCheckFailedException"})),
            Reply::json(200, &json!({})),
            Reply::json(500, &json!({"__type": "InternalServerError"})),
            Reply::json(400, &json!({"__type": "ValidationException:+14155550123"})),
        ]);
        let peer = HttpPeer::start(move |_| answers.lock().unwrap().pop().unwrap()).await;
        let aws = Aws::new(&aws_at(&peer.url())).await.unwrap();
        let client = aws.dynamodb(Patience::STEP).unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let key = "k-1".parse().unwrap();
        let calls = async {
            for _ in 0..4 {
                let _ = client.put_item().table_name("t").send().await;
            }
        };
        scoped(lines.clone(), about(&key, calls)).await;
        let lines = lines.lock().unwrap();
        let seen: Vec<_> = lines
            .iter()
            .map(|line| match line {
                Line::Call(call) => {
                    assert_eq!((&*call.operation, call.key.as_ref()), ("PutItem", Some(&key)));
                    (call.attempt, call.outcome.as_str().to_owned(), call.fault)
                }
                Line::Metric(_) | Line::Warning(_) => panic!("{line:?}"),
            })
            .collect();
        let line = |attempt: u32, outcome: &str, fault| (attempt, outcome.to_owned(), fault);
        assert_eq!(
            seen,
            [
                line(1, "ValidationException", true),
                line(1, "InternalServerError", true),
                line(2, "ok", false),
                line(1, "ConditionalCheckFailedException", false),
                line(1, "ok", false),
            ]
        );
    }
}
