//! Which states of a sequence go side by side, so that it is shortest, and whether that is provably the same.

use std::collections::{BTreeMap, BTreeSet};

use atlas_asl::{
    data_flow::{DataFlow, Sequence, Step},
    model::{
        Count, Flow, QueryLanguage, State, StateKind, StateMachine, StateName, Transition,
        escape_pointer,
    },
    resource::Resource,
};
use serde_json::Value;

use super::{of_paths, of_variables};
use crate::{
    limits::{LONGEST, MOST_BRANCHES},
    trial::Latencies,
};

/// States that follow each other, put into branches of a Parallel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    /// Pointer of the flow.
    pub(crate) flow: String,
    /// The states, in their order.
    pub(crate) states: Vec<String>,
    /// The states of each branch, by their number above.
    pub(crate) branches: Vec<Vec<usize>>,
    /// The branch whose document goes on, where one does.
    pub(crate) base: usize,
    /// States that the last one leads to when it fails, and which lead on where it does.
    pub(crate) recovery: Vec<String>,
    /// `Catch` of all the states, which becomes that of the Parallel.
    pub(crate) catch: Option<Value>,
    /// The name of the Parallel.
    pub(crate) name: String,
    /// For each branch the name of a state that it may need at its end.
    pub(crate) endings: Vec<String>,
    /// How their results come together.
    pub(crate) how: How,
    /// How many states more an execution enters.
    pub(crate) more_entered: usize,
    /// What would be otherwise outside; empty where nothing would.
    pub(crate) to_confirm: Vec<String>,
    /// What it takes less, in milliseconds.
    pub(crate) saved_millis: u64,
}

/// How results of branches come together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum How {
    /// By `ResultPath`.
    Paths(of_paths::Paths),
    /// By `Assign`.
    Variables(of_variables::Variables),
}

/// What a segment is planned from.
pub(super) struct Segment<'a> {
    pub(super) steps: &'a [Step],
    pub(super) models: Vec<&'a State>,
    pub(super) values: Vec<&'a Value>,
    pub(super) branches: Vec<Vec<usize>>,
    pub(super) recovery: Vec<String>,
    /// Of the recovery's states.
    pub(super) recovering: Vec<&'a Value>,
    pub(super) catch: Option<Value>,
}

/// The plans for a machine, none of which has states of another.
pub(crate) fn plans(
    machine: &StateMachine,
    definition: &Value,
    latencies: &Latencies,
) -> Vec<Plan> {
    let mut names: BTreeSet<String> =
        machine.states().iter().map(|located| located.name.as_str().to_owned()).collect();
    let mut plans = Vec::new();
    for sequence in DataFlow::of(machine).sequences() {
        let cx = Cx { machine, definition, latencies };
        for mut plan in cx.best(sequence) {
            let firsts = plan.branches.iter().filter_map(|it| plan.states.get(*it.first()?));
            let firsts: Vec<&str> = firsts.map(String::as_str).collect();
            let lasts = plan.branches.iter().filter_map(|it| plan.states.get(*it.last()?));
            plan.endings =
                lasts.map(|last| unique(&format!("Bring what {last} gave"), &mut names)).collect();
            plan.name = unique(&firsts.join(" beside "), &mut names);
            plans.push(plan);
        }
    }
    // Those inside of others first: pointers to them hold until the others are made.
    plans.sort_by_key(|plan| std::cmp::Reverse(plan.flow.matches('/').count()));
    plans
}

struct Cx<'a> {
    machine: &'a StateMachine,
    definition: &'a Value,
    latencies: &'a Latencies,
}

impl<'a> Cx<'a> {
    /// The plans that save most, along a sequence.
    fn best(&self, sequence: &'a Sequence) -> Vec<Plan> {
        let steps = sequence.states();
        let mut best: Vec<(u64, Option<(usize, Plan)>)> = vec![(0, None)];
        for end in 1..=steps.len() {
            let mut found = (best[end - 1].0, None);
            let starts = end.saturating_sub(LONGEST)..end.saturating_sub(1);
            for (start, before) in best.iter().enumerate().take(starts.end).skip(starts.start) {
                let Some(plan) = self.plan(sequence, start, end) else { continue };
                let saved = before.0 + plan.saved_millis;
                if plan.saved_millis > 0 && saved > found.0 {
                    found = (saved, Some((start, plan)));
                }
            }
            best.push(found);
        }
        let mut plans = Vec::new();
        let mut at = steps.len();
        while at > 0 {
            match best[at].1.take() {
                Some((start, plan)) => {
                    plans.push(plan);
                    at = start;
                }
                None => at -= 1,
            }
        }
        plans
    }

    fn plan(&self, sequence: &'a Sequence, start: usize, end: usize) -> Option<Plan> {
        let steps = &sequence.states()[start..end];
        if !steps.iter().all(|step| step.is_work) {
            return None;
        }
        let (flow, _) = steps[0].pointer.rsplit_once("/States/")?;
        let states: Option<Vec<(&State, &Value)>> = steps
            .iter()
            .map(|step| {
                let flow = self.flow(flow)?;
                Some((flow.get(&step.name)?, self.definition.pointer(&step.pointer)?))
            })
            .collect();
        let (models, values): (Vec<_>, Vec<_>) = states?.into_iter().unzip();
        // What follows an approval or a job may follow it for that very reason, whatever it reads.
        if models.iter().any(|it| waits(it)) {
            return None;
        }
        let branches = branches(steps, start);
        if !(2..=MOST_BRANCHES).contains(&branches.len()) {
            return None;
        }
        let language = models[0].language(self.machine.query_language);
        if models.iter().any(|it| it.language(self.machine.query_language) != language) {
            return None;
        }
        let recovery = self.recovery(flow, steps.last()?, language);
        let guarded = !recovery.is_empty();
        let catch = common_catch(&values, guarded, models.last()?)?;
        let recovering = recovery
            .iter()
            .map(|name| self.definition.pointer(&format!("{flow}/States/{}", escape_pointer(name))))
            .collect::<Option<Vec<_>>>()?;
        let segment = Segment { steps, models, values, branches, recovery, recovering, catch };
        let (base, how, mut to_confirm) = match language {
            QueryLanguage::JsonPath => {
                let (paths, to_confirm) = of_paths::plan(&segment)?;
                (paths.base(), How::Paths(paths), to_confirm)
            }
            QueryLanguage::Jsonata => {
                let (variables, to_confirm) = of_variables::plan(&segment)?;
                (0, How::Variables(variables), to_confirm)
            }
        };
        to_confirm.splice(0..0, orders(&segment));
        let more_entered = match &how {
            How::Paths(paths) => 1 + paths.endings(&segment),
            How::Variables(_) => 1,
        };
        let millis: Vec<u64> =
            segment.models.iter().map(|it| self.millis(it, &segment, it)).collect();
        let longest =
            segment.branches.iter().map(|it| it.iter().map(|at| millis[*at]).sum::<u64>()).max();
        Some(Plan {
            flow: flow.to_owned(),
            states: steps.iter().map(|step| step.name.clone()).collect(),
            saved_millis: millis.iter().sum::<u64>().saturating_sub(longest.unwrap_or_default()),
            branches: segment.branches,
            base,
            recovery: segment.recovery,
            catch: segment.catch,
            name: String::new(),
            endings: Vec::new(),
            how,
            more_entered,
            to_confirm,
        })
    }

    fn flow(&self, pointer: &str) -> Option<&'a Flow> {
        self.machine.flows().into_iter().find(|it| it.pointer == pointer).map(|it| it.flow)
    }

    fn millis(&self, state: &State, segment: &Segment<'_>, of: &State) -> u64 {
        let at = segment.models.iter().position(|it| std::ptr::eq(*it, of));
        let name = at.map_or("", |at| segment.steps[at].name.as_str());
        duration(name, state, self.latencies)
    }

    /// States that a state's catchers lead to, where they only make up for it and lead on where it does.
    fn recovery(&self, flow: &str, step: &Step, language: QueryLanguage) -> Vec<String> {
        let none = Vec::new();
        let Some(flow) = self.flow(flow).filter(|_| language == QueryLanguage::JsonPath) else {
            return none;
        };
        let Some(state) = flow.get(&step.name) else { return none };
        let mut led_to: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, known) in &flow.states {
            for (_, target) in known.targets() {
                *led_to.entry(target.as_str()).or_default() += 1;
            }
        }
        let mut found: Vec<String> = Vec::new();
        for catcher in state.catch() {
            let Some(mut next) = catcher.next.as_ref() else { return none };
            loop {
                let Some(target) = flow.get(next.as_str()) else { return none };
                if led_to.get(next.as_str()) != Some(&1)
                    || !matches!(target.kind, StateKind::Pass(_))
                    || flow.start_at.as_ref() == Some(next)
                    || found.len() > LONGEST
                {
                    return none;
                }
                found.push(next.as_str().to_owned());
                if target.transition() == state.transition() {
                    break;
                }
                let Some(Transition::Next(after)) = target.transition() else { return none };
                next = after;
            }
        }
        found
    }
}

/// Whether a state, or one inside of it, waits for somebody: a callback, a job, an activity.
fn waits(state: &State) -> bool {
    let within = |flow: &Flow| flow.states.iter().any(|(_, state)| waits(state));
    match &state.kind {
        StateKind::Task(task) => Resource::parse(&task.resource)
            .map_or(true, |it| it.waits() || matches!(it, Resource::Activity { .. })),
        StateKind::Parallel(parallel) => parallel.branches.iter().any(within),
        StateKind::Map(map) => within(&map.processor),
        StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => false,
    }
}

/// How long a state takes, as far as its calls say.
pub(crate) fn duration(name: &str, state: &State, latencies: &Latencies) -> u64 {
    let of_flow = |flow: &Flow| {
        flow.states.iter().map(|(name, state)| duration(name.as_str(), state, latencies)).sum()
    };
    match &state.kind {
        StateKind::Task(task) => {
            let seconds = [&task.timeout, &task.heartbeat].into_iter().flatten();
            let literal = seconds.filter_map(|it| match it {
                Count::Literal(seconds) => Some(seconds.saturating_mul(1_000)),
                Count::Jsonata(_) | Count::Path(_) => None,
            });
            let allowed = literal.min();
            Resource::parse(&task.resource)
                .map_or(0, |resource| latencies.of(name, &resource, allowed))
        }
        StateKind::Parallel(parallel) => {
            parallel.branches.iter().map(of_flow).max().unwrap_or_default()
        }
        StateKind::Map(map) => of_flow(&map.processor),
        StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => 0,
    }
}

/// States that need each other together, in the order of their first.
fn branches(steps: &[Step], start: usize) -> Vec<Vec<usize>> {
    let mut branch_of: Vec<usize> = (0..steps.len()).collect();
    for (at, step) in steps.iter().enumerate() {
        for need in step.needs.iter().filter_map(|need| need.checked_sub(start)) {
            if need < at {
                let (from, to) =
                    (branch_of[at].max(branch_of[need]), branch_of[at].min(branch_of[need]));
                branch_of.iter_mut().filter(|it| **it == from).for_each(|it| *it = to);
            }
        }
    }
    let mut branches: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, branch) in branch_of.into_iter().enumerate() {
        branches.entry(branch).or_default().push(at);
    }
    branches.into_values().collect()
}

/// The `Catch` that all states share, where they do; the last is not asked where it makes up for its failures.
#[expect(clippy::option_option, reason = "no common one, or none at all")]
fn common_catch(values: &[&Value], guarded: bool, last: &State) -> Option<Option<Value>> {
    let asked = values.len() - usize::from(guarded);
    let catch =
        |value: &Value| value.get("Catch").filter(|it| **it != Value::Array(Vec::new())).cloned();
    let first = values.first().filter(|_| asked > 0).and_then(|value| catch(value));
    if values[..asked].iter().any(|value| catch(value) != first) {
        return None;
    }
    // What the last one does not catch itself failed the execution, and would be caught now.
    let catches_all =
        last.catch().iter().any(|it| it.error_equals.iter().any(|name| name == "States.ALL"));
    if guarded && first.is_some() && !catches_all {
        return None;
    }
    Some(first)
}

/// What data does not tell: what states do outside, and in which order.
fn orders(segment: &Segment<'_>) -> Vec<String> {
    let named = |steps: &[&Step]| {
        let names: Vec<String> = steps.iter().map(|step| format!("`{}`", step.name)).collect();
        names.join(" or ")
    };
    let branch_of = |at: usize| segment.branches.iter().position(|branch| branch.contains(&at));
    let mut found = Vec::new();
    for (at, later) in segment.steps.iter().enumerate() {
        let earlier: Vec<&Step> = segment.steps[..at]
            .iter()
            .enumerate()
            .filter(|(before, _)| branch_of(*before) != branch_of(at))
            .map(|(_, step)| step)
            .collect();
        let acting: Vec<&Step> = earlier.iter().copied().filter(|step| !step.only_reads).collect();
        if !later.only_reads && !earlier.is_empty() {
            let before = if acting.is_empty() { "" } else { ", or before that has ended" };
            found.push(format!(
                "`{}` is called even where {} fails{before}",
                later.name,
                named(&earlier)
            ));
        } else if !acting.is_empty() {
            found.push(format!("`{}` may read before {} has written", later.name, named(&acting)));
        }
        // What follows in one branch is cut off where another fails.
        let is_first = segment.branches.iter().any(|branch| branch.first() == Some(&at));
        let others: Vec<&Step> = segment.steps[at + 1..]
            .iter()
            .enumerate()
            .filter(|(after, _)| branch_of(at + 1 + after) != branch_of(at))
            .map(|(_, step)| step)
            .collect();
        if !is_first && !later.only_reads && !others.is_empty() {
            found.push(format!(
                "`{}` may be left out where {} fails first",
                later.name,
                named(&others)
            ));
        }
    }
    found
}

/// A name that no state has yet, as long as AWS takes one.
fn unique(wish: &str, names: &mut BTreeSet<String>) -> String {
    let mut name: String = wish.chars().take(StateName::MAX_CHARACTERS).collect();
    let mut number = 1;
    while !names.insert(name.clone()) {
        number += 1;
        let number = format!(" {number}");
        name = wish.chars().take(StateName::MAX_CHARACTERS - number.len()).collect();
        name += &number;
    }
    name
}
