//! Asynchronous EXPRESS executions run twice where that is asked for, as they may on AWS.

use std::{collections::BTreeMap, num::NonZeroU32, sync::Arc};

use atlas_asl::{model::ExecutionType, parse};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{only, options, request, told};
use crate::{
    DuplicateExpress, Engine, EngineOptions, ExecutionLog, LogRecord, NewMachine, Settings,
};

/// Tells of each record that is logged: of which execution, and of what.
struct Told(mpsc::UnboundedSender<(String, String)>);

impl ExecutionLog for Told {
    fn take(&self, record: LogRecord) {
        let record: Value = serde_json::from_str(&record.line()).unwrap();
        let text = |field: &str| record[field].as_str().unwrap().to_owned();
        self.0.send((text("execution_arn"), text("type"))).unwrap();
    }
}

struct Scene {
    engine: Engine,
    told: mpsc::UnboundedReceiver<(String, String)>,
}

impl Scene {
    fn new(one_in: u32, seed: u64) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        let one_in = NonZeroU32::new(one_in).unwrap();
        let engine = Engine::new(EngineOptions {
            duplicate_express: Some(DuplicateExpress { one_in, seed }),
            execution_log: Some(Arc::new(Told(tell))),
            ..options()
        });
        Self { engine, told }
    }

    /// Creates a machine that logs everything.
    fn create(&self, name: &str, execution_type: ExecutionType, definition: &Value) {
        let group = "arn:aws:logs:us-east-1:000000000000:log-group:g:*";
        let logging = json!({"level": "ALL",
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]});
        let definition = parse::parse(&definition.to_string()).machine.unwrap();
        let settings = Settings { logging: Some(logging), ..Settings::default() };
        let definition = &definition;
        let new =
            NewMachine { name, execution_type, definition, text: None, role_arn: None, settings };
        self.engine.create_machine(new).unwrap();
    }

    fn start(&self, machine: &str) -> String {
        self.engine.start(request(machine)).unwrap().execution_arn.to_string()
    }

    /// Until so many executions have ended: how often each began.
    async fn runs(&mut self, ends: usize) -> BTreeMap<String, usize> {
        let (mut runs, mut ended) = (BTreeMap::new(), 0);
        while ended < ends {
            let (arn, event_type) = self.told.recv().await.unwrap();
            ended += usize::from(event_type == "ExecutionSucceeded");
            *runs.entry(arn).or_default() += usize::from(event_type == "ExecutionStarted");
        }
        runs
    }
}

fn waits() -> Value {
    only(json!({"Type": "Wait", "Seconds": 3, "End": true}))
}

/// Starts another machine, whose execution has this name, if any.
fn starts(machine: &str, name: Option<&str>) -> Value {
    let mut parameters = json!({"StateMachineArn": format!("arn:aws:states:us-east-1:000000000000:stateMachine:{machine}")});
    if let Some(name) = name {
        parameters["Name"] = name.into();
    }
    let resource = "arn:aws:states:::states:startExecution";
    only(json!({"Type": "Task", "Resource": resource, "Parameters": parameters, "End": true}))
}

#[tokio::test(start_paused = true)]
async fn an_express_execution_runs_twice_under_one_arn_and_whoever_asks_is_told_of_the_first() {
    for seed in 0..8 {
        let mut scene = Scene::new(1, seed);
        scene.create("X", ExecutionType::Express, &waits());
        let arn = scene.start("X");
        assert_eq!(scene.runs(2).await, BTreeMap::from([(arn.clone(), 2)]), "{seed}");
        assert_eq!(scene.engine.executions().len(), 1);
        assert_eq!(told(&scene.engine.wait(&arn).await.unwrap()), "{}");
    }
}

#[tokio::test(start_paused = true)]
async fn standard_and_synchronous_executions_run_once() {
    let mut scene = Scene::new(1, 0);
    scene.create("X", ExecutionType::Express, &waits());
    scene.create("S", ExecutionType::Standard, &waits());
    let once = scene.engine.start_synchronous(request("X")).unwrap().execution_arn.to_string();
    scene.engine.wait(&once).await.unwrap();
    let standard = scene.start("S");
    scene.engine.wait(&standard).await.unwrap();
    let twice = scene.start("X");
    let runs = scene.runs(4).await;
    assert_eq!(runs, BTreeMap::from([(once, 1), (standard, 1), (twice, 2)]));
}

#[tokio::test(start_paused = true)]
async fn what_it_starts_without_a_name_is_another_execution_each_time() {
    for (kind, runs_of_children) in
        [(ExecutionType::Standard, vec![1, 1]), (ExecutionType::Express, vec![2, 2])]
    {
        let mut scene = Scene::new(1, 0);
        scene.create("C", kind, &only(json!({"Type": "Succeed"})));
        scene.create("X", ExecutionType::Express, &starts("C", None));
        let parent = scene.start("X");
        let mut runs = scene.runs(2 + runs_of_children.iter().sum::<usize>()).await;
        assert_eq!(runs.remove(&parent), Some(2), "{runs:?}");
        assert_eq!(runs.into_values().collect::<Vec<_>>(), runs_of_children, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_the_first_run_used_is_taken_once_its_execution_has_ended() {
    let mut scene = Scene::new(1, 0);
    scene.create("C", ExecutionType::Standard, &only(json!({"Type": "Succeed"})));
    scene.create("X", ExecutionType::Express, &starts("C", Some("c")));
    let parent = scene.start("X");
    let mut seen = Vec::new();
    while seen.iter().filter(|end| **end != "ExecutionStarted").count() < 2 {
        let (arn, event_type) = scene.told.recv().await.unwrap();
        if arn == parent && event_type.starts_with("Execution") {
            seen.push(match &*event_type {
                "ExecutionStarted" => "ExecutionStarted",
                "ExecutionFailed" => "ExecutionFailed",
                _ => "ExecutionSucceeded",
            });
        }
    }
    seen.sort_unstable();
    let expected =
        ["ExecutionFailed", "ExecutionStarted", "ExecutionStarted", "ExecutionSucceeded"];
    assert_eq!(seen, expected);
    assert_eq!(scene.engine.executions().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_seed_chooses_the_same_ones_each_time() {
    const COUNT: usize = 80;
    let mut chosen = Vec::new();
    for seed in [7, 7, 8] {
        let mut scene = Scene::new(4, seed);
        scene.create("X", ExecutionType::Express, &only(json!({"Type": "Succeed"})));
        let started: Vec<String> = (0..COUNT).map(|_| scene.start("X")).collect();
        // The second runs are on their way before this one.
        let mut runs = BTreeMap::new();
        for arn in &started {
            scene.engine.wait(arn).await.unwrap();
        }
        tokio::task::yield_now().await;
        while let Ok((arn, event_type)) = scene.told.try_recv() {
            *runs.entry(arn).or_insert(0) += usize::from(event_type == "ExecutionStarted");
        }
        chosen.push(started.iter().map(|arn| runs[arn]).collect::<Vec<_>>());
    }
    assert_eq!(chosen[0], chosen[1]);
    assert_ne!(chosen[0], chosen[2]);
    let twice = chosen[0].iter().filter(|runs| **runs == 2).count();
    assert!((10..=30).contains(&twice), "{twice} of {COUNT}");
}
