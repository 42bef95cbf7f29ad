//! The timeline of a run: one row for each attempt at a state, on one axis over all machines.
//!
//! The axis is broken where one stretch of time would leave no room for the rest.

use std::collections::HashMap;

use crate::{
    axis::{Axis, Column},
    duration::human,
    label::{clean, column, columns, fit},
    row_budget::RowBudget,
    span::{SpanStatus, SpanTime, StateSpan, extent},
};

const NAME_COLUMNS: usize = 36;
const DURATION_COLUMNS: usize = 12;
const LEAST_AXIS: usize = 16;
const LEAST_NAME: usize = 8;
const MAX_INDENT: usize = 8;

/// Draws the spans, which come in the order in which their states were entered, into this many
/// columns.
pub(crate) fn timeline(spans: &[StateSpan], width: usize) -> String {
    let Some((first, last)) = extent(spans) else {
        return "no state ran\n".to_owned();
    };
    let (rows, hidden) = shown(spans, rows(spans));
    let beside = LEAST_AXIS + DURATION_COLUMNS + 2;
    let limit = NAME_COLUMNS.min(width / 2).min(width.saturating_sub(beside)).max(LEAST_NAME);
    let names: Vec<String> = rows.iter().map(|row| name(spans, row, limit)).collect();
    let widest = names.iter().map(|name| columns(name)).max().unwrap_or(0);
    let widest = widest.min(limit);
    let room = width.saturating_sub(widest + DURATION_COLUMNS + 2).max(LEAST_AXIS);
    let axis = Axis::over(spans, first, last, room);

    let mut out = String::new();
    let margin = " ".repeat(widest + 1);
    let (labels, rule) = axis.ticks();
    push(&mut out, &format!("{margin}{labels}"));
    push(&mut out, &format!("{margin}{rule}"));
    let mut bars = String::new();
    for (row, name) in rows.iter().zip(&names) {
        let Row::Span { index, .. } = row else {
            push(&mut out, &fit(name, width.max(LEAST_AXIS)));
            continue;
        };
        let span = &spans[*index];
        let bar = bar(span, last, &axis);
        let length = i128::from(span.end(last)) - i128::from(span.started_ms);
        let mut length = human(i64::try_from(length).unwrap_or(i64::MAX));
        if span.ended_ms.is_none() {
            length.push('…');
        }
        push(&mut out, &format!("{} {bar} {length:>DURATION_COLUMNS$}", column(name, widest)));
        bars.push_str(&bar);
    }
    if hidden > 0 {
        push(&mut out, &format!("… and {hidden} more"));
    }
    push(&mut out, &legend(&bars, &rule));
    out
}

fn push(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

/// What the signs in use mean.
fn legend(bars: &str, rule: &str) -> String {
    let meanings = [
        ('█', "working"),
        ('░', "waiting"),
        ('▓', "failed or stopped"),
        ('─', "holds others"),
        ('▏', "instant"),
        ('≈', "axis cut short"),
    ];
    let used = meanings
        .iter()
        .filter(|(sign, _)| bars.contains(*sign) || (*sign == '≈' && rule.contains('≈')));
    let words: Vec<String> = used.map(|(sign, meaning)| format!("{sign} {meaning}")).collect();
    words.join("  ")
}

/// A line of the timeline.
enum Row<'a> {
    Machine(&'a str),
    Lane { depth: usize, label: &'a str },
    Span { depth: usize, index: usize },
}

fn name(spans: &[StateSpan], row: &Row<'_>, limit: usize) -> String {
    let indent = |depth: usize| "  ".repeat(depth.min(MAX_INDENT));
    match row {
        Row::Machine(machine) => clean(machine),
        Row::Lane { depth, label } => format!("{}┊ {}", indent(*depth), clean(label)),
        Row::Span { depth, index } => {
            let span = &spans[*index];
            let attempt =
                if span.attempt > 1 { format!(" #{}", span.attempt) } else { String::new() };
            // The number of the attempt stays visible when the name is cut.
            let room = limit.saturating_sub(2 * depth.min(&MAX_INDENT) + 2 + attempt.len());
            let state = fit(&span.state, room.max(LEAST_NAME / 2));
            format!("{}{} {state}{attempt}", indent(*depth), span.status.symbol())
        }
    }
}

/// A machine or a lane, with what stands in it in the order entered.
struct Holder<'a> {
    label: &'a str,
    depth: usize,
    entries: Vec<Entry>,
    /// How many Parallel and Map states began here: each has lanes of its own.
    containers: usize,
}

#[derive(Clone, Copy)]
enum Entry {
    Span(usize),
    Holder(usize),
}

/// Machines one after the other, and in each the states of one lane together.
fn rows(spans: &[StateSpan]) -> Vec<Row<'_>> {
    let mut holders: Vec<Holder<'_>> = Vec::new();
    let mut known: HashMap<(usize, usize, &str), usize> = HashMap::new();
    let mut machines = Vec::new();
    for (index, span) in spans.iter().enumerate() {
        // No holder has this number: it stands for what is around the machines.
        let mut at = *known.entry((usize::MAX, 0, &span.machine)).or_insert_with(|| {
            holders.push(Holder {
                label: &span.machine,
                depth: 0,
                entries: Vec::new(),
                containers: 0,
            });
            machines.push(holders.len() - 1);
            holders.len() - 1
        });
        for label in &span.lane {
            let key = (at, holders[at].containers, label.as_str());
            let next = match known.get(&key) {
                Some(next) => *next,
                None => {
                    let next = holders.len();
                    let depth = holders[at].depth + 1;
                    holders.push(Holder { label, depth, entries: Vec::new(), containers: 0 });
                    holders[at].entries.push(Entry::Holder(next));
                    known.insert(key, next);
                    next
                }
            };
            at = next;
        }
        holders[at].entries.push(Entry::Span(index));
        holders[at].containers += usize::from(span.is_container());
    }

    let mut rows = Vec::new();
    for machine in machines {
        rows.push(Row::Machine(holders[machine].label));
        let mut way: Vec<(Entry, usize)> =
            holders[machine].entries.iter().rev().map(|entry| (*entry, 1)).collect();
        while let Some((entry, depth)) = way.pop() {
            match entry {
                Entry::Span(index) => rows.push(Row::Span { depth, index }),
                Entry::Holder(holder) => {
                    let holder = &holders[holder];
                    rows.push(Row::Lane { depth, label: holder.label });
                    way.extend(holder.entries.iter().rev().map(|entry| (*entry, depth + 1)));
                }
            }
        }
    }
    rows
}

/// The rows that are shown, and how many states are not. A lane of which nothing is shown has no
/// row either.
fn shown<'a>(spans: &[StateSpan], rows: Vec<Row<'a>>) -> (Vec<Row<'a>>, usize) {
    let mut budget = RowBudget::default();
    let mut shown: Vec<Row<'a>> = Vec::new();
    let mut lanes: Vec<(usize, Row<'a>)> = Vec::new();
    for row in rows {
        match row {
            Row::Machine(_) => {
                lanes.clear();
                shown.push(row);
            }
            Row::Lane { depth, .. } => {
                lanes.retain(|(around, _)| *around < depth);
                lanes.push((depth, row));
            }
            Row::Span { depth, index } => {
                lanes.retain(|(around, _)| *around < depth);
                if budget.shows(&spans[index]) {
                    shown.extend(lanes.drain(..).map(|(_, lane)| lane));
                    shown.push(row);
                }
            }
        }
    }
    (shown, budget.hidden)
}

/// The bar of a span, as wide as the axis.
fn bar(span: &StateSpan, last: i64, axis: &Axis) -> String {
    let from = axis.column(span.started_ms).min(axis.width() - 1);
    let to = axis.column(span.end(last)).clamp(from, axis.width());
    let fill = match (span.status, span.time) {
        _ if span.is_container() => '─',
        (
            SpanStatus::Failed | SpanStatus::Caught | SpanStatus::Retried | SpanStatus::Aborted,
            _,
        ) => '▓',
        (SpanStatus::Running | SpanStatus::Succeeded, SpanTime::Waiting) => '░',
        (SpanStatus::Running | SpanStatus::Succeeded, SpanTime::Working) => '█',
    };
    (0..axis.width())
        .map(|at| match axis.kind(at) {
            // It took no time, or too little to be drawn.
            _ if at == from && (from == to || span.end(last) == span.started_ms) => '▏',
            _ if at < from || at >= to => ' ',
            Column::Cut => '≈',
            Column::Time => fill,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use atlas_asl::model::StateType;
    use expect_test::{Expect, expect};

    use super::*;
    use crate::span::samples::{ended, run, span};

    const HOUR: i64 = 3_600_000;

    fn check(spans: &[StateSpan], width: usize, expected: Expect) {
        let drawing = timeline(spans, width);
        for line in drawing.lines() {
            assert!(columns(line) <= width, "{line:?}");
            assert!(!line.chars().any(char::is_control), "{line:?}");
        }
        expected.assert_eq(&drawing);
    }

    #[test]
    fn both_machines_share_one_axis() {
        check(
            &run(400),
            100,
            expect![[r#"
                                         0               500 ms           1 s             1.5 s
                                         ┬───────────────┬────────────────┬───────────────┬────────────
                AtlasEngineWorkflow
                  ✓ CheckLead            ▏                                                                      2 ms
                  ✓ Prepare              ────────────────────────────────────────                             1.20 s
                  ┊ branch 1
                    ↻ CreateLead         ▓▓▓▓▓▓                                                               200 ms
                    ✓ CreateLead #2                                       ███████                             206 ms
                  ┊ branch 2
                    ✓ GenerateScenario   ██████████████████████████                                           800 ms
                  ┊ branch 3
                    ✓ PrepareCallContext ▏                                                                      1 ms
                  ✓ StartCall                                                    █                             48 ms
                AtlasEngineCallWorkflow
                  ✓ InvokeOutboundCall                                            ░░░░░░░░░░░░░░              400 ms
                  ✓ ShouldRedial                                                                ▏               1 ms
                  ✓ UpdateLead                                                                  ███████       210 ms
                  ✓ Done                                                                              ▏         0 ms
                █ working  ░ waiting  ▓ failed or stopped  ─ holds others  ▏ instant
            "#]],
        );
    }

    #[test]
    fn two_hours_of_waiting_leave_room_for_the_rest() {
        check(
            &run(2 * HOUR),
            100,
            expect![[r#"
                                         0                  500 ms              1 s           2 h
                                         ┬──────────────────┬───────────────────┬──────────≈≈≈┬────────
                AtlasEngineWorkflow
                  ✓ CheckLead            ▏                                                                      2 ms
                  ✓ Prepare              ────────────────────────────────────────────────                     1.20 s
                  ┊ branch 1
                    ↻ CreateLead         ▓▓▓▓▓▓▓▓                                                             200 ms
                    ✓ CreateLead #2                                             ████████                      206 ms
                  ┊ branch 2
                    ✓ GenerateScenario   ███████████████████████████████                                      800 ms
                  ┊ branch 3
                    ✓ PrepareCallContext ▏                                                                      1 ms
                  ✓ StartCall                                                            █                     48 ms
                AtlasEngineCallWorkflow
                  ✓ InvokeOutboundCall                                                     ≈≈≈             2 h 0 min
                  ✓ ShouldRedial                                                              ▏                 1 ms
                  ✓ UpdateLead                                                                █████████       210 ms
                  ✓ Done                                                                              ▏         0 ms
                █ working  ▓ failed or stopped  ─ holds others  ▏ instant  ≈ axis cut short
            "#]],
        );
    }

    #[test]
    fn thirty_days_and_growing_back_off_stay_readable() {
        let mut spans = vec![span("Retries", &[], "Wait", StateType::Wait, 0, 720 * HOUR)];
        let mut at = 720 * HOUR;
        for attempt in 1..=5 {
            let call = span("Retries", &[], "Call", StateType::Task, at, at + 150);
            let status = if attempt < 5 { SpanStatus::Retried } else { SpanStatus::Succeeded };
            spans.push(ended(call, status, attempt, ""));
            at += 150 + 1_000 * (1 << attempt);
        }
        check(
            &spans,
            80,
            expect![[r#"
                               30 d            +10 s            +20 s
                            ≈≈≈┬───────────────┬────────────────┬──────────────────
                Retries
                  ✓ Wait    ≈≈≈                                                             30 d
                  ↻ Call       ▏                                                          150 ms
                  ↻ Call #2       ▏                                                       150 ms
                  ↻ Call #3              ▏                                                150 ms
                  ↻ Call #4                            ▏                                  150 ms
                  ✓ Call #5                                                       █       150 ms
                █ working  ▏ instant  ≈ axis cut short
            "#]],
        );
    }

    #[test]
    fn one_long_task_is_drawn_in_full() {
        check(
            &[
                span("m", &[], "Short", StateType::Task, 0, 200),
                span("m", &[], "Long", StateType::Task, 200, 1_000),
            ],
            60,
            expect![[r#"
                          0                 500 ms
                          ┬─────────────────┬──────────────────
                m
                  ✓ Short ███████                                     200 ms
                  ✓ Long         ██████████████████████████████       800 ms
                █ working
            "#]],
        );
    }

    #[test]
    fn hostile_names_and_narrow_terminals_keep_the_columns() {
        let mut running =
            span("電話\u{1b}[2J", &[], "呼び出し中の状態の長い名前です", StateType::Task, 5, 0);
        running.ended_ms = None;
        running.status = SpanStatus::Running;
        check(
            &[
                span("電話\u{1b}[2J", &["a\nb"], "x\u{202e}y", StateType::Pass, 0, 10),
                running,
                ended(
                    span("電話\u{1b}[2J", &[], &"long".repeat(20), StateType::Task, 2, 9),
                    SpanStatus::Failed,
                    12,
                    "E",
                ),
            ],
            70,
            expect![[r#"
                                                    0         5 ms
                                                    ┬─────────┬──────────
                電話\u{1b}[2J
                  ┊ a\nb
                    ✓ x\u{202e}y                    █████████████████████        10 ms
                  ▸ 呼び出し中の状態の長い名前です            ███████████        5 ms…
                  ✗ longlonglonglonglonglonglo… #12     ▓▓▓▓▓▓▓▓▓▓▓▓▓▓            7 ms
                █ working  ▓ failed or stopped
            "#]],
        );
    }

    #[test]
    fn forty_columns_are_enough() {
        let drawing = timeline(&run(2 * HOUR), 40);
        for line in drawing.lines().filter(|line| !line.contains("working")) {
            assert!(columns(line) <= 40, "{line:?}");
        }
    }

    #[test]
    fn each_parallel_has_lanes_of_its_own() {
        let (parallel, pass) = (StateType::Parallel, StateType::Pass);
        check(
            &[
                span("m", &[], "Loop", parallel, 0, 10),
                span("m", &["branch 1"], "A", pass, 0, 5),
                span("m", &["branch 2"], "Inner", parallel, 0, 10),
                span("m", &["branch 1"], "B", pass, 5, 10),
                span("m", &["branch 2", "item 0"], "C", pass, 2, 7),
                span("m", &[], "Loop", parallel, 10, 20),
                span("m", &["branch 1"], "A", pass, 10, 20),
            ],
            60,
            expect![[r#"
                             0                10 ms
                             ┬────────────────┬────────────────
                m
                  ✓ Loop     ─────────────────                         10 ms
                  ┊ branch 1
                    ✓ A      ████████                                   5 ms
                    ✓ B              █████████                          5 ms
                  ┊ branch 2
                    ✓ Inner  ─────────────────                         10 ms
                    ┊ item 0
                      ✓ C       ████████                                5 ms
                  ✓ Loop                      ─────────────────        10 ms
                  ┊ branch 1
                    ✓ A                       █████████████████        10 ms
                █ working  ─ holds others
            "#]],
        );
    }

    #[test]
    fn nothing_instants_extremes_and_many_states_are_drawn() {
        assert_eq!(timeline(&[], 80), "no state ran\n");
        let pass = StateType::Pass;
        assert!(timeline(&[span("m", &[], "P", pass, 7, 7)], 0).contains('▏'));
        for (from, to) in [(i64::MIN, i64::MAX), (0, i64::MAX), (10, -10)] {
            assert!(timeline(&[span("m", &[], "P", pass, from, to)], 80).contains("✓ P"));
        }
        let many: Vec<StateSpan> =
            (0..20_000).map(|at| span("m", &[], "P", pass, at, at + 1)).collect();
        assert!(timeline(&many, 80).contains("… and 19880 more"));
    }
}
