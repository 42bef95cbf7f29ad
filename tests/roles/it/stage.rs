//! A deployment in which everybody is listened to.

use std::{sync::Arc, time::Duration};

use atlas_core::{Payload, history::Detail};
use atlas_deploy::access::Access;
use atlas_engine::{Observer, Place, StartRequest, Time};
use atlas_lambda::InvokeRequest;
use atlas_local::{Deployment, Services, Setup, outside_services};
use atlas_sandbox::Sandbox;
use aws_sdk_dynamodb::types::AttributeValue;
use definitions::{
    contract::records::{PARTITION_KEY, SORT_KEY},
    resources::CALLS,
};
use handlers::functions::Handler;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use crate::{
    accesses,
    listener::{Heard, Listener},
};

/// Everything, at work.
pub(crate) struct Stage {
    pub(crate) deployment: Deployment,
    sandbox: Sandbox,
    heard: Heard,
    placed: mpsc::UnboundedReceiver<Arc<str>>,
    tables: aws_sdk_dynamodb::Client,
    _listeners: Vec<Listener>,
}

impl Stage {
    /// Calls last so long, and what is overdue is looked after soon.
    pub(crate) async fn set(talk: Duration) -> Self {
        let mut options = outside_services::options();
        options.connect.talk = talk;
        let sandbox = Sandbox::start(options).await.unwrap();
        let heard = Heard::default();
        let (engine_is, engine) = watch::channel(None);
        let (mut listeners, mut variables_of) = (Vec::new(), Vec::new());
        for handler in Handler::ALL {
            let services = sandbox.base_url();
            let listener =
                Listener::start(handler.name(), services, engine.clone(), heard.clone()).await;
            let services = outside_services::environment_at(services, Some(services));
            let endpoints =
                services.into_iter().filter(|(name, _)| name.starts_with("AWS_ENDPOINT_URL"));
            let own = endpoints.map(|(name, _)| (name, listener.url.clone()));
            variables_of.push((handler, own.collect()));
            listeners.push(listener);
        }
        let (observer, placed) = observer(heard.clone());
        let variables = [("CONNECT_REQUESTS_PER_SECOND", "1000"), ("OVERDUE_AFTER_SECONDS", "1")];
        let deployment = Deployment::start(Setup {
            services: Services::Elsewhere(outside_services::environment(&sandbox, None)),
            variables: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            variables_of,
            time: Time::SkippingWaits,
            observer: Some(observer),
            ..Setup::default()
        })
        .await
        .unwrap();
        engine_is.send_replace(Some(deployment.url().to_owned()));
        let tables = tables(sandbox.base_url());
        Self { deployment, sandbox, heard, placed, tables, _listeners: listeners }
    }

    /// Starts a machine. The ARN of the execution.
    pub(crate) fn start(&self, machine: &str, input: Value) -> String {
        let request = StartRequest {
            state_machine: machine.to_owned(),
            name: None,
            input: Payload::from(input),
            case: None,
            time: Time::SkippingWaits,
        };
        self.deployment.engine().start(request).unwrap().execution_arn.to_string()
    }

    /// The execution whose call is placed next, and that waits for its end.
    pub(crate) async fn placed(&mut self) -> Arc<str> {
        self.placed.recv().await.unwrap()
    }

    /// Waits until every execution has ended: how each did.
    pub(crate) async fn all_ended(&self) -> Vec<&'static str> {
        let engine = self.deployment.engine();
        loop {
            let executions = engine.executions();
            let Some(open) = executions.iter().find(|execution| execution.outcome.is_none()) else {
                return executions.iter().map(|execution| execution.status()).collect();
            };
            engine.wait(&open.execution_arn).await.unwrap();
        }
    }

    /// Invokes a function: what it answers, or its error.
    pub(crate) async fn invoke(&self, handler: Handler, payload: Value) -> Result<Value, Value> {
        let function = handler.name().parse().unwrap();
        let request = InvokeRequest::new(function, Place::default(), Payload::from(payload));
        let invoked = self.deployment.functions().invoke(request).await.unwrap();
        let json = |body: &atlas_lambda::Body| body.json().unwrap().clone();
        invoked.outcome.unwrap().map(|body| json(&body)).map_err(|error| json(error.body()))
    }

    /// From now on services show these faults and no others.
    pub(crate) async fn faults(&self, faults: &[&str]) {
        let url = format!("{}/_atlas/faults", self.sandbox.base_url());
        let set = reqwest::Client::new().post(url).json(&json!(faults)).send().await.unwrap();
        assert!(set.status().is_success(), "{faults:?}");
    }

    /// What services counted.
    pub(crate) fn counters(&self) -> Value {
        self.sandbox.counters()
    }

    /// Takes an item out of the table of calls, as time may.
    pub(crate) async fn forget(&self, partition: &str, sort: &str) {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let delete = self.tables.delete_item().table_name(CALLS.name);
        let delete = delete.key(PARTITION_KEY, text(partition)).key(SORT_KEY, text(sort));
        delete.send().await.unwrap();
    }

    /// Ends it all. Everything that was called.
    pub(crate) async fn over(self) -> Vec<Access> {
        self.deployment.stop().await;
        self.sandbox.stop().await;
        self.heard.lock().unwrap().iter().cloned().collect()
    }
}

/// Notes what machines call, and tells of each call that is placed.
fn observer(heard: Heard) -> (Observer, mpsc::UnboundedReceiver<Arc<str>>) {
    let (tell, placed) = mpsc::unbounded_channel();
    let observer: Observer = Arc::new(move |execution, event| match &event.detail {
        Detail::TaskScheduled(task) => {
            let machine = execution.split(':').nth(6).unwrap();
            let parameters = task.parameters.value();
            let resource = &task.resource;
            let asked =
                accesses::of_task(&resource.resource_type(), &resource.resource_name(), parameters);
            let (action, resource) = asked;
            let access = Access { caller: machine.to_owned(), action, resource };
            heard.lock().unwrap().insert(access);
        }
        Detail::TaskSubmitted { .. } => {
            let _gone = tell.send(Arc::clone(execution));
        }
        _ => {}
    });
    (observer, placed)
}

fn tables(base: &str) -> aws_sdk_dynamodb::Client {
    use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Credentials, Region};
    let config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(base)
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}
