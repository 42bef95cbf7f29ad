//! Asks the engine over its API, and again where it died before it answered.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{sync::watch, time::interval};

use super::engine::Whereabouts;

/// How often somebody looks who waits for an end.
const LOOK: Duration = Duration::from_millis(50);

/// A client of the engine, wherever it is.
pub(crate) struct Asker {
    pub(crate) whereabouts: watch::Receiver<Whereabouts>,
    pub(crate) client: reqwest::Client,
}

impl Asker {
    /// What is answered, by the first process that lives long enough to do so.
    pub(crate) async fn ask(&mut self, operation: &str, body: &Value) -> Value {
        loop {
            let Whereabouts { deaths, url } =
                self.whereabouts.wait_for(|it| it.url.is_some()).await.unwrap().clone();
            let request = self.client.post(url.unwrap()).body(body.to_string());
            let request = request
                .header("x-amz-target", format!("AWSStepFunctions.{operation}"))
                .header("content-type", "application/x-amz-json-1.0");
            let answered = async { request.send().await?.json::<Value>().await };
            match answered.await {
                Ok(answer) => return answer,
                Err(_died) => {
                    self.whereabouts.wait_for(|it| it.deaths > deaths).await.unwrap();
                }
            }
        }
    }

    /// How an execution ends.
    pub(crate) async fn end_of(&mut self, execution: &str) -> String {
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            let described = json!({"executionArn": execution});
            let described = self.ask("DescribeExecution", &described).await;
            match described["status"].as_str().unwrap() {
                "RUNNING" => {}
                status => return status.to_owned(),
            }
        }
    }

    /// The executions of a machine, and how they stand.
    pub(crate) async fn list(&mut self, machine: &str) -> Vec<(String, String)> {
        let listed = self.ask("ListExecutions", &json!({"stateMachineArn": machine})).await;
        let field = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        let listed = listed["executions"].as_array().unwrap().iter();
        listed.map(|one| (field(one, "executionArn"), field(one, "status"))).collect()
    }

    /// The same, once all have ended.
    pub(crate) async fn ends_of(&mut self, machine: &str) -> Vec<(String, String)> {
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            let told = self.list(machine).await;
            if told.iter().all(|(_, status)| status != "RUNNING") {
                return told;
            }
        }
    }
}
