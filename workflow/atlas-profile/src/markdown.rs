//! The report in Markdown.

use std::fmt::Write;

use crate::{
    comparison::{Change, Comparison},
    findings::Certainty,
    report::{Report, ms},
    statistics::Summary,
};

/// The report as a document.
pub fn markdown(report: &Report) -> String {
    let mut out = String::from("# Profile\n\n");
    summary(report, &mut out);
    bottlenecks(report, &mut out);
    findings(report, &mut out);
    path(report, &mut out);
    services(report, &mut out);
    functions(report, &mut out);
    states(report, &mut out);
    out
}

/// Before and after as a document.
pub fn markdown_of_comparison(comparison: &Comparison) -> String {
    let mut out = String::from("# Before and after\n\n");
    let runs = (comparison.before.runs, comparison.after.runs);
    let told = if comparison.is_significant {
        "more than runs differ among themselves"
    } else {
        "no more than runs differ among themselves"
    };
    line(
        &mut out,
        &format!("{} runs before, {} after; the difference is {told}.\n", runs.0, runs.1),
    );
    let whole = [&comparison.to_goal, &comparison.work];
    let rows: Vec<Vec<String>> = whole.into_iter().map(change_row).collect();
    table(&mut out, &CHANGE_HEAD, &rows);
    for (title, changes) in [
        ("Services", &comparison.services),
        ("Functions", &comparison.functions),
        ("States", &comparison.states),
    ] {
        if !changes.is_empty() {
            line(&mut out, &format!("## {title}\n"));
            table(&mut out, &CHANGE_HEAD, &changes.iter().map(change_row).collect::<Vec<_>>());
        }
    }
    for (title, findings) in [("Solved", &comparison.solved), ("New", &comparison.new)] {
        if !findings.is_empty() {
            line(&mut out, &format!("## {title}\n"));
            for (kind, place) in findings {
                line(&mut out, &format!("- {}: {}", kind.words(), cell(&place.words())));
            }
            out.push('\n');
        }
    }
    out
}

const CHANGE_HEAD: [&str; 6] =
    ["", "mean before", "mean after", "difference", "P90 before", "P90 after"];

fn change_row(change: &Change) -> Vec<String> {
    let of = |summary: &Option<Summary>, pick: fn(&Summary) -> f64| {
        summary.as_ref().map_or_else(|| "–".to_owned(), |it| ms(pick(it)))
    };
    let difference = match (&change.before, &change.after) {
        (Some(_), Some(_)) => {
            let sign = if change.difference_ms() < 0.0 { "−" } else { "+" };
            format!(
                "{sign}{} ({sign}{:.0}%)",
                ms(change.difference_ms().abs()),
                change.share().abs() * 100.0
            )
        }
        (None, _) => "new".to_owned(),
        (_, None) => "gone".to_owned(),
    };
    vec![
        change.what.clone(),
        of(&change.before, |it| it.mean),
        of(&change.after, |it| it.mean),
        difference,
        of(&change.before, |it| it.p90),
        of(&change.after, |it| it.p90),
    ]
}

fn summary(report: &Report, out: &mut String) {
    let machines = report.machines.join(", ");
    line(out, &format!("{} runs of {}, up to {}.", report.runs, cell(&machines), report.goal));
    if report.left_out > 0 {
        line(out, &format!("{} more have not ended, or did not get there.", report.left_out));
    }
    if report.unread > 0 {
        line(out, &format!("{} more were not read: they would be too large.", report.unread));
    }
    if report.with_gaps > 0 {
        line(out, &format!("Of {} runs some events are missing.", report.with_gaps));
    }
    if report.invocations == 0 && report.runs > 0 {
        line(out, "No traces: what functions did inside is not known.");
    }
    out.push('\n');
    let mut rows = vec![summary_row("to the goal", &report.to_goal)];
    if report.outside.max > 0.0 {
        rows.push(summary_row("of it waiting for somebody outside", &report.outside));
        rows.push(summary_row("without that", &report.work));
    }
    table(out, &["", "mean", "P50", "P90", "P99", "longest"], &rows);
}

fn summary_row(what: &str, it: &Summary) -> Vec<String> {
    let mut row = vec![what.to_owned()];
    row.extend([it.mean, it.p50, it.p90, it.p99, it.max].map(ms));
    row
}

fn bottlenecks(report: &Report, out: &mut String) {
    if report.bottlenecks.is_empty() {
        return;
    }
    line(out, "## Top bottlenecks\n");
    let rows: Vec<Vec<String>> = report
        .bottlenecks
        .iter()
        .map(|it| {
            let gain = it.gain.map_or_else(
                || "–".to_owned(),
                |gain| {
                    let most = if it.is_gain_of_finding { "" } else { "at most " };
                    format!("{most}{} ({:.0}%)", ms(gain.mean_ms), gain.share * 100.0)
                },
            );
            vec![
                it.place.words(),
                it.what.clone(),
                ms(it.mean_ms),
                format!("{:.1}%", it.share * 100.0),
                it.cause.clone(),
                gain,
            ]
        })
        .collect();
    table(out, &["place", "what", "mean", "share", "cause", "possible gain"], &rows);
}

fn findings(report: &Report, out: &mut String) {
    line(out, "## Findings\n");
    if report.findings.is_empty() {
        line(out, "Nothing that is worth a change.\n");
        return;
    }
    for (number, it) in (1..).zip(&report.findings) {
        let certainty = match it.certainty {
            Certainty::Proven => "",
            Certainty::Possible => " (possible)",
        };
        line(
            out,
            &format!("{number}. **{}**{certainty}: {}", it.kind.words(), cell(&it.place.words())),
        );
        line(out, &format!("   - {}", cell(&it.cause)));
        line(out, &format!("   - {}", cell(&it.remedy)));
        let gain = it.gain.map_or_else(
            || "not known".to_owned(),
            |gain| format!("{} a run, {:.0}%", ms(gain.mean_ms), gain.share * 100.0),
        );
        line(out, &format!("   - gain: {gain}; seen in {} of {} runs", it.runs, report.runs));
    }
    out.push('\n');
}

fn path(report: &Report, out: &mut String) {
    if report.critical_path.is_empty() {
        return;
    }
    line(out, "## Critical path\n");
    let rows: Vec<Vec<String>> = report
        .critical_path
        .iter()
        .map(|it| {
            vec![
                ms(it.begins_ms),
                it.place.words(),
                it.what.clone(),
                ms(it.mean_ms),
                format!("{:.1}%", it.share * 100.0),
                it.runs.to_string(),
            ]
        })
        .collect();
    table(out, &["from", "place", "what", "mean", "share", "runs"], &rows);
}

fn services(report: &Report, out: &mut String) {
    if report.services.is_empty() {
        return;
    }
    line(out, "## Services\n");
    let rows: Vec<Vec<String>> = report
        .services
        .iter()
        .map(|it| {
            let mut row = vec![
                format!("{}:{}", it.service, it.operation),
                it.callers.join(", "),
                it.took.count.to_string(),
            ];
            row.extend([it.took.mean, it.took.p50, it.took.p90, it.took.p99].map(ms));
            row.push(it.errors.to_string());
            row.push(it.new_connections.map_or_else(|| "–".to_owned(), |new| new.to_string()));
            row
        })
        .collect();
    table(
        out,
        &[
            "operation",
            "called by",
            "calls",
            "mean",
            "P50",
            "P90",
            "P99",
            "errors",
            "new connections",
        ],
        &rows,
    );
}

fn functions(report: &Report, out: &mut String) {
    if report.functions.is_empty() {
        return;
    }
    line(out, "## Functions\n");
    let rows: Vec<Vec<String>> = report
        .functions
        .iter()
        .map(|it| {
            let phases: Vec<String> = it
                .phases
                .iter()
                .map(|phase| format!("{} {}", phase.name, ms(phase.took.mean)))
                .collect();
            let memory = match (it.used_mb, it.memory_mb) {
                (Some(used), Some(given)) => format!("{used:.0} of {given:.0} MB"),
                (None, Some(given)) => format!("– of {given:.0} MB"),
                _ => "–".to_owned(),
            };
            vec![
                it.function.clone(),
                it.handler.count.to_string(),
                ms(it.warm.mean),
                ms(it.handler.p90),
                ms(it.handler.p99),
                it.errors.to_string(),
                it.cold.to_string(),
                if phases.is_empty() { "–".to_owned() } else { phases.join(", ") },
                if it.cold == 0 { "–".to_owned() } else { ms(it.first.mean) },
                memory,
            ]
        })
        .collect();
    table(
        out,
        &[
            "function",
            "invocations",
            "warm, mean",
            "P90",
            "P99",
            "errors",
            "cold",
            "phases of a cold start",
            "first handler",
            "memory used",
        ],
        &rows,
    );
}

fn states(report: &Report, out: &mut String) {
    if report.states.is_empty() {
        return;
    }
    line(out, "## States\n");
    let rows: Vec<Vec<String>> = report
        .states
        .iter()
        .map(|it| {
            let mut row = vec![it.place.words(), it.took.count.to_string()];
            row.extend([it.took.mean, it.took.p50, it.took.p90, it.took.p99].map(ms));
            row.push(it.failed_attempts.to_string());
            row.push(if it.backoff_ms > 0.0 { ms(it.backoff_ms) } else { "–".to_owned() });
            row
        })
        .collect();
    let head = [
        "state",
        "visits",
        "mean",
        "P50",
        "P90",
        "P99",
        "failed attempts",
        "delays before retries",
    ];
    table(out, &head, &rows);
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn table(out: &mut String, head: &[&str], rows: &[Vec<String>]) {
    let row = |out: &mut String, cells: &mut dyn Iterator<Item = String>| {
        for text in cells {
            // Writing to a text cannot fail.
            let _ = write!(out, "| {text} ");
        }
        out.push_str("|\n");
    };
    row(out, &mut head.iter().map(|text| (*text).to_owned()));
    row(out, &mut head.iter().map(|_| "---".to_owned()));
    for cells in rows {
        row(out, &mut cells.iter().map(|text| cell(text)));
    }
    out.push('\n');
}

/// What a definition names may hold anything: here it is text, in one line.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' => {
                safe.push('\\');
                safe.push(letter);
            }
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // These turn the direction of writing.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => safe.push('\u{fffd}'),
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}
