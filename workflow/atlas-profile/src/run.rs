//! What is profiled: executions, with what they started.

use std::{collections::HashMap, sync::Arc};

use atlas_view::{ExecutionView, History};
use serde_json::Value;

/// One execution, as it is told.
#[derive(Debug, Clone)]
pub struct Executed {
    /// What an operator sees of it.
    pub view: ExecutionView,
    /// Its events.
    pub history: Arc<History>,
    /// Its machine's definition, where that is known.
    pub definition: Option<Arc<Value>>,
}

/// An execution and all that it started, in the order in which they began.
#[derive(Debug, Clone)]
pub struct Run {
    executions: Vec<Executed>,
}

impl Executed {
    /// The machine's name; of a map run's children with the map's label.
    pub fn machine(&self) -> &str {
        let name = self.view.state_machine_arn.split(':').nth(6);
        name.unwrap_or(&self.view.state_machine_arn)
    }
}

impl Run {
    /// Puts executions together with those that they started. What none of them started begins a run.
    pub fn of(executions: impl IntoIterator<Item = Executed>) -> Vec<Self> {
        let mut executions: Vec<Executed> = executions.into_iter().collect();
        executions.sort_by_key(|one| one.view.started_at);
        let mut starter: HashMap<String, usize> = HashMap::new();
        for (at, one) in executions.iter().enumerate() {
            for child in &one.view.children {
                starter.insert(child.execution_arn.clone(), at);
            }
        }
        let place: HashMap<String, usize> = executions
            .iter()
            .enumerate()
            .map(|(at, one)| (one.view.execution_arn.clone(), at))
            .collect();
        let parents: Vec<Option<usize>> = executions
            .iter()
            .enumerate()
            .map(|(at, one)| {
                let told = one.view.parent_arn.as_ref().and_then(|arn| place.get(arn));
                let map_run = map_run_of(one).and_then(|label| {
                    let of_label = |arn: &&String| arn.contains(&label);
                    starter.keys().find(of_label).and_then(|arn| starter.get(arn))
                });
                let found = starter.get(&one.view.execution_arn).or(told).or(map_run);
                found.copied().filter(|parent| *parent != at)
            })
            .collect();
        let root_of = |mut at: usize| {
            // No execution is its own ancestor, but what is told may say so.
            for _ in 0..executions.len() {
                match parents[at] {
                    Some(parent) => at = parent,
                    None => break,
                }
            }
            at
        };
        let mut runs: Vec<(usize, Vec<Executed>)> = Vec::new();
        let mut run_of_root: HashMap<usize, usize> = HashMap::new();
        let roots: Vec<usize> = (0..executions.len()).map(root_of).collect();
        for (one, root) in executions.into_iter().zip(roots) {
            let run = *run_of_root.entry(root).or_insert_with(|| {
                runs.push((root, Vec::new()));
                runs.len() - 1
            });
            runs[run].1.push(one);
        }
        runs.into_iter().map(|(_, executions)| Self { executions }).collect()
    }

    /// The executions; the first began the run.
    pub fn executions(&self) -> &[Executed] {
        &self.executions
    }

    /// Whether all of it has ended.
    pub fn is_over(&self) -> bool {
        self.executions.iter().all(|one| one.view.ended_at.is_some())
    }
}

/// What the ARN of the map run has in it, whose child an execution is: `:mapRun:Machine/Label:`.
fn map_run_of(one: &Executed) -> Option<String> {
    let machine = one.machine();
    machine.contains('/').then(|| format!(":mapRun:{machine}:"))
}
