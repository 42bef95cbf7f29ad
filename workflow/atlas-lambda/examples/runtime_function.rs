//! A function for the tests and for `cargo bench`, on the runtime that the handlers run on.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let context = event.context;
        match event.payload["do"].as_str() {
            Some("error") => Err(Error::from("on purpose")),
            Some("panic") => panic!("on purpose"),
            _ => Ok(json!({
                "payload": event.payload,
                "function": context.env_config.function_name,
                "arn": context.invoked_function_arn,
                "trace": context.xray_trace_id,
                "client": context.client_context,
            })),
        }
    }))
    .await
}
