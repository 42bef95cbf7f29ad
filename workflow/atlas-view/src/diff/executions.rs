//! Two executions, visit by visit.

use std::collections::HashMap;

use serde::Serialize;

use super::{
    Change,
    values::{ValueChange, values},
};
use crate::{
    ExecutionView, History,
    view::{Failure, FailureView, Status, Visit},
};

/// So many places of one input or output are told of.
const MOST_PLACES: usize = 20;

/// One of two executions.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// What is seen of it.
    pub view: &'a ExecutionView,
    /// Its events, which have its data.
    pub history: &'a History,
}

/// Two executions side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionDiff {
    /// How each stands.
    pub status: [String; 2],
    /// How long each took, in milliseconds, where it has ended.
    pub duration_ms: [Option<i64>; 2],
    /// Why each failed.
    pub failure: [Option<FailureView>; 2],
    /// The visits of both, in their order.
    pub visits: Vec<VisitDiff>,
    /// Where among them the first is that differs.
    pub first_difference: Option<usize>,
}

/// A visit of one, and the one that it is in the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitDiff {
    /// The state's name.
    pub name: String,
    /// How many Parallels and Maps are around it.
    pub depth: u32,
    /// Whether both have it, and as the same. How long it took does not count, nor do moments.
    pub change: Change,
    /// The visit of the first.
    pub left: Option<VisitSide>,
    /// The visit of the second.
    pub right: Option<VisitSide>,
    /// Where their inputs differ.
    pub input: Vec<ValueChange>,
    /// Where their outputs differ.
    pub output: Vec<ValueChange>,
}

/// A visit of one of the two.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitSide {
    /// Its id.
    pub visit: u64,
    /// The branch of a Parallel that it is in.
    pub branch: Option<u32>,
    /// The iteration of a Map that it is in.
    pub iteration: Option<u32>,
    /// How it stands.
    pub status: Status,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i64>,
    /// How many attempts it had.
    pub attempts: usize,
    /// Why its last attempt failed.
    pub failure: Option<Failure>,
}

/// Compares two executions. A visit is the same as one of the other if it is of the same state, in the same
/// branch or iteration, and as often visited there before.
pub fn executions(left: Side<'_>, right: Side<'_>) -> ExecutionDiff {
    let (of_left, of_right) = (identified(left.view), identified(right.view));
    let by_identity: HashMap<&Identity<'_>, usize> =
        of_right.iter().enumerate().map(|(at, identity)| (identity, at)).collect();
    let known: HashMap<&Identity<'_>, usize> =
        of_left.iter().enumerate().map(|(at, identity)| (identity, at)).collect();
    // What only the second has follows what came before it there.
    let mut added_after: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    let mut before = None;
    for (at, identity) in of_right.iter().enumerate() {
        match known.get(identity) {
            Some(place) => before = Some(*place),
            None => added_after.entry(before).or_default().push(at),
        }
    }
    let mut visits = Vec::with_capacity(of_left.len());
    let mut add =
        |after: Option<usize>, visits: &mut Vec<VisitDiff>| {
            let added = added_after.remove(&after).unwrap_or_default();
            visits.extend(added.iter().map(|at| {
                compare(left, right, None, right.view.visits.get(*at), of_right[*at].depth)
            }));
        };
    add(None, &mut visits);
    for (at, identity) in of_left.iter().enumerate() {
        let other = by_identity.get(identity).and_then(|at| right.view.visits.get(*at));
        visits.push(compare(left, right, left.view.visits.get(at), other, identity.depth));
        add(Some(at), &mut visits);
    }
    let took = |view: &ExecutionView| view.ended_at.map(|ended| ended - view.started_at);
    ExecutionDiff {
        status: [left.view.status.clone(), right.view.status.clone()],
        duration_ms: [took(left.view), took(right.view)],
        failure: [left.view.failure.clone(), right.view.failure.clone()],
        first_difference: visits.iter().position(|visit| visit.change != Change::Same),
        visits,
    }
}

/// What makes a visit the same as one of another execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Identity<'a> {
    name: &'a str,
    branch: Option<u32>,
    iteration: Option<u32>,
    /// How often the state was visited there before.
    nth: u32,
    depth: u32,
    /// A number for the identity of the visit around it, by what made that.
    around: u64,
}

fn identified(view: &ExecutionView) -> Vec<Identity<'_>> {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    // Without a random seed: the numbers of both executions are compared.
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut numbers: HashMap<u64, (u64, u32)> = HashMap::new();
    let mut visited: HashMap<Identity<'_>, u32> = HashMap::new();
    let mut identified = Vec::with_capacity(view.visits.len());
    for visit in &view.visits {
        let parent = visit.parent.and_then(|parent| numbers.get(&parent));
        let (around, depth) = parent.map_or((0, 0), |(number, depth)| (*number, depth + 1));
        let first = Identity {
            name: &visit.name,
            branch: visit.branch,
            iteration: visit.iteration,
            nth: 0,
            depth,
            around,
        };
        let nth = visited.entry(first).or_default();
        let identity = Identity { nth: *nth, ..first };
        *nth += 1;
        numbers.insert(visit.id, (hasher.hash_one(identity), depth));
        identified.push(identity);
    }
    identified
}

fn compare(
    left: Side<'_>,
    right: Side<'_>,
    of_left: Option<&Visit>,
    of_right: Option<&Visit>,
    depth: u32,
) -> VisitDiff {
    let name = of_left.or(of_right).map(|visit| visit.name.clone()).unwrap_or_default();
    let (one, other) = (of_left.map(side), of_right.map(side));
    let (mut input, mut output) = (Vec::new(), Vec::new());
    let change = match (of_left.zip(of_right), one.as_ref().zip(other.as_ref())) {
        (Some((visit, of_other)), Some((one, other))) => {
            let document = |side: Side<'_>, event: Option<u64>, field: &str| {
                side.history.event(event?)?.document(field)
            };
            let differ = |one: (Option<u64>, Option<u64>), field: &str| {
                let documents = document(left, one.0, field).zip(document(right, one.1, field));
                documents.map(|(one, other)| values(&one, &other, MOST_PLACES)).unwrap_or_default()
            };
            input = differ((Some(visit.id), Some(of_other.id)), "input");
            output = differ((visit.exit_event, of_other.exit_event), "output");
            let is_same = one.status == other.status
                && one.attempts == other.attempts
                && one.failure == other.failure
                && input.is_empty()
                && output.is_empty();
            if is_same { Change::Same } else { Change::Changed }
        }
        _ if of_left.is_some() => Change::Removed,
        _ => Change::Added,
    };
    VisitDiff { name, depth, change, left: one, right: other, input, output }
}

fn side(visit: &Visit) -> VisitSide {
    VisitSide {
        visit: visit.id,
        branch: visit.branch,
        iteration: visit.iteration,
        status: visit.status,
        duration_ms: visit.exited_at.map(|exited| exited - visit.entered_at),
        attempts: visit.attempts.len(),
        failure: visit.failure.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Told,
        view::{tests::harness::history, view},
    };

    fn check(left: &str, right: &str, expected: &[&str]) {
        let (left, right) = (history(left), history(right));
        let seen = |history: &History| view(&Told::of_arn("arn"), history, None);
        let (of_left, of_right) = (seen(&left), seen(&right));
        let diff = executions(
            Side { view: &of_left, history: &left },
            Side { view: &of_right, history: &right },
        );
        let told: Vec<String> = diff
            .visits
            .iter()
            .map(|visit| {
                let places = visit.input.iter().chain(&visit.output);
                let places: Vec<&str> = places.map(|it| it.pointer.as_str()).collect();
                let (depth, places) = (visit.depth, places.join(" "));
                format!("{depth} {} {:?} {places}", visit.name, visit.change).trim_end().to_owned()
            })
            .collect();
        assert_eq!(told, expected);
        let first = diff.visits.iter().position(|visit| visit.change != Change::Same);
        assert_eq!(diff.first_difference, first);
    }

    #[test]
    fn visits_are_compared_with_those_that_they_are_in_the_other() {
        let begun = r#"1<0 ExecutionStarted
            2<0 PassStateEntered A input={"n":1}
            3<2 PassStateExited A output={"n":1}
            "#;
        check(begun, begun, &["0 A Same"]);
        let other = r#"1<0 ExecutionStarted
            2<0 PassStateEntered A input={"n":1}
            3<2 PassStateExited A output={"n":2}
            4<3 TaskStateEntered T
            5<4 TaskScheduled resource=x
            6<5 TaskFailed error=E
            7<6 TaskStateExited T
            8<7 PassStateEntered A input={"n":3}"#;
        check(begun, other, &["0 A Changed /n", "0 T Added", "0 A Added"]);
        check(other, begun, &["0 A Changed /n", "0 T Removed", "0 A Removed"]);
        let succeeds = other.replace("TaskFailed error=E", "TaskSucceeded");
        check(other, &succeeds, &["0 A Same", "0 T Changed", "0 A Same"]);
    }

    #[test]
    fn iterations_are_compared_by_their_number_whoever_came_first() {
        let map = |first: u32, second: u32| {
            format!(
                "1<0 ExecutionStarted
                 2<0 MapStateEntered M
                 3<2 MapStateStarted length=2
                 4<3 MapIterationStarted M index={first}
                 5<4 PassStateEntered I input={{\"i\":{first}}}
                 6<3 MapIterationStarted M index={second}
                 7<6 PassStateEntered I input={{\"i\":{second}}}"
            )
        };
        check(&map(0, 1), &map(1, 0), &["0 M Same", "1 I Same", "1 I Same"]);
        check(&map(0, 1), &map(0, 2), &["0 M Same", "1 I Same", "1 I Added", "1 I Removed"]);
    }
}
