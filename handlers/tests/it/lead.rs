//! A lead on its road, and what the services counted of it.

use atlas_core::Payload;
use atlas_engine::{Engine, StartRequest, Time};
use atlas_local::Deployment;
use atlas_sandbox::Sandbox;
use definitions::lead_to_call;
use handlers::functions::Handler;
use serde_json::Value;

/// What a lead needs as long as its events come.
pub(crate) const STEPS: &[Handler] = &[
    Handler::CreateLead,
    Handler::GenerateDynamicScenario,
    Handler::InvokeOutboundCall,
    Handler::UpdateLead,
    Handler::CallEnded,
];

/// What became of leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// How many phones rang, each time counted.
    pub(crate) rings: u64,
    /// The attempts that rang more than once.
    pub(crate) rung_twice: Vec<String>,
    /// What Salesforce knows of each lead's call, and why it ended.
    pub(crate) outcomes: Vec<String>,
}

impl Told {
    /// Each of so many was rung once, answered, and Salesforce knows it.
    pub(crate) fn answered(leads: usize) -> Self {
        Self {
            rings: leads as u64,
            rung_twice: Vec::new(),
            outcomes: vec!["ANSWERED, CUSTOMER_DISCONNECT".to_owned(); leads],
        }
    }
}

/// Starts the workflow; its waits take no time. The ARN of the execution.
pub(crate) fn start(engine: &Engine, input: Value) -> String {
    let request = StartRequest {
        state_machine: lead_to_call::NAME.to_owned(),
        name: None,
        input: Payload::from(input),
        case: None,
        time: Time::SkippingWaits,
    };
    engine.start(request).unwrap().execution_arn.to_string()
}

/// Waits until every execution has ended: its machine, and how it ended.
pub(crate) async fn all_ended(engine: &Engine) -> Vec<(String, &'static str)> {
    loop {
        let executions = engine.executions();
        let Some(open) = executions.iter().find(|execution| execution.outcome.is_none()) else {
            let ended = executions.iter();
            return ended
                .map(|execution| (execution.state_machine_name.to_string(), execution.status()))
                .collect();
        };
        engine.wait(&open.execution_arn).await.unwrap();
    }
}

/// What the services of a deployment counted.
pub(crate) fn told(deployment: &Deployment) -> Told {
    told_by(deployment.sandbox().unwrap())
}

/// What the services counted.
pub(crate) fn told_by(sandbox: &Sandbox) -> Told {
    let counters = sandbox.counters();
    let counts = |tally: &str| -> Vec<(String, u64)> {
        let all = counters[tally].as_object().unwrap().iter();
        all.map(|(what, count)| (what.clone(), count.as_u64().unwrap())).collect()
    };
    let twice = counts("ringsByToken").into_iter().filter(|(_, rings)| *rings > 1);
    let leads = counters["leads"].as_object().unwrap().values();
    let outcome = |lead: &Value| {
        let field = |name: &str| lead["fields"][name].as_str().unwrap_or_default();
        format!("{}, {}", field("Call_Outcome__c"), field("Call_Disconnect_Reason__c"))
    };
    Told {
        rings: counts("ringsByNumber").iter().map(|(_, rings)| rings).sum(),
        rung_twice: twice.map(|(token, _)| token).collect(),
        outcomes: leads.map(outcome).collect(),
    }
}
