//! Loops of a Wait, a call that asks and a Choice.

use std::collections::{BTreeMap, BTreeSet};

use atlas_asl::{
    model::{Count, Flow, StateKind, WaitUntil, escape_pointer},
    resource::{Pattern, Resource},
};

use super::{Code, Cx, Finding};

/// Jobs that Step Functions waits for by itself with `.sync`, by service
/// (Developer Guide, "Integrating services with Step Functions").
const JOBS: [(&str, &[&str]); 12] = [
    ("athena", &["startQueryExecution"]),
    ("batch", &["submitJob"]),
    ("bedrock", &["createModelCustomizationJob"]),
    ("codebuild", &["startBuild", "startBuildBatch"]),
    ("databrew", &["startJobRun"]),
    ("ecs", &["runTask"]),
    ("emr-containers", &["startJobRun"]),
    ("emr-serverless", &["startJobRun", "startApplication"]),
    ("glue", &["startJobRun"]),
    ("mediaconvert", &["createJob"]),
    ("sagemaker", &["createTrainingJob", "createTransformJob", "createProcessingJob"]),
    ("states", &["startExecution"]),
];

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    for (pointer, flow) in cx.flows() {
        let reaches = Reaches::of(flow);
        for (name, state) in &flow.states {
            let StateKind::Wait(wait) = &state.kind else { continue };
            let around: Vec<&str> = reaches.cycle(name.as_str());
            let task = around.iter().find_map(|it| match &flow.get(it)?.kind {
                StateKind::Task(task) => Some((*it, Resource::parse(&task.resource).ok()?)),
                _ => None,
            });
            let has_choice = around.iter().any(|it| {
                flow.get(it).is_some_and(|state| matches!(state.kind, StateKind::Choice(_)))
            });
            let (Some((asked, resource)), true) = (task, has_choice) else { continue };
            let seconds = match &wait.until {
                Some(WaitUntil::Seconds(Count::Literal(seconds))) => Some(*seconds),
                _ => None,
            };
            let remedy = match job(flow).or_else(|| job_of(&resource)) {
                Some(job) => format!(
                    "start it with `{job}.sync`: Step Functions waits for its end, and the loop goes"
                ),
                None => "let whoever does the work end the state: `.waitForTaskToken` with a \
                         `TimeoutSeconds`, and `SendTaskSuccess` when it is done"
                    .to_owned(),
            };
            let often = seconds.map_or(String::new(), |seconds| format!(" every {seconds} s"));
            let states = around.len();
            found.push(
                Finding::new(
                    Code::PollingLoop,
                    format!("{pointer}/States/{}", escape_pointer(name.as_str())),
                    format!("`{asked}` asks{often}, behind `{name}`, until it is done"),
                )
                .remedy(remedy)
                .gain(format!(
                    "{states} transitions each time it asks, and half of the wait on average"
                )),
            );
        }
    }
}

/// The job that a state of the flow starts without waiting for it.
fn job(flow: &Flow) -> Option<String> {
    flow.states.iter().find_map(|(_, state)| {
        let StateKind::Task(task) = &state.kind else { return None };
        let resource = Resource::parse(&task.resource).ok()?;
        let (service, action) = match &resource {
            Resource::Integration { service, action, pattern: Pattern::RequestResponse }
            | Resource::AwsSdk { service, action, pattern: Pattern::RequestResponse } => {
                (service.as_str(), action.as_str())
            }
            _ => return None,
        };
        let service = match service {
            "sfn" => "states",
            "emrcontainers" => "emr-containers",
            "emrserverless" => "emr-serverless",
            service => service,
        };
        let (_, actions) = JOBS.iter().find(|(known, _)| *known == service)?;
        actions.contains(&action).then(|| format!("arn:aws:states:::{service}:{action}"))
    })
}

/// Of a describe call alone the job can be told where its service has only one.
fn job_of(resource: &Resource) -> Option<String> {
    let Resource::AwsSdk { service, action, .. } = resource else { return None };
    let started = match (service.as_str(), action.as_str()) {
        ("sfn", "describeExecution") => "states:startExecution",
        ("glue", "getJobRun") => "glue:startJobRun",
        ("athena", "getQueryExecution") => "athena:startQueryExecution",
        ("batch", "describeJobs") => "batch:submitJob",
        ("codebuild", "batchGetBuilds") => "codebuild:startBuild",
        _ => return None,
    };
    Some(format!("arn:aws:states:::{started}"))
}

/// Which states lead to which.
pub(super) struct Reaches<'a> {
    next: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Reaches<'a> {
    pub(super) fn of(flow: &'a Flow) -> Self {
        let next = flow.states.iter().map(|(name, state)| {
            let targets = state.targets().into_iter().map(|(_, to)| to.as_str()).collect();
            (name.as_str(), targets)
        });
        Self { next: next.collect() }
    }

    /// The states of the shortest way from a state back to itself; none where there is no way.
    pub(super) fn cycle(&self, from: &str) -> Vec<&'a str> {
        let Some((from, _)) = self.next.get_key_value(from) else { return Vec::new() };
        let from = *from;
        let mut before: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open = std::collections::VecDeque::from([from]);
        while let Some(at) = open.pop_front() {
            for to in self.next.get(at).into_iter().flatten() {
                if *to == from {
                    let mut way = vec![at];
                    while let Some(earlier) = way.last().and_then(|it| before.get(it)) {
                        way.push(earlier);
                    }
                    way.reverse();
                    return way;
                }
                if *to != from && !before.contains_key(to) {
                    before.insert(to, at);
                    open.push_back(to);
                }
            }
        }
        Vec::new()
    }
}
