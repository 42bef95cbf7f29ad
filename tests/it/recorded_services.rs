//! The services around a recorded case: its functions answer as they were recorded, and a worker
//! that is itself a state machine takes and ends the tasks of activities.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use atlas_asl::resource::{Pattern, Resource};
use atlas_core::{Failure, Payload};
use atlas_engine::{
    Engine, EngineError,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use beside::{Case, Invocation};
use serde_json::{Value, json};

/// Longer than the timeout of any recorded task.
const TOO_SLOW: Duration = Duration::from_secs(100);

/// The services of one case.
pub(crate) struct RecordedServices {
    case: Case,
    engine: Mutex<Option<Engine>>,
    needs_more: AtomicBool,
}

impl RecordedServices {
    pub(crate) fn new(case: &Case) -> Arc<Self> {
        Arc::new(Self { case: case.clone(), engine: Mutex::default(), needs_more: false.into() })
    }

    /// The engine whose API the case's machines call; `None` once the case is over.
    pub(crate) fn serve(&self, engine: Option<Engine>) {
        *self.engine.lock().unwrap() = engine;
    }

    /// A task called something that was not recorded.
    pub(crate) fn needs_more(&self) -> bool {
        self.needs_more.load(Ordering::Relaxed)
    }

    fn unknown(&self, call: &TaskCall) -> Answering {
        self.needs_more.store(true, Ordering::Relaxed);
        let resource = &call.request.resource;
        answered(Err(failure("Test.NotRecorded", &resource.to_string())))
    }

    fn function(&self, call: &TaskCall, function: &str, payload: &Value) -> Answering {
        let is_invoke = !matches!(*call.request.resource, Resource::Function { .. });
        let Some(invocation) = beside::invocation_of(&self.case, function, payload) else {
            return self.unknown(call);
        };
        let Invocation { result, is_error, is_found, .. } = invocation;
        if !is_found {
            let name = function.rsplit(':').next().unwrap_or_default();
            return answered(Err(failure(
                "Lambda.ResourceNotFoundException",
                &format!(
                    "Function not found: arn:aws:lambda:us-east-1:111111111111:function:{name}:\
                     $LATEST (Service: AWSLambda; Status Code: 404; Error Code: \
                     ResourceNotFoundException; Request ID: r; Proxy: null)"
                ),
            )));
        }
        // A long answer was recorded as the text that it is.
        let result_value: Value =
            serde_json::from_str(result).unwrap_or_else(|_| result.as_str().into());
        let is_slow = result_value["errorType"] == "Sandbox.Timedout"
            || (call.request.timeout_seconds.is_some() && self.case.area.contains("timeout"));
        let answer = if *is_error {
            // The optimised integration writes the function's answer anew; a bare function's is as
            // it was.
            let cause = if is_invoke { result_value.to_string() } else { result.clone() };
            let error = result_value["errorType"].as_str().map(str::to_owned);
            Err(Failure { error, cause: Some(cause) })
        } else if is_invoke {
            Ok(Payload::from(json!({
                "ExecutedVersion": "$LATEST",
                "Payload": result_value,
                "SdkHttpMetadata": {"AllHttpHeaders": {}, "HttpHeaders": {}, "HttpStatusCode": 200},
                "SdkResponseMetadata": {"RequestId": "r"},
                "StatusCode": 200,
            })))
        } else {
            Ok(Payload::parse(result.as_str()).unwrap_or_else(|_| Payload::from(result_value)))
        };
        Box::pin(async move {
            if is_slow {
                tokio::time::sleep(TOO_SLOW).await;
            }
            told(answer)
        })
    }

    /// The calls of Step Functions' own API that a worker makes.
    fn worker(&self, call: &TaskCall, action: &str) -> Answering {
        let Some(engine) = self.engine.lock().unwrap().clone() else { return self.unknown(call) };
        let parameters = call.request.parameters.value().clone();
        let text = |field: &str| parameters[field].as_str().map(str::to_owned);
        let token = text("TaskToken").unwrap_or_default();
        let ended = match action {
            "getActivityTask" => {
                let (arn, worker) = (text("ActivityArn").unwrap_or_default(), text("WorkerName"));
                return Box::pin(async move {
                    let task = engine.get_activity_task(&arn, worker).await;
                    told(task.map_err(refused).map(|task| match task {
                        Some(task) => Payload::from(json!({
                            "TaskToken": task.token.expose(),
                            "Input": task.input.text(),
                        })),
                        None => Payload::empty(),
                    }))
                });
            }
            "sendTaskSuccess" => {
                engine.send_task_success(&token, &text("Output").unwrap_or_default())
            }
            "sendTaskFailure" => engine.send_task_failure(&token, text("Error"), text("Cause")),
            "sendTaskHeartbeat" => engine.send_task_heartbeat(&token),
            _ => return self.unknown(call),
        };
        answered(ended.map(|()| Payload::empty()).map_err(refused))
    }
}

impl TaskRunner for RecordedServices {
    fn run(&self, call: TaskCall) -> Answering {
        let parameters = call.request.parameters.value();
        match &*call.request.resource {
            Resource::Function { arn } => self.function(&call, arn, parameters),
            Resource::Integration { service, action, pattern: Pattern::RequestResponse }
                if service == "lambda" && action == "invoke" =>
            {
                let function = parameters["FunctionName"].as_str().unwrap_or_default();
                // A string is the request's body as it is.
                let payload = match &parameters["Payload"] {
                    Value::Null => json!({}),
                    Value::String(body) => {
                        serde_json::from_str(body).unwrap_or_else(|_| body.as_str().into())
                    }
                    other => other.clone(),
                };
                self.function(&call, function, &payload)
            }
            Resource::AwsSdk { service, action, .. } if service == "sfn" => {
                self.worker(&call, action)
            }
            Resource::Integration { .. } | Resource::AwsSdk { .. } | Resource::Activity { .. } => {
                self.unknown(&call)
            }
        }
    }
}

fn answered(answer: Result<Payload, Failure>) -> Answering {
    Box::pin(std::future::ready(told(answer)))
}

fn told(answer: Result<Payload, Failure>) -> TaskAnswer {
    match answer {
        Ok(output) => TaskAnswer::Answered(output),
        Err(failure) => TaskAnswer::Failed(failure),
    }
}

fn refused(error: EngineError) -> Failure {
    let name = error.exception().unwrap_or("InternalServerError");
    failure(&format!("Sfn.{name}Exception"), &error.to_string())
}

fn failure(error: &str, cause: &str) -> Failure {
    Failure { error: Some(error.to_owned()), cause: Some(cause.to_owned()) }
}
