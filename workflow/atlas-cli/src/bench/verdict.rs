//! Judges the answers of a server: a figure counts only where every answer behind it was right.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::workload::Machine;

/// Why a server's figure does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    /// It cannot be reached, or hangs up.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// What it answers is no answer of the protocol.
    #[error("{operation}: the answer cannot be read: {what}")]
    Unreadable {
        /// Of what.
        operation: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// It refuses a request.
    #[error("{operation} was refused with {status}: {said}")]
    Refused {
        /// Which.
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// The beginning of its words.
        said: String,
    },
    /// An execution ended otherwise than well.
    #[error("the execution is {status}, not SUCCEEDED{said}")]
    Ended {
        /// Its status.
        status: String,
        /// Its error and cause, after a colon.
        said: String,
    },
    /// An execution did not end.
    #[error("an execution had not ended after {0} s")]
    Unending(u64),
    /// Its output is another.
    #[error("the output is {found}, not {expected}")]
    Output {
        /// What it is.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// Its history is not whole, or not in order.
    #[error("the history {0}")]
    History(String),
}

/// An event as far as it is judged.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'a> {
    id: usize,
    #[serde(default)]
    previous_event_id: usize,
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
}

/// So much of a server's words is shown.
const MOST_SHOWN: usize = 160;

/// The beginning of a text, in one line.
pub(super) fn shown(text: &str) -> String {
    let line: String = text.chars().take(MOST_SHOWN).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Says whether an execution's output is the right one, however it is spaced.
pub(super) fn judge_output(machine: &Machine, key: &str, output: &str) -> Result<(), Wrong> {
    let expected = machine.output(key);
    match serde_json::from_str::<Value>(output) {
        Ok(found) if found == expected => Ok(()),
        _ => Err(Wrong::Output { found: shown(output), expected: shown(&expected.to_string()) }),
    }
}

/// A history while its pages come in.
pub(super) struct History<'a> {
    /// How many events of each type are still to come.
    missing: Vec<(&'a str, usize)>,
    last: usize,
    last_kind: String,
}

impl<'a> History<'a> {
    pub(super) fn expected_of(machine: &'a Machine) -> Self {
        Self { missing: machine.events.clone(), last: 0, last_kind: String::new() }
    }

    /// Judges the next page. AWS says in no recording in which order branches move, so the order of the
    /// types is free but for the first and the last.
    pub(super) fn page(&mut self, events: &[Event<'_>]) -> Result<(), Wrong> {
        let wrong = |what: String| Err(Wrong::History(what));
        for event in events {
            let Event { id, previous_event_id, kind } = event;
            if *id != self.last + 1 {
                return wrong(format!("has event {id} after event {}", self.last));
            }
            if *previous_event_id >= *id {
                return wrong(format!("says that event {id} came of event {previous_event_id}"));
            }
            if (*id == 1) != (*kind == "ExecutionStarted") {
                return wrong(format!("has {kind} as event {id}"));
            }
            match self.missing.iter_mut().find(|(known, _)| *known == *kind) {
                Some((_, missing)) if *missing > 0 => *missing -= 1,
                Some(_) => return wrong(format!("has {kind} once too often, as event {id}")),
                None => return wrong(format!("has {kind} as event {id}, which AWS has not")),
            }
            self.last = *id;
        }
        if let Some(event) = events.last() {
            self.last_kind.clear();
            self.last_kind.push_str(&event.kind);
        }
        Ok(())
    }

    /// Judges the whole.
    pub(super) fn finish(self) -> Result<(), Wrong> {
        if let Some((kind, missing)) = self.missing.iter().find(|(_, missing)| *missing > 0) {
            return Err(Wrong::History(format!("lacks {missing} {kind}")));
        }
        if self.last_kind != "ExecutionSucceeded" {
            return Err(Wrong::History(format!("ends with {}", self.last_kind)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use atlas_asl::model::ExecutionType;
    use serde_json::json;

    use super::*;
    use crate::bench::workload::{Workload, lead_to_call_in_json_path, map};

    const WHOLE: [&str; 13] = [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapIterationStarted",
        "PassStateEntered",
        "MapIterationStarted",
        "PassStateEntered",
        "PassStateExited",
        "PassStateExited",
        "MapIterationSucceeded",
        "MapIterationSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
    ];

    fn map_of_two() -> Workload {
        map("two", ExecutionType::Standard, 2)
    }

    /// What is said of a history whose events, in order, are `(id, previous, type)`.
    fn judged(events: &[(usize, usize, &str)]) -> String {
        let workload = map_of_two();
        let mut history = History::expected_of(&workload.machines[0]);
        let events = events.iter().map(|(id, previous_event_id, kind)| Event {
            id: *id,
            previous_event_id: *previous_event_id,
            kind: Cow::Borrowed(kind),
        });
        let events: Vec<Event<'_>> = events.collect();
        // A page boundary changes nothing.
        let pages = events.split_at(events.len() / 2);
        let judged = history.page(pages.0).and_then(|()| history.page(pages.1));
        judged
            .and_then(|()| history.finish())
            .map_or_else(|wrong| wrong.to_string(), |()| String::new())
    }

    fn whole() -> Vec<(usize, usize, &'static str)> {
        let kinds = WHOLE.into_iter().chain(["ExecutionSucceeded"]);
        (1..).zip(kinds).map(|(id, kind)| (id, id - 1, kind)).collect()
    }

    #[test]
    fn a_history_counts_where_it_is_whole_and_in_order() {
        assert_eq!(judged(&whole()), "");
        let changed = |change: fn(&mut Vec<(usize, usize, &'static str)>)| {
            let mut events = whole();
            change(&mut events);
            judged(&events)
        };
        for (said, expected) in [
            (
                changed(|it| it.retain(|event| event.0 != 5)),
                "the history has event 6 after event 4",
            ),
            (changed(|it| it.swap(3, 4)), "the history has event 5 after event 3"),
            (changed(|it| it.truncate(13)), "the history lacks 1 ExecutionSucceeded"),
            (changed(|it| it[7].1 = 8), "the history says that event 8 came of event 8"),
            (
                changed(|it| it[9].2 = "PassStateExited"),
                "the history has PassStateExited once too often, as event 10",
            ),
            (
                changed(|it| it[2].2 = "MapRunStarted"),
                "the history has MapRunStarted as event 3, which AWS has not",
            ),
            (
                changed(|it| it[0].2 = "MapStateEntered"),
                "the history has MapStateEntered as event 1",
            ),
            (
                changed(|it| {
                    it[12].2 = "ExecutionSucceeded";
                    it[13].2 = "MapStateExited";
                }),
                "the history ends with MapStateExited",
            ),
            (judged(&[]), "the history lacks 1 ExecutionStarted"),
        ] {
            assert_eq!(said, expected);
        }
    }

    #[test]
    fn an_output_counts_where_it_is_the_same_document_with_the_same_key() {
        let workload = lead_to_call_in_json_path();
        let machine = &workload.machines[1];
        let answer = |key: &str| {
            json!({"status": "Working - Contacted", "attempts": 1, "outcome": "ANSWERED",
                "interactionKey": key, "leadId": "00Q5e00000ADA01EXA"})
        };
        let spaced = serde_json::to_string_pretty(&answer("one")).expect("it can be written");
        assert_eq!(judge_output(machine, "one", &spaced), Ok(()));
        for other in [answer("two").to_string(), "{}".to_owned(), "not JSON".to_owned()] {
            let wrong = judge_output(machine, "one", &other).expect_err("it is another");
            assert!(matches!(wrong, Wrong::Output { .. }), "{wrong}");
        }
    }

    #[test]
    fn of_a_long_answer_the_beginning_is_shown() {
        assert_eq!(shown("<p>\n  short</p>\n"), "<p> short</p>");
        assert_eq!(shown(&"ü".repeat(1_000)), "ü".repeat(MOST_SHOWN));
    }
}
