//! The report: how long runs take, where that time goes, what could be otherwise.

use std::collections::HashMap;

use serde::Serialize;

use crate::{
    findings::{self, Certainty, Evidence, Finding, Gain, Kind as FindingKind},
    goal::Goal,
    place::Place,
    run::Run,
    schedule::{
        Change, Invocations, ItemId, Kind, Schedule, Step, build, critical_path, goal_after,
    },
    statistics::{Summary, count, mean, sorted},
    tables::{self, FunctionRow, ServiceRow, StateRow},
    trace::Trace,
};

/// Of the critical path, less than this share is told together.
const TOLD: f64 = 0.005;
/// So many bottlenecks are told.
const BOTTLENECKS: usize = 12;

/// What came of profiling some runs. All times are milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How many runs there were.
    pub runs: usize,
    /// How many of them were left out: they have not ended, or did not reach the goal.
    pub left_out: usize,
    /// How many executions more were not read, for they would be too large; whoever reads them says so.
    pub unread: usize,
    /// How many of those that are looked at have events missing.
    pub with_gaps: usize,
    /// The machines, the one that begins a run first.
    pub machines: Vec<String>,
    /// What runs are looked at for.
    pub goal: String,
    /// From the start to the goal.
    pub to_goal: Summary,
    /// The same without waiting for somebody outside, who has a task token or is a worker. Shares are of this.
    pub work: Summary,
    /// What was waited for somebody outside on the way to the goal.
    pub outside: Summary,
    /// `to_goal` of each run, from the shortest to the longest.
    pub times: Vec<f64>,
    /// `work` of each run, from the shortest to the longest.
    pub work_times: Vec<f64>,
    /// The places in which most of the time goes.
    pub bottlenecks: Vec<Bottleneck>,
    /// What could be otherwise.
    pub findings: Vec<Finding>,
    /// What the goal waited for, from the beginning on.
    pub critical_path: Vec<PathStep>,
    /// Each operation of each service.
    pub services: Vec<ServiceRow>,
    /// Each function.
    pub functions: Vec<FunctionRow>,
    /// Each state.
    pub states: Vec<StateRow>,
    /// How many invocations traces told of, and how many of them are of no state: of a queue, a schedule, others.
    pub invocations: usize,
    /// Of these, those of no state.
    pub other_invocations: usize,
}

impl Report {
    /// The same report, which says that so many executions more were not read: they would be too large.
    #[must_use]
    pub fn with_unread(self, unread: usize) -> Self {
        Self { unread, ..self }
    }
}

/// A place on the critical path in which time goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bottleneck {
    /// Where.
    pub place: Place,
    /// What takes the time there.
    pub what: String,
    /// In milliseconds a run, on the critical path.
    pub mean_ms: f64,
    /// Of the time to the goal without waiting for somebody outside.
    pub share: f64,
    /// In how many runs it is on the critical path.
    pub runs: usize,
    /// Why.
    pub cause: String,
    /// What is possible: of the findings at this place, or at most if it took no time at all.
    pub gain: Option<Gain>,
    /// Whether the gain is that of the findings here, and not the most that there could be.
    pub is_gain_of_finding: bool,
}

/// A part of the critical path, over all runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PathStep {
    /// Where.
    pub place: Place,
    /// What takes the time there.
    pub what: String,
    /// When it begins, in milliseconds after the run; the mean of the runs in which it is there.
    pub begins_ms: f64,
    /// How long it takes, in milliseconds a run.
    pub mean_ms: f64,
    /// Of the time to the goal.
    pub share: f64,
    /// In how many runs it is there.
    pub runs: usize,
}

/// The report of runs, up to their end.
pub fn report(runs: &[Run], traces: &[Trace]) -> Report {
    report_until(runs, traces, &Goal::End)
}

/// The report of runs, up to a goal.
pub fn report_until(runs: &[Run], traces: &[Trace], goal: &Goal) -> Report {
    let mut invocations = Invocations::of(traces, runs);
    let mut kept: Vec<Run> = Vec::new();
    let mut schedules: Vec<Schedule> = Vec::new();
    let mut goals: Vec<Option<ItemId>> = Vec::new();
    for run in runs {
        let Some(schedule) = build(run, &mut invocations) else { continue };
        match goal.of(&schedule) {
            // A run that goes on has no end yet, but may have reached a goal.
            Ok(item) if item.is_some() || run.is_over() => {
                kept.push(run.clone());
                schedules.push(schedule);
                goals.push(item);
            }
            _ => {}
        }
    }
    let others = invocations.rest();
    let paths: Vec<Vec<Step<'_>>> = schedules
        .iter()
        .zip(&goals)
        .map(|(schedule, goal)| {
            let mut path = critical_path(&schedule.root, *goal);
            path.reverse();
            path
        })
        .collect();
    let unchanged = Change::default();
    let to_goal: Vec<f64> = schedules
        .iter()
        .zip(&goals)
        .map(|(schedule, goal)| goal_after(&schedule.root, *goal, &unchanged))
        .collect();
    let outside: Vec<f64> = paths
        .iter()
        .map(|path| {
            let waits = path.iter().filter(|step| step.item.kind == Kind::Callback);
            waits.map(|step| step.took).sum()
        })
        .collect();
    let work: Vec<f64> =
        to_goal.iter().zip(&outside).map(|(all, out)| (all - out).max(0.0)).collect();
    let evidence = Evidence { runs: &kept, schedules: &schedules, goals: &goals, work: &work };
    let findings = findings::all(&evidence);
    let told = aggregate(&paths);
    let seen: usize = schedules.iter().map(|schedule| schedule.invocations.len()).sum();
    Report {
        runs: schedules.len(),
        left_out: runs.len() - schedules.len(),
        unread: 0,
        with_gaps: kept
            .iter()
            .filter(|run| run.executions().iter().any(|one| !one.view.gaps.is_empty()))
            .count(),
        machines: machines(&kept),
        goal: goal.words(),
        to_goal: Summary::of(to_goal.iter().copied()),
        work: Summary::of(work.iter().copied()),
        outside: Summary::of(outside.iter().copied()),
        bottlenecks: bottlenecks(&told, &evidence, &findings),
        findings,
        critical_path: path_steps(&told, schedules.len(), mean(&to_goal)),
        services: tables::services(&schedules, &others),
        functions: tables::functions(&schedules, &others),
        states: tables::states(&schedules),
        invocations: seen + others.len(),
        other_invocations: others.len(),
        times: sorted(to_goal),
        work_times: sorted(work),
    }
}

fn machines(runs: &[Run]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for one in runs.iter().flat_map(Run::executions) {
        if !names.iter().any(|name| name == one.machine()) {
            names.push(one.machine().to_owned());
        }
    }
    names
}

/// The same place and kind on the critical paths of all runs.
struct OnPath {
    place: Place,
    kind: Kind,
    total: f64,
    begins: Vec<f64>,
    runs: Vec<usize>,
    items: Vec<(usize, ItemId)>,
    is_whole: bool,
}

fn aggregate(paths: &[Vec<Step<'_>>]) -> Vec<OnPath> {
    let mut told: Vec<OnPath> = Vec::new();
    let mut known: HashMap<(Place, Kind), usize> = HashMap::new();
    for (run, path) in paths.iter().enumerate() {
        let mut at = 0.0;
        for step in path {
            let key = ((*step.item.place).clone(), step.item.kind.clone());
            let number = *known.entry(key).or_insert_with(|| {
                told.push(OnPath {
                    place: (*step.item.place).clone(),
                    kind: step.item.kind.clone(),
                    total: 0.0,
                    begins: Vec::new(),
                    runs: Vec::new(),
                    items: Vec::new(),
                    is_whole: true,
                });
                told.len() - 1
            });
            let on_path = &mut told[number];
            on_path.total += step.took;
            on_path.is_whole &= step.item.inner.is_empty();
            on_path.items.push((run, step.item.id));
            if on_path.runs.last() != Some(&run) {
                on_path.runs.push(run);
                on_path.begins.push(at);
            }
            at += step.took;
        }
    }
    told
}

fn path_steps(told: &[OnPath], runs: usize, to_goal: f64) -> Vec<PathStep> {
    let mut steps: Vec<PathStep> = told
        .iter()
        .map(|it| PathStep {
            place: it.place.clone(),
            what: it.kind.words(),
            begins_ms: mean(&it.begins),
            mean_ms: it.total / count(runs.max(1)),
            share: share(it.total / count(runs.max(1)), to_goal),
            runs: it.runs.len(),
        })
        .filter(|step| step.share >= TOLD)
        .collect();
    steps.sort_by(|one, other| one.begins_ms.total_cmp(&other.begins_ms));
    steps
}

fn bottlenecks(told: &[OnPath], evidence: &Evidence<'_>, found: &[Finding]) -> Vec<Bottleneck> {
    let (runs, work) = (count(evidence.schedules.len().max(1)), mean(evidence.work));
    // Whoever is waited for outside is told of apart.
    let mut most: Vec<&OnPath> = told
        .iter()
        .filter(|it| it.kind != Kind::Callback && share(it.total / runs, work) >= 2.0 * TOLD)
        .collect();
    most.sort_by(|one, other| other.total.total_cmp(&one.total));
    most.truncate(BOTTLENECKS);
    most.into_iter()
        .map(|it| {
            // What may be is told among the findings; here stands what is known.
            let proven = found.iter().filter(|found| found.certainty == Certainty::Proven);
            let here: Vec<&Finding> = proven.filter(|found| concerns(found, it)).collect();
            let best = here
                .iter()
                .filter_map(|found| found.gain)
                .max_by(|one, other| one.mean_ms.total_cmp(&other.mean_ms));
            let at_most = it.is_whole.then(|| {
                let items = it.items.iter().map(|(run, item)| (*run, *item, 0.0));
                evidence.gain(&findings::durations(items))
            });
            let causes: Vec<String> =
                here.iter().map(|it| format!("{}: {}", it.kind.words(), it.cause)).collect();
            Bottleneck {
                place: it.place.clone(),
                what: it.kind.words(),
                mean_ms: it.total / runs,
                share: share(it.total / runs, work),
                runs: it.runs.len(),
                cause: if causes.is_empty() { cause(it) } else { causes.join("; ") },
                is_gain_of_finding: best.is_some(),
                gain: best.or(at_most),
            }
        })
        .collect()
}

/// Whether a finding is about what takes time in this place.
fn concerns(found: &Finding, it: &OnPath) -> bool {
    let (there, here) = (&found.place, &it.place);
    let same = |one: &Option<String>, other: &Option<String>| one.is_none() || one == other;
    let is_here = same(&there.machine, &here.machine)
        && same(&there.state, &here.state)
        && same(&there.function, &here.function)
        && same(&there.service, &here.service)
        && same(&there.operation, &here.operation);
    let is_kind = match found.kind {
        FindingKind::RepeatedCall | FindingKind::ColdConnection | FindingKind::SequentialCalls => {
            it.kind == Kind::Call
        }
        FindingKind::ColdStart => matches!(it.kind, Kind::Init(_)),
        FindingKind::Wait => it.kind == Kind::Timer,
        FindingKind::Retries => true,
        FindingKind::SequentialStates => it.kind != Kind::Execution,
        FindingKind::Memory => false,
    };
    is_here && is_kind
}

/// Why time goes here, where no rule knows better.
fn cause(it: &OnPath) -> String {
    let times = count(it.items.len());
    let each = it.total / times.max(1.0);
    let per_run = times / count(it.runs.len().max(1));
    match &it.kind {
        Kind::Call if it.place.function.is_none() => {
            format!("the state calls it {per_run:.1} times a run, {} each", ms(each))
        }
        Kind::Call => format!(
            "called {per_run:.1} times a run on the critical path, {} each: what the service takes",
            ms(each)
        ),
        Kind::Handler if it.is_whole => "the function, in which no call is told of".to_owned(),
        Kind::Handler => "the function between its calls: its own code".to_owned(),
        Kind::Attempt | Kind::State => "from the order to the function, and back".to_owned(),
        Kind::Execution | Kind::Branch => "from one state to the next".to_owned(),
        Kind::Init(_) => format!("new environments, {} each", ms(each)),
        Kind::Backoff => "failed attempts, and the delays that `Retry` sets".to_owned(),
        Kind::Timer => format!("it waits {} each time", ms(each)),
        Kind::Callback => "somebody outside".to_owned(),
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Milliseconds in words.
pub(crate) fn ms(milliseconds: f64) -> String {
    findings::words(milliseconds)
}
