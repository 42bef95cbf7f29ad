//! The page: plots, and the tables of the report.

use std::fmt::Write;

use super::{plots, text::escape};
use crate::{
    comparison::{Change, Comparison},
    findings::{Certainty, Gain},
    report::{Report, ms},
    statistics::Summary,
};

const STYLE: &str = include_str!("style.css");

/// The report as a page.
pub fn html(report: &Report) -> String {
    let mut body = String::new();
    summary(report, &mut body);
    section(&mut body, "Runs", &plots::histogram(&[("to the goal", &report.times)]));
    bottlenecks(report, &mut body);
    findings(report, &mut body);
    section(&mut body, "Critical path", &plots::path(&report.critical_path));
    section(&mut body, "Services", &plots::services(report));
    tables(report, &mut body);
    page("Profile", &body)
}

/// Before and after as a page.
pub fn html_of_comparison(comparison: &Comparison) -> String {
    let mut body = String::new();
    let told = if comparison.is_significant { "more" } else { "no more" };
    put(
        &mut body,
        &format!(
            "<p>{} runs before, {} after; the difference is {told} than runs differ among themselves.</p>",
            comparison.before.runs, comparison.after.runs
        ),
    );
    change_table(&mut body, "Whole runs", &[comparison.to_goal.clone(), comparison.work.clone()]);
    let sets = [("before", &*comparison.before.times), ("after", &*comparison.after.times)];
    section(&mut body, "Runs", &plots::histogram(&sets));
    change_table(&mut body, "Services by operation", &comparison.services);
    change_table(&mut body, "Functions", &comparison.functions);
    change_table(&mut body, "States", &comparison.states);
    for (title, findings) in [("Solved", &comparison.solved), ("New", &comparison.new)] {
        if findings.is_empty() {
            continue;
        }
        put(&mut body, &format!("<h2>{title}</h2><ul>"));
        for (kind, place) in findings {
            put(&mut body, &format!("<li>{}: {}</li>", kind.words(), escape(&place.words())));
        }
        put(&mut body, "</ul>");
    }
    page("Before and after", &body)
}

fn page(title: &str, body: &str) -> String {
    // Nothing may be loaded or run, whatever stands in it.
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n\
         {body}</body></html>\n"
    )
}

fn section(body: &mut String, title: &str, plot: &str) {
    if !plot.is_empty() {
        put(body, &format!("<h2>{title}</h2>\n<div class=\"wide\">{plot}</div>"));
    }
}

fn summary(report: &Report, body: &mut String) {
    put(
        body,
        &format!(
            "<p>{} runs of {}, up to {}.",
            report.runs,
            escape(&report.machines.join(", ")),
            escape(&report.goal)
        ),
    );
    if report.left_out > 0 {
        put(body, &format!("{} more have not ended, or did not get there.", report.left_out));
    }
    if report.unread > 0 {
        put(body, &format!("{} more were not read: they would be too large.", report.unread));
    }
    if report.with_gaps > 0 {
        put(body, &format!("Of {} runs some events are missing.", report.with_gaps));
    }
    if report.invocations == 0 && report.runs > 0 {
        put(body, "No traces: what functions did inside is not known.");
    }
    put(body, "</p>");
    let mut rows = vec![summary_row("to the goal", &report.to_goal)];
    if report.outside.max > 0.0 {
        rows.push(summary_row("of it waiting for somebody outside", &report.outside));
        rows.push(summary_row("without that", &report.work));
    }
    table(body, &["", "mean", "P50", "P90", "P99", "longest"], &rows);
}

fn summary_row(what: &str, it: &Summary) -> Vec<Cell> {
    let mut row = vec![Cell::Text(what.to_owned())];
    row.extend([it.mean, it.p50, it.p90, it.p99, it.max].map(|time| Cell::Number(ms(time))));
    row
}

fn bottlenecks(report: &Report, body: &mut String) {
    if report.bottlenecks.is_empty() {
        return;
    }
    put(body, "<h2>Top bottlenecks</h2>");
    let rows: Vec<Vec<Cell>> = report
        .bottlenecks
        .iter()
        .map(|it| {
            let most = if it.is_gain_of_finding { "" } else { "at most " };
            vec![
                Cell::Text(it.place.words()),
                Cell::Text(it.what.clone()),
                Cell::Number(ms(it.mean_ms)),
                Cell::Number(format!("{:.1}%", it.share * 100.0)),
                Cell::Text(it.cause.clone()),
                Cell::Text(
                    it.gain.map_or_else(String::new, |gain| format!("{most}{}", gained(&gain))),
                ),
            ]
        })
        .collect();
    table(body, &["place", "what", "mean", "share", "cause", "possible gain"], &rows);
}

fn gained(gain: &Gain) -> String {
    format!("{} ({:.0}%)", ms(gain.mean_ms), gain.share * 100.0)
}

fn findings(report: &Report, body: &mut String) {
    put(body, "<h2>Findings</h2>");
    if report.findings.is_empty() {
        put(body, "<p>Nothing that is worth a change.</p>");
        return;
    }
    put(body, "<ol>");
    for it in &report.findings {
        let certainty = match it.certainty {
            Certainty::Proven => "",
            Certainty::Possible => " (possible)",
        };
        let gain = it.gain.map_or_else(|| "not known".to_owned(), |gain| gained(&gain));
        put(
            body,
            &format!(
                "<li><strong>{}</strong>{certainty}: {}<br>{}<br>{}<br><span class=\"quiet\">gain: {gain}; seen in {} of \
             {} runs</span></li>",
                it.kind.words(),
                escape(&it.place.words()),
                escape(&it.cause),
                escape(&it.remedy),
                it.runs,
                report.runs
            ),
        );
    }
    put(body, "</ol>");
}

fn tables(report: &Report, body: &mut String) {
    let times = |it: &Summary| [it.mean, it.p50, it.p90, it.p99].map(|time| Cell::Number(ms(time)));
    let rows: Vec<Vec<Cell>> = report
        .services
        .iter()
        .map(|it| {
            let mut row = vec![
                Cell::Text(format!("{}:{}", it.service, it.operation)),
                Cell::Text(it.callers.join(", ")),
                Cell::Number(it.took.count.to_string()),
            ];
            row.extend(times(&it.took));
            row.push(Cell::Number(it.errors.to_string()));
            let new = it.new_connections.map_or_else(|| "–".to_owned(), |new| new.to_string());
            row.push(Cell::Number(new));
            row
        })
        .collect();
    let head = [
        "operation",
        "called by",
        "calls",
        "mean",
        "P50",
        "P90",
        "P99",
        "errors",
        "new connections",
    ];
    table(body, &head, &rows);
    if !report.functions.is_empty() {
        put(body, "<h2>Functions</h2>");
    }
    let rows: Vec<Vec<Cell>> = report
        .functions
        .iter()
        .map(|it| {
            let phases: Vec<String> =
                it.phases.iter().map(|one| format!("{} {}", one.name, ms(one.took.mean))).collect();
            let memory =
                |mb: Option<f64>| mb.map_or_else(|| "–".to_owned(), |mb| format!("{mb:.0}"));
            let mut row =
                vec![Cell::Text(it.function.clone()), Cell::Number(it.handler.count.to_string())];
            row.extend(times(&it.handler));
            row.push(Cell::Number(it.cold.to_string()));
            row.push(Cell::Text(phases.join(", ")));
            row.push(Cell::Number(format!("{} of {}", memory(it.used_mb), memory(it.memory_mb))));
            row
        })
        .collect();
    let head = [
        "function",
        "invocations",
        "mean",
        "P50",
        "P90",
        "P99",
        "cold",
        "phases of a cold start",
        "MB used",
    ];
    table(body, &head, &rows);
    if !report.states.is_empty() {
        put(body, "<h2>States</h2>");
    }
    let rows: Vec<Vec<Cell>> = report
        .states
        .iter()
        .map(|it| {
            let mut row =
                vec![Cell::Text(it.place.words()), Cell::Number(it.took.count.to_string())];
            row.extend(times(&it.took));
            row.push(Cell::Number(it.failed_attempts.to_string()));
            row.push(Cell::Number(ms(it.backoff_ms)));
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
    table(body, &head, &rows);
}

fn change_table(body: &mut String, title: &str, changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    put(body, &format!("<h2>{title}</h2>"));
    let mean = |it: &Option<Summary>| it.as_ref().map_or_else(|| "–".to_owned(), |it| ms(it.mean));
    let rows: Vec<Vec<Cell>> = changes
        .iter()
        .map(|it| {
            let sign = if it.difference_ms() < 0.0 { "−" } else { "+" };
            let difference = match (&it.before, &it.after) {
                (Some(_), Some(_)) => format!(
                    "{sign}{} ({sign}{:.0}%)",
                    ms(it.difference_ms().abs()),
                    it.share().abs() * 100.0
                ),
                (None, _) => "new".to_owned(),
                (_, None) => "gone".to_owned(),
            };
            vec![
                Cell::Text(it.what.clone()),
                Cell::Number(mean(&it.before)),
                Cell::Number(mean(&it.after)),
                Cell::Number(difference),
            ]
        })
        .collect();
    table(body, &["", "mean before", "mean after", "difference"], &rows);
}

enum Cell {
    Text(String),
    Number(String),
}

fn table(body: &mut String, head: &[&str], rows: &[Vec<Cell>]) {
    if rows.is_empty() {
        return;
    }
    put(body, "<div class=\"wide\"><table><thead><tr>");
    for name in head {
        put(body, &format!("<th scope=\"col\">{name}</th>"));
    }
    put(body, "</tr></thead><tbody>");
    for row in rows {
        body.push_str("<tr>");
        for cell in row {
            let cell = match cell {
                Cell::Text(text) => format!("<td>{}</td>", escape(text)),
                Cell::Number(text) => format!("<td class=\"n\">{}</td>", escape(text)),
            };
            body.push_str(&cell);
        }
        body.push_str("</tr>\n");
    }
    put(body, "</tbody></table></div>");
}

fn put(out: &mut String, text: &str) {
    // Writing to a text cannot fail.
    let _ = writeln!(out, "{text}");
}
