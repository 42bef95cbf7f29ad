//! What holds of every history, whatever happened to the server.

use super::testimony::{Event, Told};

/// What is wrong with the history of an execution that has ended.
pub(super) fn faults(told: &Told) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(last) = told.history.last() else { return vec!["its history is empty".to_owned()] };
    if told.history[0].kind != "ExecutionStarted" {
        faults.push(format!("its history begins with {}", told.history[0].kind));
    }
    for (expected, event) in (1..).zip(&told.history) {
        let Event { id, previous, kind, .. } = event;
        if *id != expected {
            faults.push(format!("event {expected} of its history has the id {id}"));
            break;
        }
        if *previous >= *id || (*previous == 0 && !has_nothing_before(*id, kind)) {
            faults.push(format!("its event {id}, {kind}, names {previous} as the one before it"));
        }
    }
    for pair in told.history.windows(2) {
        if pair[1].timestamp < pair[0].timestamp {
            faults.push(format!("time goes back at its event {}", pair[1].id));
        }
    }
    // That it has not ended is said elsewhere.
    if told.status == "RUNNING" {
        return faults;
    }
    let ends = told.history.iter().filter(|event| is_end(&event.kind)).count();
    let redrives = told.history.iter().filter(|event| event.kind == "ExecutionRedriven").count();
    if ends != redrives + 1 {
        faults.push(format!("its history tells of {ends} ends and {redrives} redrives"));
    }
    if Some(last.kind.as_str()) != end_of(&told.status) {
        faults.push(format!("it is {} and its history ends with {}", told.status, last.kind));
    }
    faults
}

/// As on AWS, the first state names the begin of all, and what ends an execution from outside names nothing.
fn has_nothing_before(id: u64, kind: &str) -> bool {
    id <= 2 || ["ExecutionAborted", "ExecutionTimedOut", "ExecutionRedriven"].contains(&kind)
}

const ENDS: [(&str, &str); 4] = [
    ("SUCCEEDED", "ExecutionSucceeded"),
    ("FAILED", "ExecutionFailed"),
    ("ABORTED", "ExecutionAborted"),
    ("TIMED_OUT", "ExecutionTimedOut"),
];

fn end_of(status: &str) -> Option<&'static str> {
    ENDS.into_iter().find_map(|(known, end)| (known == status).then_some(end))
}

fn is_end(kind: &str) -> bool {
    ENDS.into_iter().any(|(_, end)| end == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: &str, events: &[(u64, u64, f64, &str)]) -> Told {
        let event = |&(id, previous, timestamp, kind): &(u64, u64, f64, &str)| Event {
            id,
            previous,
            timestamp,
            kind: kind.to_owned(),
            ..Event::default()
        };
        let history = events.iter().map(event).collect();
        Told { status: status.to_owned(), history, ..Told::default() }
    }

    #[test]
    fn a_history_that_a_crash_has_damaged_is_told_of() {
        const BEGIN: (u64, u64, f64, &str) = (1, 0, 5.0, "ExecutionStarted");
        for (status, events, expected) in [
            ("SUCCEEDED", &[BEGIN, (2, 1, 5.0, "ExecutionSucceeded")][..], None),
            ("SUCCEEDED", &[], Some("is empty")),
            ("SUCCEEDED", &[(1, 0, 5.0, "ExecutionSucceeded")], Some("begins with")),
            (
                "SUCCEEDED",
                &[BEGIN, (3, 1, 5.0, "ExecutionSucceeded")],
                Some("event 2 of its history"),
            ),
            ("SUCCEEDED", &[BEGIN, (2, 2, 5.0, "ExecutionSucceeded")], Some("names 2 as the one")),
            (
                "SUCCEEDED",
                &[BEGIN, (2, 0, 5.0, "PassStateEntered"), (3, 0, 5.0, "ExecutionSucceeded")],
                Some("its event 3, ExecutionSucceeded, names 0 as the one"),
            ),
            (
                "SUCCEEDED",
                &[BEGIN, (2, 1, 4.9, "ExecutionSucceeded")],
                Some("time goes back at its event 2"),
            ),
            ("SUCCEEDED", &[BEGIN, (2, 1, 5.0, "PassStateEntered")], Some("0 ends")),
            ("FAILED", &[BEGIN, (2, 1, 5.0, "ExecutionSucceeded")], Some("it is FAILED and")),
            ("RUNNING", &[BEGIN, (2, 1, 5.0, "PassStateEntered")], None),
            (
                "SUCCEEDED",
                &[BEGIN, (2, 1, 5.0, "ExecutionSucceeded"), (3, 2, 5.0, "ExecutionSucceeded")],
                Some("2 ends and 0 redrives"),
            ),
            (
                "ABORTED",
                &[
                    BEGIN,
                    (2, 1, 5.0, "ExecutionFailed"),
                    (3, 2, 6.0, "ExecutionRedriven"),
                    (4, 3, 7.0, "ExecutionAborted"),
                ],
                None,
            ),
        ] {
            let faults = faults(&told(status, events));
            let is_found = match expected {
                None => faults.is_empty(),
                Some(words) => faults.iter().any(|fault| fault.contains(words)),
            };
            assert!(is_found, "{status} {events:?}: {faults:?}");
        }
    }
}
