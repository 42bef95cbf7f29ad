//! STANDARD machines that could be EXPRESS, all or their first states.

use atlas_asl::{
    model::{Count, ExecutionType, StateKind, StateMachine, Transition, WaitUntil},
    resource::Resource,
};

use super::{Code, Cx, Finding, polling::Reaches};
use crate::{
    prices::{Saved, saved},
    trial::Timed,
};

/// An EXPRESS execution ends after five minutes.
const EXPRESS_MILLIS: i64 = 300_000;

/// Says whether a machine could be EXPRESS, by what it holds and how long it took when it was tried.
pub(crate) fn express(cx: &Cx<'_>, timed: Option<&Timed>, found: &mut Vec<Finding>) {
    if cx.execution_type == ExecutionType::Express {
        return;
    }
    if let Some(waiting) = waits(cx.machine) {
        split(cx, &waiting, found);
        return;
    }
    let longest = longest_wait(cx.machine);
    let Some(timed) = timed.filter(|it| longest.is_some() && it.original_millis < EXPRESS_MILLIS)
    else {
        return;
    };
    let Saved { standard, express } = saved(timed);
    let longest = match timeouts(cx.machine) {
        Some(seconds) if seconds < 300 => format!("; its timeouts allow {seconds} s"),
        Some(_) | None => {
            "; its timeouts allow more than the 300 s of EXPRESS, so look at real durations first"
                .to_owned()
        }
    };
    found.push(
        Finding::new(
            Code::StandardCouldBeExpress,
            "",
            format!(
                "nothing here needs STANDARD: no callback, job, activity or distributed map, and it takes \
                 about {} ms{longest}",
                timed.original_millis
            ),
        )
        .remedy(
            "make its type EXPRESS, if each step bears to run twice (an asynchronous EXPRESS execution \
             runs at least once), if no name has to be started only once, and if CloudWatch Logs will do \
             as history; the type of a machine cannot be changed, so it is a new one",
        )
        .gain(format!(
            "a million executions: about {} USD instead of {} USD ({} transitions each)",
            express.shown(2),
            standard.shown(2),
            timed.original_entered
        )),
    );
}

/// The state that only STANDARD has, the first in the order written.
fn waits(machine: &StateMachine) -> Option<String> {
    machine.states().into_iter().find_map(|located| {
        let needs = match &located.state.kind {
            StateKind::Task(task) => match Resource::parse(&task.resource) {
                Ok(Resource::Activity { .. }) | Err(_) => true,
                Ok(resource) => resource.waits(),
            },
            StateKind::Map(map) => map.is_distributed(),
            StateKind::Parallel(_)
            | StateKind::Pass(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_) => false,
        };
        needs.then(|| located.name.as_str().to_owned())
    })
}

/// The seconds of all waits; `None` where one waits for as long as data says, again and again, or too long.
fn longest_wait(machine: &StateMachine) -> Option<u64> {
    let mut seconds: u64 = 0;
    for located in machine.states() {
        let StateKind::Wait(wait) = &located.state.kind else { continue };
        let comes_back = !Reaches::of(located.flow).cycle(located.name.as_str()).is_empty();
        match &wait.until {
            Some(WaitUntil::Seconds(Count::Literal(more))) if !comes_back => {
                seconds = seconds.saturating_add(*more);
            }
            _ => return None,
        }
    }
    (seconds < 300).then_some(seconds)
}

/// The longest that the tasks may take by their timeouts, one behind the other; `None` where one has none.
fn timeouts(machine: &StateMachine) -> Option<u64> {
    machine.states().iter().try_fold(0_u64, |sum, located| match &located.state.kind {
        StateKind::Task(task) => match task.timeout {
            Some(Count::Literal(seconds)) => Some(sum.saturating_add(seconds)),
            _ => None,
        },
        _ => Some(sum),
    })
}

/// The states before the first that waits could be a machine of their own.
fn split(cx: &Cx<'_>, waiting: &str, found: &mut Vec<Finding>) {
    let flow = &cx.machine.flow;
    let mut before = Vec::new();
    let mut at = flow.start_at.as_ref();
    while let Some(name) = at {
        if name.as_str() == waiting || before.contains(&name.as_str()) {
            break;
        }
        let Some(state) = flow.get(name.as_str()) else { return };
        let is_plain = matches!(
            state.kind,
            StateKind::Task(_) | StateKind::Pass(_) | StateKind::Parallel(_) | StateKind::Map(_)
        );
        if !is_plain {
            return;
        }
        before.push(name.as_str());
        at = match state.transition() {
            Some(Transition::Next(next)) => Some(next),
            Some(Transition::End) | None => None,
        };
    }
    let tasks = before
        .iter()
        .filter(|name| flow.get(name).is_some_and(|it| !matches!(it.kind, StateKind::Pass(_))))
        .count();
    if at.is_none_or(|it| it.as_str() != waiting) || tasks < 2 {
        return;
    }
    let per_million = crate::prices::transitions(before.len());
    found.push(
        Finding::new(
            Code::SplitBeforeWait,
            format!("/States/{}", atlas_asl::model::escape_pointer(waiting)),
            format!(
                "`{waiting}` needs STANDARD; {} before it do not",
                super::machine::listed(before.iter().copied())
            ),
        )
        .remedy(format!(
            "make an EXPRESS machine of those, whose last state starts a STANDARD one that begins with \
             `{waiting}`, under a name made of the input's own key so that a second run of the first \
             starts nothing twice; each of its steps has to bear to run twice"
        ))
        .gain(format!("{} USD of transitions in a million executions, before what EXPRESS costs", per_million.shown(2))),
    );
}
