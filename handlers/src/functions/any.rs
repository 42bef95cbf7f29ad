//! Any of the handlers, for a process that holds them all.

use std::sync::Arc;

use super::{
    Function, Handler, call_ended, call_sweeper, create_lead, generate_dynamic_scenario,
    invoke_outbound_call, lex_fulfillment, response_writer, update_lead,
};
use crate::environment::{Environment, InvalidVariable};

/// Builds a handler, with clients of its own, as an instance of its Lambda function would.
pub async fn of(
    handler: Handler,
    environment: &Environment,
) -> Result<Arc<dyn Function>, InvalidVariable> {
    Ok(match handler {
        Handler::CreateLead => Arc::new(create_lead(environment).await?),
        Handler::GenerateDynamicScenario => Arc::new(generate_dynamic_scenario(environment).await?),
        Handler::InvokeOutboundCall => Arc::new(invoke_outbound_call(environment).await?),
        Handler::UpdateLead => Arc::new(update_lead(environment).await?),
        Handler::CallEnded => Arc::new(call_ended(environment).await?),
        Handler::CallSweeper => Arc::new(call_sweeper(environment).await?),
        Handler::LexFulfillment => Arc::new(lex_fulfillment(environment).await?),
        Handler::ResponseWriter => Arc::new(response_writer(environment).await?),
    })
}

#[cfg(test)]
mod tests {
    use definitions::resources::FUNCTIONS;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        environment::variables,
        testing::{HttpPeer, Reply},
    };

    fn environment(peer: &HttpPeer) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_ENDPOINT_URL", peer.url()),
            ("SALESFORCE_SECRET_ID", "atlas/salesforce".to_owned()),
            ("PHONE_HASH_KEY", "0123456789abcdef".to_owned()),
            ("CONNECT_INSTANCE_ID", "instance".to_owned()),
            ("CONNECT_CONTACT_FLOW_ID", "flow".to_owned()),
            ("BEDROCK_MODEL_ID", "model".to_owned()),
            ("ATLAS_ENGINE_WORKFLOW_ARN", "arn".to_owned()),
            ("RESPONSE_QUEUE_URL", "url".to_owned()),
        ]
    }

    #[tokio::test]
    async fn every_handler_starts_where_nothing_works_and_names_what_it_cannot_do() {
        let peer = HttpPeer::start(|_| Reply::json(404, &json!({}))).await;
        let environment = environment(&peer).into_iter().collect();
        let batch = json!({"batchItemFailures": [{"itemIdentifier": ""}]});
        for handler in Handler::ALL {
            let function = of(handler, &environment).await.unwrap();
            let answer = function.invoke(Value::Null).await;
            match handler {
                Handler::CreateLead
                | Handler::GenerateDynamicScenario
                | Handler::InvokeOutboundCall
                | Handler::UpdateLead => {
                    assert_eq!(answer.unwrap_err().error_type, "Input.Invalid", "{handler}");
                }
                Handler::CallSweeper => {
                    assert_eq!(answer.unwrap_err().error_type, "Store.Unavailable");
                }
                Handler::CallEnded | Handler::ResponseWriter => {
                    assert_eq!(answer.unwrap(), batch, "{handler}");
                }
                Handler::LexFulfillment => {
                    assert_eq!(answer.unwrap()["sessionState"]["intent"]["state"], "Failed");
                }
            }
        }
    }

    #[tokio::test]
    async fn a_function_reads_the_variables_that_it_is_declared_with_and_no_others() {
        let peer = HttpPeer::start(|_| Reply::json(404, &json!({}))).await;
        for (handler, declared) in Handler::ALL.into_iter().zip(FUNCTIONS) {
            assert_eq!(handler.name(), declared.name);
            let environment: Environment = environment(&peer).into_iter().collect();
            of(handler, &environment).await.unwrap();
            // What Lambda itself sets, and where services are elsewhere than AWS says, is no function's own.
            let given = |name: &String| name.starts_with("AWS_") || name.starts_with("OTEL_");
            let read: Vec<String> =
                environment.asked().into_iter().filter(|name| !given(name)).collect();
            let mut expected: Vec<_> = declared.variables().collect();
            expected.sort_unstable();
            assert_eq!(read, expected, "{handler}");
            for name in expected {
                assert!(variables::ALL.iter().any(|known| known.name == name), "{name}");
            }
        }
    }

    #[tokio::test]
    async fn a_variable_that_is_missing_is_named() {
        let peer = HttpPeer::start(|_| Reply::json(404, &json!({}))).await;
        let check = async |handler: Handler, without: &str| {
            let rest = environment(&peer).into_iter().filter(|(name, _)| *name != without);
            let error = of(handler, &rest.collect()).await.err().unwrap();
            assert_eq!(error.name, without, "{handler}");
        };
        check(Handler::CreateLead, "SALESFORCE_SECRET_ID").await;
        check(Handler::CreateLead, "PHONE_HASH_KEY").await;
        check(Handler::UpdateLead, "SALESFORCE_SECRET_ID").await;
        check(Handler::GenerateDynamicScenario, "BEDROCK_MODEL_ID").await;
        check(Handler::InvokeOutboundCall, "PHONE_HASH_KEY").await;
        check(Handler::CallEnded, "CONNECT_INSTANCE_ID").await;
        check(Handler::CallSweeper, "CONNECT_CONTACT_FLOW_ID").await;
        check(Handler::LexFulfillment, "RESPONSE_QUEUE_URL").await;
        check(Handler::ResponseWriter, "BEDROCK_MODEL_ID").await;
    }
}
