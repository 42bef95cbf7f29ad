//! Answers Lambda tasks as the recorded functions did. The account of an execution says which case
//! it belongs to.

use std::sync::Arc;

use atlas_asl::resource::{Pattern, Resource};
use atlas_core::{Failure, Payload};
use atlas_engine::runner::{Answering, NoRunner, TaskAnswer, TaskCall, TaskRunner};
use beside::{Case, Invocation};
use serde_json::{Value, json};

/// The account under which a case is replayed.
pub(crate) fn account_of(index: usize) -> String {
    format!("{index:012}")
}

/// The functions of every case.
pub(crate) struct RecordedLambdas(pub(crate) Arc<Vec<Case>>);

impl TaskRunner for RecordedLambdas {
    fn run(&self, call: TaskCall) -> Answering {
        let account = call.identity.execution_arn.split(':').nth(4).unwrap_or_default();
        let case = account.parse::<usize>().ok().and_then(|index| self.0.get(index));
        let parameters = call.request.parameters.value();
        let (function, payload, is_invoke) = match &*call.request.resource {
            Resource::Function { arn } => (arn.clone(), parameters.clone(), false),
            Resource::Integration { service, action, pattern: Pattern::RequestResponse }
                if service == "lambda" && action == "invoke" =>
            {
                let function = parameters["FunctionName"].as_str().unwrap_or_default().to_owned();
                let payload = parameters.get("Payload").cloned().unwrap_or_else(|| json!({}));
                (function, payload, true)
            }
            _ => return NoRunner.run(call),
        };
        let Some(case) = case else { return NoRunner.run(call) };
        // Functions of these cases sleep until the state's timeout has passed.
        let is_slow = call.request.timeout_seconds.is_some()
            && (case.area.contains("timeout") || case.id.contains("timeout"));
        if is_slow {
            return Box::pin(std::future::pending());
        }
        let answer = match beside::invocation_of(case, &function, &payload) {
            Some(invocation) if invocation.is_found => answered(invocation, is_invoke),
            Some(_) | None => not_found(&function, account),
        };
        Box::pin(std::future::ready(answer))
    }
}

fn answered(invocation: &Invocation, is_invoke: bool) -> TaskAnswer {
    let Invocation { result, is_error, .. } = invocation;
    let value: Value = serde_json::from_str(result).unwrap_or_else(|_| result.as_str().into());
    if *is_error {
        let error = value["errorType"].as_str().map(str::to_owned);
        // The optimised integration writes the function's answer anew; a bare function's is as it was.
        let cause = if is_invoke { value.to_string() } else { result.clone() };
        return TaskAnswer::Failed(Failure { error, cause: Some(cause) });
    }
    if !is_invoke {
        let output = Payload::parse(result.as_str()).unwrap_or_else(|_| Payload::from(value));
        return TaskAnswer::Answered(output);
    }
    let length = result.len().to_string();
    TaskAnswer::Answered(Payload::from(json!({
        "ExecutedVersion": "$LATEST",
        "Payload": value,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {
                "X-Amz-Executed-Version": ["$LATEST"],
                "x-amzn-Remapped-Content-Length": ["0"],
                "Connection": ["keep-alive"],
                "x-amzn-RequestId": ["r"],
                "Content-Length": [length],
                "Date": ["Sat, 21 Nov 2026 00:00:00 GMT"],
                "X-Amzn-Trace-Id": ["t"],
                "Content-Type": ["application/json"],
            },
            "HttpHeaders": {
                "Connection": "keep-alive",
                "Content-Length": length,
                "Content-Type": "application/json",
                "Date": "Sat, 21 Nov 2026 00:00:00 GMT",
                "X-Amz-Executed-Version": "$LATEST",
                "x-amzn-Remapped-Content-Length": "0",
                "x-amzn-RequestId": "r",
                "X-Amzn-Trace-Id": "t",
            },
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": { "RequestId": "r" },
        "StatusCode": 200,
    })))
}

fn not_found(function: &str, account: &str) -> TaskAnswer {
    let arn = if function.starts_with("arn:") {
        function.to_owned()
    } else {
        format!("arn:aws:lambda:us-east-1:{account}:function:{function}:$LATEST")
    };
    TaskAnswer::Failed(Failure {
        error: Some("Lambda.ResourceNotFoundException".to_owned()),
        cause: Some(format!(
            "Function not found: {arn} (Service: AWSLambda; Status Code: 404; Error Code: \
             ResourceNotFoundException; Request ID: r; Proxy: null)"
        )),
    })
}
