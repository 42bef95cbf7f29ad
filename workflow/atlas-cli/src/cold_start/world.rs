//! What functions meet when they are measured: the services outside without latency, the Step Functions API,
//! and a state in which each handler has something to do.

use std::{fmt, time::Duration};

use atlas_asl::{model::ExecutionType, parse::parse};
use atlas_core::Payload;
use atlas_engine::{Place, StartRequest, Time};
use atlas_lambda::InvokeRequest;
use atlas_local::{Deployment, Services, Setup, outside_services};
use definitions::resources::CALLS;
use handlers::functions::Handler;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    candidate::Candidate,
    events::{self, is_done},
    sample::Sample,
};

/// What `StartExecution` starts: something that does nothing.
const STARTED: &str = "ColdStartWorkflow";
/// What waits for its token to be sent back.
const WAITING: &str = "ColdStartCall";
/// What hands out tokens.
const TOKENS: &str = "ColdStartTokens";
/// As soon as an attempt can be overdue.
const OVERDUE_AFTER: Duration = Duration::from_secs(1);
/// No pace holds up a call, and no hour forbids it.
const VARIABLES: [(&str, &str); 4] = [
    ("CONNECT_REQUESTS_PER_SECOND", "1000000"),
    ("CONNECT_CONCURRENT_CALLS", "1000000"),
    ("CALLING_FROM", "00:00"),
    ("CALLING_UNTIL", "24:00"),
];

/// Everything outside of the functions.
pub(crate) struct World {
    deployment: Deployment,
    http: reqwest::Client,
    variables: Vec<(String, String)>,
    tokens: String,
}

/// A function did not do what it was asked, or could not be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken(String);

impl Broken {
    pub(super) fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }

    pub(super) fn unanswered() -> Self {
        Self::new("it gave no answer")
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl World {
    pub(crate) async fn start() -> Result<Self, Broken> {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let mut options = outside_services::options();
        options.connect.talk = Duration::ZERO;
        let seconds = OVERDUE_AFTER.as_secs().to_string();
        let deployment = Deployment::start(Setup {
            services: Services::InProcess(Box::new(options)),
            // What is there before a function is invoked, these have done, in this process.
            handlers: vec![Handler::CreateLead, Handler::InvokeOutboundCall],
            variables: VARIABLES
                .map(own)
                .into_iter()
                .chain([own(("OVERDUE_AFTER_SECONDS", &seconds))])
                .collect(),
            ..Setup::default()
        })
        .await
        .map_err(Broken::new)?;
        let engine = deployment.engine();
        let tokens = engine.create_activity(TOKENS).map_err(Broken::new)?.arn.to_string();
        for (name, execution_type, state) in [
            (STARTED, ExecutionType::Express, json!({"Type": "Pass", "End": true})),
            (
                WAITING,
                ExecutionType::Standard,
                json!({"Type": "Task", "Resource": tokens, "End": true}),
            ),
        ] {
            let definition = json!({"StartAt": "Only", "States": {"Only": state}}).to_string();
            let machine = parse(&definition).machine.ok_or_else(Broken::unanswered)?;
            engine.create_state_machine(name, execution_type, &machine).map_err(Broken::new)?;
        }
        let sandbox = deployment.sandbox().ok_or_else(Broken::unanswered)?;
        let mut variables = outside_services::environment(sandbox, Some(deployment.url()));
        variables.retain(|(name, _)| name != "ATLAS_ENGINE_WORKFLOW_ARN");
        let started = Place::default().state_machine_arn(STARTED).to_string();
        variables.push(own(("ATLAS_ENGINE_WORKFLOW_ARN", &started)));
        variables.extend(VARIABLES.map(own));
        Ok(Self { deployment, http: reqwest::Client::new(), variables, tokens })
    }

    pub(crate) async fn stop(self) {
        self.deployment.stop().await;
    }

    /// Starts a handler's function once, has it do what there is to do, and looks whether it did.
    pub(crate) async fn measure(
        &self,
        candidate: &Candidate,
        handler: Handler,
    ) -> Result<Sample, Broken> {
        let mut binary = candidate.binary(handler).map_err(Broken::new)?;
        binary.variables.extend_from_slice(&self.variables);
        let event = self.event(handler).await?;
        let (sample, answer) = Sample::take(binary, event).await?;
        if is_done(handler, &answer) {
            Ok(sample)
        } else {
            Err(Broken::new("its answer is not that of a handler that has done all there is to do"))
        }
    }

    /// Sees to it that there is something to do, and gives what AWS would hand over.
    async fn event(&self, handler: Handler) -> Result<Value, Broken> {
        let key = Uuid::new_v4().simple().to_string();
        Ok(match handler {
            Handler::CreateLead | Handler::GenerateDynamicScenario => events::lead(&key),
            Handler::InvokeOutboundCall => {
                events::attempt(&key, "00Q000000000001AAA", &self.token().await?)
            }
            Handler::UpdateLead => {
                let created = self.have_done(Handler::CreateLead, events::lead(&key)).await?;
                let lead_id = created["leadId"].as_str().ok_or_else(Broken::unanswered)?;
                events::outcome(&key, lead_id)
            }
            Handler::CallEnded => events::contact_end(&self.call(&key).await?),
            Handler::CallSweeper => {
                self.call(&key).await?;
                tokio::time::sleep(OVERDUE_AFTER).await;
                events::tick()
            }
            Handler::LexFulfillment => events::demo_turn(&key),
            Handler::ResponseWriter => events::response_request(&key),
        })
    }

    /// Places a call, for whose end a step waits. Gives its contact.
    async fn call(&self, key: &str) -> Result<String, Broken> {
        let attempt = events::attempt(key, "00Q000000000001AAA", &self.token().await?);
        self.have_done(Handler::InvokeOutboundCall, attempt).await?;
        let sandbox = self.deployment.sandbox().ok_or_else(Broken::unanswered)?;
        let items = format!("{}/_atlas/items/{}", sandbox.base_url(), CALLS.name);
        let items = self.http.get(items).send().await.map_err(Broken::new)?;
        let items: Vec<Value> = items.json().await.map_err(Broken::new)?;
        let attempt = items
            .iter()
            .find(|item| item["interactionKey"]["S"] == key && item["record"]["S"] == "ATTEMPT#1");
        let contact = attempt.and_then(|item| item["contactId"]["S"].as_str());
        contact.map(str::to_owned).ok_or_else(|| Broken::new("the sandbox knows no such call"))
    }

    /// The token of a step that waits.
    async fn token(&self) -> Result<String, Broken> {
        let engine = self.deployment.engine();
        let request = StartRequest {
            state_machine: WAITING.to_owned(),
            name: None,
            input: Payload::from(json!({})),
            case: None,
            time: Time::Real,
        };
        engine.start(request).map_err(Broken::new)?;
        let task = engine.get_activity_task(&self.tokens, None).await.map_err(Broken::new)?;
        Ok(task.ok_or_else(Broken::unanswered)?.token.expose().to_owned())
    }

    /// Has a handler of this process do something.
    async fn have_done(&self, handler: Handler, event: Value) -> Result<Value, Broken> {
        let name = handler.name().parse().map_err(Broken::new)?;
        let request = InvokeRequest::new(name, Place::default(), Payload::from(event));
        let invoked = self.deployment.functions().invoke(request).await.map_err(Broken::new)?;
        let outcome = invoked.outcome.ok_or_else(Broken::unanswered)?;
        let answer = outcome.map_err(Broken::new)?;
        Ok(answer.json().cloned().unwrap_or_default())
    }
}
