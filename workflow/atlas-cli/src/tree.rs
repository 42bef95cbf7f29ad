//! One line of the live tree: a state as it begins, and again as it ends.

use crate::{
    duration::human,
    label::{clean, column, columns, fit},
    span::{SpanStatus, StateSpan},
};

const NAME_COLUMNS: usize = 42;
const LEAST_NAME: usize = 8;
const STATUS_COLUMNS: usize = 10;
const DURATION_COLUMNS: usize = 11;
const MOST_INDENT: usize = 8;

/// Whether the terminal wants colour. It only repeats what symbol and word say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Colour {
    /// ANSI escapes around symbol and word.
    Ansi,
    /// Plain text.
    #[default]
    Plain,
}

/// `✓ CreateLead [branch 1]   succeeded   206 ms  attempt 2`, indented by the branches around it, in
/// this many columns.
pub(crate) fn tree_line(span: &StateSpan, colour: Colour, width: usize) -> String {
    let indent = "│ ".repeat(span.lane.len().min(MOST_INDENT).min(width / 16));
    let mut name = clean(&span.state);
    if let Some(lane) = span.lane.last() {
        name.push_str(&format!(" [{}]", clean(lane)));
    }
    let fixed = columns(&indent) + 2 + STATUS_COLUMNS + DURATION_COLUMNS;
    let room = NAME_COLUMNS.min(width.saturating_sub(fixed)).max(LEAST_NAME);
    let name = column(&name, room.saturating_sub(columns(&indent)).max(LEAST_NAME));
    let length = span.ended_ms.map(|ended| human(ended.saturating_sub(span.started_ms)));
    let length = length.unwrap_or_default();
    let mut rest = Vec::new();
    if span.attempt > 1 || span.status == SpanStatus::Retried {
        rest.push(format!("attempt {}", span.attempt));
    }
    if let Some(error) = &span.error {
        rest.push(clean(error));
    }
    let (open, close) = match colour {
        Colour::Ansi => (ansi(span.status), "\u{1b}[0m"),
        Colour::Plain => ("", ""),
    };
    let symbol = span.status.symbol();
    let word = column(span.status.word(), STATUS_COLUMNS);
    let used = columns(&indent) + 2 + columns(&name) + STATUS_COLUMNS + DURATION_COLUMNS;
    let rest = fit(&rest.join("  "), width.saturating_sub(used + 2));
    let line = format!(
        "{indent}{open}{symbol}{close} {name}{open}{word}{close}{length:>DURATION_COLUMNS$}  {rest}"
    );
    line.trim_end().to_owned()
}

const fn ansi(status: SpanStatus) -> &'static str {
    match status {
        SpanStatus::Running => "\u{1b}[36m",
        SpanStatus::Succeeded => "\u{1b}[32m",
        SpanStatus::Failed => "\u{1b}[31m",
        SpanStatus::Caught | SpanStatus::Retried => "\u{1b}[33m",
        SpanStatus::Aborted => "\u{1b}[35m",
    }
}

#[cfg(test)]
mod tests {
    use atlas_asl::model::StateType;
    use expect_test::expect;

    use super::*;
    use crate::span::samples::{ended, run, span};

    #[test]
    fn a_line_says_status_attempt_duration_and_error() {
        let lines: Vec<String> =
            run(5_000).iter().map(|span| tree_line(span, Colour::Plain, 100)).collect();
        expect![[r#"
            ✓ CheckLead                                 succeeded        2 ms
            ✓ Prepare                                   succeeded      1.20 s
            │ ↻ CreateLead [branch 1]                   retried        200 ms  attempt 1  Salesforce.Unavailable
            │ ✓ GenerateScenario [branch 2]             succeeded      800 ms
            │ ✓ PrepareCallContext [branch 3]           succeeded        1 ms
            │ ✓ CreateLead [branch 1]                   succeeded      206 ms  attempt 2
            ✓ StartCall                                 succeeded       48 ms
            ✓ InvokeOutboundCall                        succeeded      5.00 s
            ✓ ShouldRedial                              succeeded        1 ms
            ✓ UpdateLead                                succeeded      210 ms
            ✓ Done                                      succeeded        0 ms"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn only_colour_sends_escapes() {
        let hostile = span("m", &["\u{1b}[2J"], "a\n\u{1b}[31mb\u{202e}", StateType::Pass, 0, 5);
        let hostile = ended(hostile, SpanStatus::Failed, 1, "E\u{7}");
        let plain = tree_line(&hostile, Colour::Plain, 100);
        assert!(plain.chars().all(|character| !character.is_control()), "{plain:?}");
        let coloured = tree_line(&hostile, Colour::Ansi, 100);
        assert_eq!(coloured.matches('\u{1b}').count(), 4);
        assert_eq!(coloured.replace("\u{1b}[31m", "").replace("\u{1b}[0m", ""), plain);
    }

    #[test]
    fn every_status_has_a_sign_and_a_word_of_its_own() {
        let statuses = [
            SpanStatus::Running,
            SpanStatus::Succeeded,
            SpanStatus::Failed,
            SpanStatus::Caught,
            SpanStatus::Retried,
            SpanStatus::Aborted,
        ];
        for (at, one) in statuses.iter().enumerate() {
            for other in &statuses[at + 1..] {
                assert_ne!(one.symbol(), other.symbol());
                assert_ne!(one.word(), other.word());
            }
        }
    }

    #[test]
    fn a_running_state_has_no_duration_yet() {
        let mut running = span("m", &[], "Call", StateType::Task, 0, 5);
        running.ended_ms = None;
        running.status = SpanStatus::Running;
        let line = tree_line(&running, Colour::Plain, 100);
        assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["▸", "Call", "running"]);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let long = span("m", &["branch 1"; 5], &"電話state".repeat(20), StateType::Task, 0, 9);
        let long = ended(long, SpanStatus::Retried, 12, &"Error.Name".repeat(20));
        for width in [40, 60, 80, 100, 200] {
            let line = tree_line(&long, Colour::Plain, width);
            assert!(columns(&line) <= width, "{width}: {line}");
        }
    }
}
