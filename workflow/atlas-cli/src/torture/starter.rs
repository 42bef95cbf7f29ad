//! A client that starts executions, stops some of them, and lets those that failed go on.

use serde_json::{Value, json};
use tokio::{sync::watch, time::sleep};

use super::{
    api::Api,
    chance::Chance,
    records::{Effect, Start},
    shape::Shape,
};

/// How long a client may think before its next request.
const MOST_DELAY: u64 = 40;

/// A client.
#[derive(Debug)]
pub(super) struct Starter {
    pub(super) api: Api,
    pub(super) chance: Chance,
    /// Nobody else's executions are called so.
    pub(super) name: String,
}

impl Starter {
    /// Creates what all need: whoever does it first.
    pub(super) async fn prepare(&mut self) -> Result<(), String> {
        let activity = json!({"name": super::shape::ACTIVITY});
        let created = self.api.ask("CreateActivity", &activity).await;
        created.error.map_or(Ok(()), |error| Err(format!("CreateActivity: {error}")))?;
        for shape in Shape::ALL {
            let machine = json!({"name": shape.name(), "definition": shape.definition().to_string(),
                "roleArn": "arn:aws:iam::000000000000:role/torture"});
            let created = self.api.ask("CreateStateMachine", &machine).await;
            if let Some(error) = created.error {
                let why = &created.body["message"];
                return Err(format!("CreateStateMachine {}: {error}: {why}", shape.name()));
            }
        }
        Ok(())
    }

    /// Starts as many executions, and answers with what it remembers of them.
    pub(super) async fn load(&mut self, starts: u32) -> Vec<Start> {
        let mut known = Vec::new();
        for number in 0..starts {
            let shape = *self.chance.pick(&Shape::STARTED).unwrap_or(&Shape::Chain);
            let start = self.start(shape, format!("{}-{number}", self.name)).await;
            known.push(start);
            sleep(self.chance.millis(MOST_DELAY)).await;
            if self.chance.one_in(8) {
                let place = usize::try_from(self.chance.below(known.len() as u64)).unwrap_or(0);
                self.stop(&mut known[place]).await;
            }
            if self.chance.one_in(8) {
                self.look(&known).await;
            }
        }
        known
    }

    /// Stops what ends no other way, and lets go on what failed, unless that is given up.
    pub(super) async fn end(
        &mut self,
        mut known: Vec<Start>,
        is_given_up: watch::Receiver<bool>,
    ) -> Vec<Start> {
        for start in &mut known {
            if *is_given_up.borrow() {
                break;
            }
            match start.shape {
                Shape::Long if start.stop != Some(Effect::Acknowledged) => self.stop(start).await,
                Shape::Redriven if start.stop.is_none() => {
                    self.redrive(start, &is_given_up).await;
                }
                _ => {}
            }
        }
        known
    }

    async fn start(&mut self, shape: Shape, name: String) -> Start {
        let input = json!({"id": name}).to_string();
        let request = json!({"stateMachineArn": shape.machine_arn(), "name": name, "input": input});
        let effect = if self.chance.one_in(4) {
            // One that asks once, and never learns what became of it where nobody answers.
            match self.api.ask_once("StartExecution", &request).await {
                Ok(answer) => answer.effect(),
                Err(_no_answer) => Effect::Unknown,
            }
        } else {
            let answer = self.api.ask("StartExecution", &request).await;
            // Nobody else uses the name: it is the one that was asked for before, and has ended.
            match answer.error.as_deref() {
                Some("ExecutionAlreadyExists") => Effect::Acknowledged,
                _ => answer.effect(),
            }
        };
        let arn = shape.execution_arn(&name);
        Start { arn, name, shape, effect, stop: None, redrive: None }
    }

    async fn stop(&mut self, start: &mut Start) {
        let request = json!({"executionArn": start.arn, "error": "Torture.Stopped"});
        let answer = self.api.ask("StopExecution", &request).await;
        let effect = match answer.error.as_deref() {
            // Its start was never answered, and is not there.
            Some("ExecutionDoesNotExist") => Effect::Refused,
            _ => answer.effect(),
        };
        start.stop = Some(effect);
    }

    /// Waits until it failed, and lets it go on.
    async fn redrive(&mut self, start: &mut Start, is_given_up: &watch::Receiver<bool>) {
        let request = json!({"executionArn": start.arn});
        while !*is_given_up.borrow() {
            let told = self.api.ask("DescribeExecution", &request).await;
            match told.body["status"].as_str() {
                Some("RUNNING") => sleep(self.chance.millis(MOST_DELAY)).await,
                Some("FAILED") => {
                    let answer = self.api.ask("RedriveExecution", &request).await;
                    if answer.error.is_none() {
                        start.redrive = Some(Effect::Acknowledged);
                        return;
                    }
                    // It was seen to fail before that was kept, or goes on already.
                    start.redrive = Some(answer.effect());
                }
                // It was stopped, went on and succeeded, or never began.
                _ => return,
            }
        }
    }

    async fn look(&mut self, known: &[Start]) {
        let Some(start) = self.chance.pick(known) else { return };
        let (operation, request): (_, Value) = if self.chance.one_in(2) {
            ("DescribeExecution", json!({"executionArn": start.arn}))
        } else {
            ("ListExecutions", json!({"stateMachineArn": start.shape.machine_arn()}))
        };
        // It is the load that counts.
        let _seen = self.api.ask_once(operation, &request).await;
    }
}
