//! `atlas parked replay`: a lead takes the workflow again under its key, an outcome is reported again by the step
//! that could not.
//!
//! An item is forgotten when that has been accepted, and only as long as it is still the one that was read: a
//! lead that is parked again meanwhile stays.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use definitions::{
    call,
    contract::records::{LEAD_ID, PARTITION_KEY},
    lead_to_call,
};
use handlers::records::Parked;
use serde_json::{Value, json};

use super::{Desk, item};
use crate::{
    arguments::parked::Replay,
    failure::{Failure, Outcome, say},
    label::clean,
    operator::{Machine, Progress, arn, confirm, of_dynamodb},
    personal::hidden,
};

/// The state that reports an outcome.
const REPORTS: &str = "UpdateLead";

/// What is done with an item.
#[derive(Debug)]
enum Plan {
    /// The workflow is started with it.
    Start { machine_arn: String, intake: String },
    /// The step that reports is performed once more, with the machine's role.
    Report { state: Value, role_arn: Option<String>, input: Value },
}

pub(super) async fn run(desk: &Desk, asked: Replay) -> Outcome {
    let mut items = Vec::new();
    if asked.all {
        items = desk
            .deps
            .parked
            .all()
            .await
            .map_err(|fault| of_dynamodb(&desk.reached, &fault.to_string()))?;
        items.sort_by_key(item::parked_at);
    }
    for key in &asked.keys {
        items.extend(item::of_key(desk, key).await?);
    }
    if let Some(record) = &asked.record {
        items.retain(|item| item.record == *record);
    }
    if items.is_empty() {
        print_documents(desk, &[])?;
        say("nothing is parked; nothing was done");
        return Ok(ExitCode::SUCCESS);
    }
    let (mut plans, mut documents) = (Vec::new(), Vec::new());
    for item in items {
        let (plan, words) = plan(desk, &item).await?;
        documents.push(document(&item, "planned", &words));
        say(&format!("{} of {}: {words}", item::what(&item), item.interaction_key));
        plans.push((item, plan));
    }
    if asked.dry_run {
        print_documents(desk, &documents)?;
        say("nothing was done");
        return Ok(ExitCode::SUCCESS);
    }
    confirm(&format!("Replay {}?", plans.len()), asked.yes)?;
    let progress = Progress::of(plans.len(), "replaying");
    let mut failed = 0;
    documents.clear();
    for (item, plan) in &plans {
        let what = format!("{}\t{}", item.interaction_key, item.record);
        match replay(desk, item, plan).await {
            Ok(accepted) if desk.json => documents.push(document(item, "replayed", &accepted)),
            Ok(accepted) => writeln!(io::stdout().lock(), "{what}\t{accepted}")?,
            Err(fault) => {
                failed += 1;
                documents.push(document(item, "failed", &fault.words()));
                progress.say(&format!(
                    "{} of {} stays parked:",
                    item::what(item),
                    item.interaction_key
                ));
                fault.say();
            }
        }
        progress.step();
    }
    drop(progress);
    print_documents(desk, &documents)?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// An item, and what becomes of it.
fn document(item: &Parked, result: &str, words: &str) -> Value {
    json!({
        "interactionKey": item.interaction_key.as_str(), "record": item.record, "result": result,
        "what": words,
    })
}

fn print_documents(desk: &Desk, documents: &[Value]) -> Result<(), Failure> {
    if desk.json {
        writeln!(io::stdout().lock(), "{}", Value::from(documents))?;
    }
    Ok(())
}

/// What is to be done, and what will come of it, in words.
async fn plan(desk: &Desk, item: &Parked) -> Result<(Plan, String), Failure> {
    if item::is_lead(item) { plan_lead(desk, item).await } else { plan_outcome(desk, item).await }
}

async fn plan_lead(desk: &Desk, item: &Parked) -> Result<(Plan, String), Failure> {
    let api = &desk.reached.api;
    let Some(intake) = item.fields.get("intake").and_then(Value::as_str) else {
        return Err(lacks(item, "intake"));
    };
    let machine_arn = Machine::named(api, lead_to_call::NAME).await?.arn;
    let call = Machine::named(api, call::NAME).await?.arn;
    let call = arn::execution_arn(&call, &format!("call-{}", item.interaction_key));
    let words = match api.describe(&call).await {
        Ok(told) => format!(
            "takes {} again; its call was started before and is {}, so nobody is rung a second time",
            lead_to_call::NAME,
            clean(told["status"].as_str().unwrap_or_default())
        ),
        Err(refusal) if refusal.code() == "ExecutionDoesNotExist" => format!(
            "takes {} again, which rings the lead's phone for the first time, where it may be called now",
            lead_to_call::NAME
        ),
        Err(refusal) => return Err(refusal.into()),
    };
    Ok((Plan::Start { machine_arn, intake: intake.to_owned() }, words))
}

async fn plan_outcome(desk: &Desk, item: &Parked) -> Result<(Plan, String), Failure> {
    let Value::Object(mut input) = item::document(item, "callback") else {
        return Err(lacks(item, "callback"));
    };
    for name in [LEAD_ID, "attempt"] {
        let value = item.fields.get(name).ok_or_else(|| lacks(item, name))?;
        input.insert(name.to_owned(), value.clone());
    }
    input.insert(PARTITION_KEY.to_owned(), item.interaction_key.as_str().into());
    let machine_arn = Machine::named(&desk.reached.api, call::NAME).await?.arn;
    let machine = desk.reached.api.machine(&machine_arn).await?;
    let definition = machine["definition"].as_str().unwrap_or_default();
    let definition: Value = serde_json::from_str(definition).unwrap_or_default();
    let deployed = &definition["States"][REPORTS];
    let function = &deployed["Arguments"]["FunctionName"];
    if !function.is_string() {
        return Err(Failure::theirs(format_args!(
            "{} has no state `{REPORTS}` with a FunctionName, which would report the outcome",
            clean(&machine_arn)
        )));
    }
    let state = json!({
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": deployed["Resource"],
        "Arguments": { "FunctionName": function, "Payload": "{% $states.input %}" },
        "TimeoutSeconds": deployed["TimeoutSeconds"].as_u64().unwrap_or(30),
        "End": true,
    });
    let role_arn = machine["roleArn"].as_str().map(str::to_owned);
    let words = format!("is reported again by `{REPORTS}` of {}; nobody is rung", call::NAME);
    Ok((Plan::Report { state, role_arn, input: input.into() }, words))
}

/// Does it, and forgets the item. Says what accepted it.
async fn replay(desk: &Desk, item: &Parked, plan: &Plan) -> Result<String, Failure> {
    let api = &desk.reached.api;
    let accepted = match plan {
        Plan::Start { machine_arn, intake } => {
            let started = api.start(machine_arn, None, intake).await?;
            clean(started["executionArn"].as_str().unwrap_or_default())
        }
        Plan::Report { state, role_arn, input } => {
            let tried =
                api.try_state(&state.to_string(), role_arn.as_deref(), &input.to_string()).await?;
            let text = |name: &str| tried[name].as_str().unwrap_or_default();
            if text("status") != "SUCCEEDED" {
                let said = format!("{}: {}", text("error"), text("cause"));
                return Err(Failure::theirs(hidden(&clean(&said))));
            }
            "reported".to_owned()
        }
    };
    if !desk
        .deps
        .parked
        .replayed(item)
        .await
        .map_err(|fault| of_dynamodb(&desk.reached, &fault.to_string()))?
    {
        say(&format!(
            "{} of {} was parked again meanwhile, and stays",
            item::what(item),
            item.interaction_key
        ));
    }
    Ok(accepted)
}

fn lacks(item: &Parked, field: &str) -> Failure {
    Failure::theirs(format_args!(
        "{} of {} has no `{field}`; expected an item that {} or {} parked",
        item::what(item),
        item.interaction_key,
        lead_to_call::NAME,
        call::NAME
    ))
}
