//! Where the time of a run went: which states took it, and whether they worked or waited.

use std::collections::HashMap;

use atlas_asl::model::StateType;

use crate::{
    duration::human,
    label::{column, columns, fit},
    span::{SpanStatus, SpanTime, StateSpan, extent},
};

/// States beyond these are summed in one line.
const MAX_STATES: usize = 12;
const BAR_COLUMNS: usize = 20;
const STATE_COLUMNS: usize = 40;
/// Indent, duration and share.
const NUMBER_COLUMNS: usize = 2 + 13 + 7 + 2;
/// `waiting (12 times)`
const WORD_COLUMNS: usize = 19;

/// A table of the states by their own time, and what all of it comes to.
///
/// A Parallel or Map has no time of its own: the states inside it have. What lies between two
/// attempts is a delay, and a row of its own. What no state took is the engine's.
pub(crate) fn where_time_went(spans: &[StateSpan], width: usize) -> String {
    let Some((first, last)) = extent(spans) else {
        return "no state ran\n".to_owned();
    };
    let delays = delays(spans);
    let leaves: Vec<&StateSpan> =
        spans.iter().filter(|span| !span.is_container()).chain(&delays).collect();
    let mut states: Vec<Spent> = Vec::new();
    let mut known: HashMap<(&str, &str, bool), usize> = HashMap::new();
    for (at, span) in leaves.iter().enumerate() {
        let is_delay = at >= leaves.len() - delays.len();
        let key = (span.machine.as_str(), span.state.as_str(), is_delay);
        let at = *known.entry(key).or_insert_with(|| {
            let name = match is_delay {
                true => format!("retry delay of {}", span.state),
                false => span.state.clone(),
            };
            states.push(Spent { name, time: span.time, length: 0, times: 0 });
            states.len() - 1
        });
        states[at].length += i128::from(span.end(last)) - i128::from(span.started_ms);
        states[at].times += 1;
    }
    states.sort_by_key(|state| std::cmp::Reverse(state.length));
    let sum: i128 = states.iter().map(|state| state.length).sum();
    let took_time = states.iter().take_while(|state| state.length > 0).count();
    let rest = states.split_off(took_time.min(MAX_STATES));

    let mut out = String::from("Where the time went\n");
    let widest = states.iter().map(|state| columns(&fit(&state.name, STATE_COLUMNS))).max();
    let widest = widest.unwrap_or(0).max(12).min(width.saturating_sub(NUMBER_COLUMNS).max(8));
    let bar = BAR_COLUMNS.min(width.saturating_sub(widest + NUMBER_COLUMNS + WORD_COLUMNS));
    for state in &states {
        out.push_str(&state.line(sum, widest, bar));
    }
    if !rest.is_empty() {
        let length = rest.iter().map(|state| state.length).sum();
        let name = match (rest.len(), states.is_empty()) {
            (1, true) => "the state".to_owned(),
            (1, false) => "1 other".to_owned(),
            (number, true) => format!("all {number} states"),
            (number, false) => format!("{number} others"),
        };
        let times = 1;
        out.push_str(
            &Spent { name, time: SpanTime::Working, length, times }.line(sum, widest, bar),
        );
    }

    let during = |time| {
        covered(
            leaves
                .iter()
                .filter(|span| span.time == time)
                .map(|span| (span.started_ms, span.end(last))),
        )
    };
    let (working, waiting) = (during(SpanTime::Working), during(SpanTime::Waiting));
    let busy = covered(leaves.iter().map(|span| (span.started_ms, span.end(last))));
    let total = last.saturating_sub(first);
    out.push_str(&format!(
        "  {} in all: working {}, only waiting {}, between states {}\n",
        human(total),
        human(working),
        human(busy - working.min(busy)),
        human(total - busy.min(total)),
    ));
    if waiting > busy - working.min(busy) {
        out.push_str("  (some of the waiting was beside work)\n");
    }
    out
}

/// A state over all its visits and attempts.
struct Spent {
    name: String,
    time: SpanTime,
    length: i128,
    times: usize,
}

impl Spent {
    fn line(&self, sum: i128, widest: usize, bar_columns: usize) -> String {
        let permille = (self.length * 1_000).checked_div(sum).unwrap_or(0);
        let permille = usize::try_from(permille).unwrap_or(0);
        let bar = (permille * bar_columns).div_ceil(1_000);
        let fill = match self.time {
            SpanTime::Working => '█',
            SpanTime::Waiting => '░',
        };
        let mut line = format!(
            "  {} {:>12} {:>4} %  {}",
            column(&self.name, widest),
            human(i64::try_from(self.length).unwrap_or(i64::MAX)),
            (permille + 5) / 10,
            String::from_iter(std::iter::repeat_n(fill, bar)),
        );
        let mut words = Vec::new();
        if self.time == SpanTime::Waiting {
            words.push("waiting".to_owned());
        }
        if self.times > 1 {
            words.push(format!("({} times)", self.times));
        }
        if bar > 0 && !words.is_empty() {
            line.push(' ');
        }
        line.push_str(&words.join(" "));
        format!("{}\n", line.trim_end())
    }
}

/// The time between each failed attempt and the next one, as spans that wait.
fn delays(spans: &[StateSpan]) -> Vec<StateSpan> {
    let mut failed: HashMap<(&str, &[String], &str), &StateSpan> = HashMap::new();
    let mut delays = Vec::new();
    for span in spans {
        let key = (span.machine.as_str(), span.lane.as_slice(), span.state.as_str());
        if let Some(before) = failed.remove(&key)
            && span.attempt == before.attempt + 1
        {
            let (started_ms, ended_ms) = (before.end(before.started_ms), Some(span.started_ms));
            // Whatever the state is, its delay holds nothing.
            let state_type = StateType::Wait;
            let time = SpanTime::Waiting;
            delays.push(StateSpan { started_ms, ended_ms, state_type, time, ..before.clone() });
        }
        if span.status == SpanStatus::Retried {
            failed.insert(key, span);
        }
    }
    delays
}

/// How long at least one of these intervals was on.
fn covered(intervals: impl Iterator<Item = (i64, i64)>) -> i64 {
    let mut intervals: Vec<(i64, i64)> = intervals.collect();
    intervals.sort_unstable();
    let (mut length, mut reached) = (0_i64, i64::MIN);
    for (from, to) in intervals {
        if to > reached {
            length = length.saturating_add(to.saturating_sub(from.max(reached)));
            reached = to;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::span::samples::{run, span};

    #[test]
    fn the_longest_states_come_first() {
        expect![[r#"
            Where the time went
              InvokeOutboundCall          1 min 35 s   98 %  ░░░░░░░░░░░░░░░░░░░░ waiting
              GenerateScenario                800 ms    1 %  █
              retry delay of CreateLead       800 ms    1 %  ░ waiting
              CreateLead                      406 ms    0 %  █ (2 times)
              UpdateLead                      210 ms    0 %  █
              StartCall                        48 ms    0 %
              CheckLead                         2 ms    0 %
              PrepareCallContext                1 ms    0 %
              ShouldRedial                      1 ms    0 %
              1 other                           0 ms    0 %
              1 min 36 s in all: working 1.26 s, only waiting 1 min 35 s, between states 4 ms
              (some of the waiting was beside work)
        "#]]
        .assert_eq(&where_time_went(&run(95_000), 100));
    }

    #[test]
    fn waiting_beside_work_is_told_from_waiting_alone() {
        let spans = [
            span("m", &["branch 1"], "Sleep", StateType::Wait, 0, 100),
            span("m", &["branch 2"], "Work", StateType::Task, 20, 50),
            span("m", &["branch 2"], "Later", StateType::Task, 110, 150),
        ];
        expect![[r#"
            Where the time went
              Sleep              100 ms   59 %  ░░░░░░░░░░░░ waiting
              Later               40 ms   24 %  █████
              Work                30 ms   18 %  ████
              150 ms in all: working 70 ms, only waiting 70 ms, between states 10 ms
              (some of the waiting was beside work)
        "#]]
        .assert_eq(&where_time_went(&spans, 100));
    }

    #[test]
    fn nothing_and_instants_divide_by_nothing() {
        assert_eq!(where_time_went(&[], 100), "no state ran\n");
        let instant = [span("m", &[], "Pass", StateType::Pass, 7, 7)];
        expect![[r#"
            Where the time went
              the state            0 ms    0 %
              0 ms in all: working 0 ms, only waiting 0 ms, between states 0 ms
        "#]]
        .assert_eq(&where_time_went(&instant, 100));
    }

    #[test]
    fn extreme_times_do_not_overflow() {
        let wild = [span("m", &[], "Pass", StateType::Pass, i64::MIN, i64::MAX)];
        assert!(where_time_went(&wild, 100).contains("Pass"));
    }
}
