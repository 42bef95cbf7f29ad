//! From executions and traces to the schedule of a run.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    rc::Rc,
};

use atlas_view::{
    Event,
    view::{Attempt, Status, Visit},
};
use serde_json::Value;

use super::{Invocations, Item, ItemId, Kind};
use crate::{
    place::{Place, operation_name, service_name},
    run::{Executed, Run},
    trace::{Call, Invocation},
};

/// A run as a schedule, and what was seen in it.
#[derive(Debug)]
pub(crate) struct Schedule {
    pub(crate) root: Item,
    pub(crate) calls: Vec<SeenCall>,
    pub(crate) invocations: Vec<SeenInvocation>,
    pub(crate) visits: Vec<SeenVisit>,
}

/// A call of a service, by a function or by a state itself.
#[derive(Debug)]
pub(crate) struct SeenCall {
    /// `None` where the answer of its function did not wait for it.
    pub(crate) item: Option<ItemId>,
    pub(crate) place: Rc<Place>,
    pub(crate) call: Call,
    /// Its function's invocation, by number in the schedule.
    pub(crate) invocation: Option<usize>,
}

/// An invocation of a function by a state.
#[derive(Debug)]
pub(crate) struct SeenInvocation {
    pub(crate) place: Rc<Place>,
    pub(crate) init: Vec<ItemId>,
    pub(crate) invocation: Invocation,
}

/// A visit of a state.
#[derive(Debug)]
pub(crate) struct SeenVisit {
    pub(crate) item: ItemId,
    pub(crate) place: Rc<Place>,
    pub(crate) execution: usize,
    /// The branch or execution that it is in.
    pub(crate) container: ItemId,
    pub(crate) start: f64,
    pub(crate) took: f64,
    pub(crate) attempts: usize,
    pub(crate) failed_attempts: usize,
    /// The delays before further attempts.
    pub(crate) backoffs: Vec<ItemId>,
    pub(crate) backoff_ms: f64,
    /// How long its attempts that failed took.
    pub(crate) failed_ms: f64,
    /// The errors that they failed with.
    pub(crate) errors: Vec<String>,
    pub(crate) timer: Option<ItemId>,
    pub(crate) succeeded: bool,
}

/// Builds the schedule of a run.
pub(crate) fn build(run: &Run, invocations: &mut Invocations) -> Option<Schedule> {
    let executions = run.executions();
    let origin = ms(executions.first()?.view.started_at);
    let mut builder = Builder {
        executions,
        origin,
        invocations,
        next: 0,
        is_placed: vec![false; executions.len()],
        calls: Vec::new(),
        seen_invocations: Vec::new(),
        visits: Vec::new(),
    };
    let mut root = builder.execution(0);
    // What nobody is known to have started at a certain state began beside the first.
    for at in 1..executions.len() {
        if !builder.is_placed[at] {
            let item = builder.execution(at);
            root.spawned.push(item);
        }
    }
    let Builder { calls, seen_invocations, visits, .. } = builder;
    Some(Schedule { root, calls, invocations: seen_invocations, visits })
}

struct Builder<'a> {
    executions: &'a [Executed],
    origin: f64,
    invocations: &'a mut Invocations,
    next: ItemId,
    is_placed: Vec<bool>,
    calls: Vec<SeenCall>,
    seen_invocations: Vec<SeenInvocation>,
    visits: Vec<SeenVisit>,
}

/// What the visits of an execution are looked up in.
struct Tree<'a> {
    at: usize,
    executed: &'a Executed,
    end: f64,
    by_parent: HashMap<Option<u64>, Vec<&'a Visit>>,
    followers: HashMap<u64, &'a Event>,
}

impl Builder<'_> {
    fn id(&mut self) -> ItemId {
        self.next += 1;
        self.next
    }

    fn execution(&mut self, at: usize) -> Item {
        self.is_placed[at] = true;
        let executed = &self.executions[at];
        let view = &executed.view;
        let start = ms(view.started_at) - self.origin;
        let latest = executed.history.events.last().map_or(view.started_at, |event| event.at_ms);
        let end = (ms(view.ended_at.unwrap_or(latest)) - self.origin).max(start);
        let mut by_parent: HashMap<Option<u64>, Vec<&Visit>> = HashMap::new();
        for visit in &view.visits {
            by_parent.entry(visit.parent).or_default().push(visit);
        }
        let of_tasks = executed.history.events.iter().filter(|event| {
            ["Task", "Lambda", "Activity"].iter().any(|kind| event.event_type.starts_with(kind))
        });
        let followers = of_tasks.map(|event| (event.previous_id, event)).collect();
        let tree = Tree { at, executed, end, by_parent, followers };
        let place =
            Rc::new(Place { machine: Some(executed.machine().to_owned()), ..Place::default() });
        let id = self.id();
        let inner = self.visits_of(&tree, tree.by_parent.get(&None).cloned(), id);
        item(id, Kind::Execution, place, (start, end), inner)
    }

    fn visits_of(
        &mut self,
        tree: &Tree<'_>,
        visits: Option<Vec<&Visit>>,
        container: ItemId,
    ) -> Vec<Item> {
        let visits = visits.unwrap_or_default();
        let mut items: Vec<Item> =
            visits.into_iter().map(|visit| self.visit(tree, visit, container)).collect();
        items.sort_by(|one, other| one.start.total_cmp(&other.start));
        items
    }

    fn visit(&mut self, tree: &Tree<'_>, visit: &Visit, container: ItemId) -> Item {
        let place = Rc::new(Place {
            machine: Some(tree.executed.machine().to_owned()),
            state: Some(visit.name.clone()),
            pointer: visit.pointer.clone(),
            ..Place::default()
        });
        let start = ms(visit.entered_at) - self.origin;
        let last_attempt = visit.attempts.iter().filter_map(|attempt| attempt.ended_at).max();
        let left = visit.exited_at.or(last_attempt).map(|moment| ms(moment) - self.origin);
        let end = left.unwrap_or(tree.end).max(start);
        let id = self.id();
        let mut seen = SeenVisit {
            item: id,
            place: Rc::clone(&place),
            execution: tree.at,
            container,
            start,
            took: end - start,
            attempts: visit.attempts.len(),
            failed_attempts: 0,
            backoffs: Vec::new(),
            backoff_ms: 0.0,
            failed_ms: 0.0,
            errors: Vec::new(),
            timer: None,
            succeeded: visit.status == Status::Succeeded,
        };
        let mut inner = Vec::new();
        if visit.state_type == "Wait" {
            let timer = self.id();
            seen.timer = Some(timer);
            inner.push(item(timer, Kind::Timer, Rc::clone(&place), (start, end), Vec::new()));
        } else if matches!(visit.state_type.as_str(), "Task" | "Parallel" | "Map") {
            let mut before: Option<f64> = None;
            for attempt in &visit.attempts {
                let from = (ms(attempt.started_at) - self.origin).clamp(start, end);
                let until = attempt.ended_at.map_or(end, |at| ms(at) - self.origin);
                let until = until.clamp(from, end);
                if let Some(before) = before.filter(|before| from > *before) {
                    let backoff = self.id();
                    seen.backoffs.push(backoff);
                    seen.backoff_ms += from - before;
                    inner.push(item(
                        backoff,
                        Kind::Backoff,
                        Rc::clone(&place),
                        (before, from),
                        Vec::new(),
                    ));
                }
                before = Some(until);
                if matches!(attempt.status, Status::Failed | Status::TimedOut) {
                    seen.failed_attempts += 1;
                    seen.failed_ms += until - from;
                    seen.errors.extend(attempt.error.clone());
                }
                inner.push(self.attempt(tree, visit, attempt, &place, (from, until)));
            }
        }
        self.visits.push(seen);
        item(id, Kind::State, place, (start, end), inner)
    }

    fn attempt(
        &mut self,
        tree: &Tree<'_>,
        visit: &Visit,
        attempt: &Attempt,
        place: &Rc<Place>,
        span: (f64, f64),
    ) -> Item {
        if visit.state_type != "Task" {
            return self.parallel(tree, visit, attempt, place, span);
        }
        let resource = attempt.resource.as_deref().unwrap_or_default();
        let scheduled = attempt.schedule_event.and_then(|id| tree.executed.history.event(id));
        if let Some(function) = scheduled.and_then(|event| function_name(resource, event)) {
            return self.invocation(tree, attempt, place, span, &function);
        }
        let child = self.child(attempt);
        if let Some(child) = child.filter(|child| !self.is_placed[*child]) {
            let id = self.id();
            let inner = self.execution(child);
            let place = Rc::clone(place);
            if resource.contains(".sync") {
                return item(id, Kind::Attempt, place, span, vec![inner]);
            }
            let place = Rc::new(place.call("states", "StartExecution"));
            let mut started = item(id, Kind::Call, place, span, Vec::new());
            started.spawned.push(inner);
            return started;
        }
        let id = self.id();
        let Some((service, operation)) = called(resource) else {
            // An activity: a worker is waited for.
            return item(id, Kind::Callback, Rc::clone(place), span, Vec::new());
        };
        let place = Rc::new(place.call(&service, &operation));
        if let Some(submitted) =
            self.submitted(tree, attempt).filter(|_| resource.ends_with(".waitForTaskToken"))
        {
            let submitted = submitted.clamp(span.0, span.1);
            let (call, wait) = (self.id(), self.id());
            let inner = vec![
                item(call, Kind::Call, Rc::clone(&place), (span.0, submitted), Vec::new()),
                item(wait, Kind::Callback, Rc::clone(&place), (submitted, span.1), Vec::new()),
            ];
            return item(id, Kind::Attempt, place, span, inner);
        }
        self.calls.push(SeenCall {
            item: Some(id),
            place: Rc::clone(&place),
            call: Call {
                service,
                operation,
                started_ms: span.0 + self.origin,
                ended_ms: span.1 + self.origin,
                failure: failure_of(attempt),
                retries: 0,
                arguments: scheduled.and_then(|event| told(event, "parameters")),
                answer: attempt
                    .end_event
                    .and_then(|id| tree.executed.history.event(id))
                    .and_then(|event| told(event, "output")),
                new_connection: None,
            },
            invocation: None,
        });
        item(id, Kind::Call, place, span, Vec::new())
    }

    /// An attempt at a Parallel or Map: its branches, side by side.
    fn parallel(
        &mut self,
        tree: &Tree<'_>,
        visit: &Visit,
        attempt: &Attempt,
        place: &Rc<Place>,
        span: (f64, f64),
    ) -> Item {
        let id = self.id();
        let mut branches: Vec<Vec<&Visit>> = Vec::new();
        let mut known: HashMap<(Option<u32>, Option<u32>), usize> = HashMap::new();
        for inside in tree.by_parent.get(&Some(visit.id)).into_iter().flatten() {
            let entered = ms(inside.entered_at) - self.origin;
            let is_last = visit.attempts.last().is_some_and(|last| last.number == attempt.number);
            if entered < span.0 || (entered > span.1 && !is_last) {
                continue;
            }
            let key = (inside.branch, inside.iteration);
            let at = *known.entry(key).or_insert_with(|| {
                branches.push(Vec::new());
                branches.len() - 1
            });
            branches[at].push(inside);
        }
        let mut inner = Vec::new();
        for visits in branches {
            let branch = self.id();
            let visits = self.visits_of(tree, Some(visits), branch);
            let start = visits.iter().map(|it| it.start).fold(span.1, f64::min);
            let end = visits.iter().map(|it| it.end).fold(start, f64::max);
            inner.push(item(branch, Kind::Branch, Rc::clone(place), (start, end), visits));
        }
        // The children of a map run are executions of their own.
        let map_run = attempt.child_arn.as_deref().and_then(|arn| arn.split(":mapRun:").nth(1));
        if let Some(machine) = map_run.and_then(|rest| rest.split(':').next()) {
            for at in 0..self.executions.len() {
                if !self.is_placed[at] && self.executions[at].machine() == machine {
                    let child = self.execution(at);
                    inner.push(child);
                }
            }
        }
        inner.sort_by(|one, other| one.start.total_cmp(&other.start));
        item(id, Kind::Attempt, Rc::clone(place), span, inner)
    }

    /// An attempt that invokes a function: its cold start, its handler, the calls in it.
    fn invocation(
        &mut self,
        tree: &Tree<'_>,
        attempt: &Attempt,
        place: &Rc<Place>,
        span: (f64, f64),
        function: &str,
    ) -> Item {
        let id = self.id();
        let place = Rc::new(Place { function: Some(function.to_owned()), ..(**place).clone() });
        let waits = attempt.resource.as_deref().is_some_and(|it| it.ends_with(".waitForTaskToken"));
        let submitted = self.submitted(tree, attempt).filter(|_| waits);
        let called_until = submitted.map_or(span.1, |at| at.clamp(span.0, span.1));
        let mut inner = Vec::new();
        let arn = &tree.executed.view.execution_arn;
        let (from, until) = (span.0 + self.origin, called_until + self.origin);
        if let Some(invocation) = self.invocations.take(function, arn, from, until) {
            let within = |moment: f64| (moment - self.origin).clamp(span.0, called_until);
            let phases: Vec<(Kind, (f64, f64))> = invocation
                .init
                .iter()
                .map(|phase| {
                    let span = (within(phase.started_ms), within(phase.ended_ms));
                    (Kind::Init(phase.name.clone()), span)
                })
                .collect();
            let (start, end) =
                (within(invocation.handler_started_ms), within(invocation.handler_ended_ms));
            let mut init = Vec::new();
            for (kind, (from, until)) in phases {
                let phase = self.id();
                init.push(phase);
                let until = until.max(from);
                inner.push(item(phase, kind, Rc::clone(&place), (from, until), Vec::new()));
            }
            let handler = self.id();
            let mut calls = Vec::new();
            for call in &invocation.calls {
                let span = (call.started_ms - self.origin, call.ended_ms - self.origin);
                let place = Rc::new(place.call(&call.service, &call.operation));
                // What goes on after the answer, or was done in the init phase, is not in its way.
                let is_awaited = span.0 >= start - 1.0 && span.1 <= end + 1.0;
                let number = is_awaited.then(|| self.id());
                if let Some(number) = number {
                    let from = span.0.clamp(start, end);
                    let span = (from, span.1.clamp(from, end.max(from)));
                    calls.push(item(number, Kind::Call, Rc::clone(&place), span, Vec::new()));
                }
                self.calls.push(SeenCall {
                    item: number,
                    place,
                    call: call.clone(),
                    invocation: Some(self.seen_invocations.len()),
                });
            }
            inner.push(item(handler, Kind::Handler, Rc::clone(&place), (start, end), calls));
            self.seen_invocations.push(SeenInvocation {
                place: Rc::clone(&place),
                init,
                invocation,
            });
        } else {
            let handler = self.id();
            let span = (span.0, called_until);
            inner.push(item(handler, Kind::Handler, Rc::clone(&place), span, Vec::new()));
        }
        if called_until < span.1 {
            let wait = self.id();
            let span = (called_until, span.1);
            inner.push(item(wait, Kind::Callback, Rc::clone(&place), span, Vec::new()));
        }
        item(id, Kind::Attempt, place, span, inner)
    }

    /// When whoever was given the token, or the job, was: the call itself was over.
    fn submitted(&self, tree: &Tree<'_>, attempt: &Attempt) -> Option<f64> {
        let mut at = attempt.schedule_event?;
        // Scheduled, started, submitted.
        for _ in 0..3 {
            let next = tree.followers.get(&at)?;
            if next.event_type == "TaskSubmitted" {
                return Some(ms(next.at_ms) - self.origin);
            }
            at = next.id;
        }
        None
    }

    fn child(&self, attempt: &Attempt) -> Option<usize> {
        let arn = attempt.child_arn.as_deref()?;
        self.executions.iter().position(|one| one.view.execution_arn == arn)
    }
}

fn item(id: ItemId, kind: Kind, place: Rc<Place>, span: (f64, f64), inner: Vec<Item>) -> Item {
    Item { id, kind, place, start: span.0, end: span.1, inner, spawned: Vec::new() }
}

/// The function that a Task invokes, if it does.
fn function_name(resource: &str, scheduled: &Event) -> Option<String> {
    if resource.starts_with("lambda:invoke") {
        let parameters = scheduled.document("parameters")?;
        return parameters.get("FunctionName")?.as_str().map(bare_name);
    }
    (resource.contains(":function:") || scheduled.event_type.starts_with("LambdaFunction"))
        .then(|| bare_name(resource))
}

/// A function's name, out of its ARN, or without its version.
fn bare_name(told: &str) -> String {
    let name = told.split_once(":function:").map_or(told, |(_, name)| name);
    name.split(':').next().unwrap_or(name).to_owned()
}

/// Service and operation of a resource; nothing for an activity.
fn called(resource: &str) -> Option<(String, String)> {
    if resource.starts_with("arn:") {
        return None;
    }
    let resource = resource.strip_prefix("aws-sdk:").unwrap_or(resource);
    let (service, action) = resource.split_once(':')?;
    let action = action.split('.').next().unwrap_or(action);
    Some((service_name(service), operation_name(action)))
}

fn failure_of(attempt: &Attempt) -> Option<&'static str> {
    match attempt.status {
        Status::Failed | Status::TimedOut => Some("error"),
        Status::Running | Status::Succeeded | Status::Caught | Status::Aborted => None,
    }
}

/// A digest of a document of an event; the document itself stays where it is.
fn told(event: &Event, name: &str) -> Option<String> {
    let mut document: Value = event.document(name)?;
    if let Some(fields) = document.as_object_mut() {
        // What AWS's SDK tells of a request differs each time: its id, its date.
        fields.retain(|name, _| name != "SdkHttpMetadata" && name != "SdkResponseMetadata");
    }
    let mut hasher = DefaultHasher::new();
    document.to_string().hash(&mut hasher);
    Some(format!("{:016x}", hasher.finish()))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
fn ms(moment: i64) -> f64 {
    moment as f64
}
