//! Those who end tasks: workers of the activity, and whoever got a token.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::{Value, json};
use tokio::{
    sync::{mpsc::UnboundedReceiver, watch},
    task::JoinSet,
    time::sleep,
};

use super::{
    api::Api,
    chance::Chance,
    records::{Ending, Sent},
    shape::{AGAIN, BROKEN, Shape, activity_arn},
};

/// How long somebody may take before they end a task.
const MOST_DELAY: u64 = 250;

/// A task that somebody has to end.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) token: String,
    pub(super) execution: String,
    pub(super) id: String,
}

impl Task {
    /// As it is told by a worker's input or a call's payload.
    pub(super) fn read(token: &str, told: &Value) -> Option<Self> {
        let text = |field: &str| Some(told[field].as_str()?.to_owned());
        Some(Self { token: token.to_owned(), execution: text("execution")?, id: text("id")? })
    }
}

/// Those who end tasks: each ending says something that no other says.
#[derive(Debug)]
pub(super) struct Enders {
    pub(super) api: Api,
    pub(super) seed: (u64, u64),
    /// How many endings there were.
    pub(super) number: Arc<AtomicU64>,
}

impl Enders {
    fn another(&self) -> Self {
        Self { api: self.api.another(), seed: self.seed, number: Arc::clone(&self.number) }
    }

    fn next(&self) -> (u64, Chance) {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        // Far from the streams of those who start executions.
        (number, Chance::new(self.seed.0, self.seed.1, (1 << 32) + number))
    }

    /// Ends tasks whose tokens come in, until no more will. Some are kept until the load is over.
    pub(super) async fn answer(
        self,
        mut tasks: UnboundedReceiver<Task>,
        is_over: watch::Receiver<bool>,
    ) -> Vec<Sent> {
        let mut endings = JoinSet::new();
        let mut tries: BTreeMap<String, u64> = BTreeMap::new();
        while let Some(task) = tasks.recv().await {
            let attempt = tries.entry(task.execution.clone()).or_default();
            *attempt += 1;
            let (attempt, mut ender, mut is_over) = (*attempt, self.another(), is_over.clone());
            endings.spawn(async move {
                let (number, mut chance) = ender.next();
                if chance.one_in(4) {
                    // A round that is given up needs no answer.
                    let _gone = is_over.wait_for(|is_over| *is_over).await;
                }
                sleep(chance.millis(MOST_DELAY)).await;
                ender.end(&task, attempt, number, &mut chance).await
            });
        }
        endings.join_all().await
    }

    /// Works on the activity's tasks until there will be no more.
    pub(super) async fn work(
        mut self,
        name: String,
        mut is_closing: watch::Receiver<bool>,
    ) -> Vec<Sent> {
        let request = json!({"activityArn": activity_arn(), "workerName": name});
        let mut sent = Vec::new();
        loop {
            let (number, mut chance) = self.next();
            let answer = tokio::select! {
                answer = self.api.ask("GetActivityTask", &request) => answer,
                _closing = is_closing.wait_for(|is_closing| *is_closing) => return sent,
            };
            let token = answer.body["taskToken"].as_str().unwrap_or_default();
            let input = answer.body["input"].as_str().unwrap_or_default();
            let input: Value = serde_json::from_str(input).unwrap_or_default();
            let Some(task) = Task::read(token, &input) else { continue };
            sleep(chance.millis(MOST_DELAY)).await;
            let attempt = 1 + chance.below(2);
            sent.push(self.end(&task, attempt, number, &mut chance).await);
        }
    }

    async fn end(&mut self, task: &Task, attempt: u64, number: u64, chance: &mut Chance) -> Sent {
        let Task { token, execution, id } = task;
        if chance.one_in(4) {
            // It changes nothing that anybody could see.
            let heartbeat = json!({"taskToken": token});
            let _unneeded = self.api.ask("SendTaskHeartbeat", &heartbeat).await;
        }
        let error = match Shape::of_execution(execution) {
            Some(Shape::Redriven) => (attempt == 1).then_some(BROKEN),
            _ => (attempt == 1 && chance.one_in(4)).then_some(AGAIN),
        };
        let ending = match error {
            None => Ending::Success(json!({"id": id, "ending": number}).to_string()),
            Some(_) => Ending::Failure(format!("ending {number} of {id}")),
        };
        let answer = match &ending {
            Ending::Success(output) => {
                let request = json!({"taskToken": token, "output": output});
                self.api.ask("SendTaskSuccess", &request).await
            }
            Ending::Failure(cause) => {
                let request = json!({"taskToken": token, "error": error, "cause": cause});
                self.api.ask("SendTaskFailure", &request).await
            }
        };
        Sent { execution: execution.clone(), ending, effect: answer.effect() }
    }
}
