//! The plots of the page, as SVG: how runs are spread, the critical path, the services.

use std::fmt::Write;

use super::text::escape;
use crate::{
    report::{PathStep, Report, ms},
    statistics::count,
};

const WIDTH: f64 = 960.0;
const BAR: f64 = 22.0;
const LABEL: f64 = 380.0;
/// A histogram has so many bars.
const BINS: usize = 40;

/// How long runs took: one histogram for each set, on one axis.
pub(super) fn histogram(sets: &[(&str, &[f64])]) -> String {
    let all = || sets.iter().flat_map(|(_, times)| times.iter().copied());
    let (least, most) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
    if !least.is_finite() {
        return String::new();
    }
    let span = (most - least).max(1.0);
    let height = 120.0;
    let total = (height + 28.0) * count(sets.len()) + 20.0;
    let mut out = open("how long runs took", total);
    for (row, (name, times)) in sets.iter().enumerate() {
        let mut bins = [0_usize; BINS];
        for time in *times {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between nothing and the number of bins"
            )]
            let bin = ((time - least) / span * count(BINS)) as usize;
            bins[bin.min(BINS - 1)] += 1;
        }
        let tallest = count(bins.iter().copied().max().unwrap_or(1).max(1));
        let base = (height + 28.0) * count(row + 1);
        put(
            &mut out,
            &format!("<text x=\"0\" y=\"{:.0}\">{}</text>", base - height - 8.0, escape(name)),
        );
        for (at, number) in bins.into_iter().enumerate().filter(|(_, number)| *number > 0) {
            let width = WIDTH / count(BINS);
            let tall = height * count(number) / tallest;
            let (from, until) = (
                least + span * count(at) / count(BINS),
                least + span * count(at + 1) / count(BINS),
            );
            put(
                &mut out,
                &format!(
                    "<rect class=\"s{}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\"><title>{number} runs \
                 from {} to {}</title></rect>",
                    row % 6,
                    width * count(at),
                    base - tall,
                    width - 1.0,
                    ms(from),
                    ms(until),
                ),
            );
        }
    }
    put(&mut out, &format!("<text x=\"0\" y=\"{:.0}\">{}</text>", total - 4.0, ms(least)));
    put(
        &mut out,
        &format!(
            "<text x=\"{WIDTH}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>",
            total - 4.0,
            ms(most)
        ),
    );
    out.push_str("</svg>");
    out
}

/// The critical path: a bar for each step, from where it begins.
pub(super) fn path(steps: &[PathStep]) -> String {
    let end = steps.iter().map(|step| step.begins_ms + step.mean_ms).fold(1.0, f64::max);
    let rows: Vec<Bar> = steps
        .iter()
        .map(|step| Bar {
            label: format!("{} ({})", step.place.words(), step.what),
            from: step.begins_ms / end,
            parts: vec![(step.mean_ms / end, class(step))],
            told: format!("{}, {:.1}%", ms(step.mean_ms), step.share * 100.0),
        })
        .collect();
    bars("the critical path", &rows)
}

/// The services: from nothing to P50, P90 and P99.
pub(super) fn services(report: &Report) -> String {
    let most = report.services.iter().map(|row| row.took.p99).fold(1.0, f64::max);
    let rows: Vec<Bar> = report
        .services
        .iter()
        .take(24)
        .map(|row| {
            let it = &row.took;
            let parts = [(it.p50, 0), (it.p90 - it.p50, 1), (it.p99 - it.p90, 2)];
            Bar {
                label: format!("{}:{}", row.service, row.operation),
                from: 0.0,
                parts: parts.map(|(length, class)| (length.max(0.0) / most, class)).to_vec(),
                told: format!("P50 {}, P90 {}, P99 {}", ms(it.p50), ms(it.p90), ms(it.p99)),
            }
        })
        .collect();
    bars("how long calls took: P50, P90, P99", &rows)
}

struct Bar {
    label: String,
    from: f64,
    parts: Vec<(f64, usize)>,
    told: String,
}

fn bars(title: &str, rows: &[Bar]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = open(title, BAR * count(rows.len()) + 4.0);
    let room = WIDTH - LABEL - 10.0;
    for (at, row) in rows.iter().enumerate() {
        let top = BAR * count(at);
        put(
            &mut out,
            &format!(
                "<text x=\"0\" y=\"{:.0}\">{}<title>{}</title></text>",
                top + 15.0,
                escape(&shortened(&row.label)),
                escape(&row.label)
            ),
        );
        let mut x = LABEL + room * row.from;
        for (length, class) in &row.parts {
            let width = (room * length).max(0.5);
            put(
                &mut out,
                &format!(
                    "<rect class=\"s{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.0}\"><title>{}: \
                 {}</title></rect>",
                    top + 3.0,
                    BAR - 6.0,
                    escape(&row.label),
                    escape(&row.told),
                ),
            );
            x += width;
        }
        let (anchor, at) =
            if x > WIDTH - 170.0 { ("end", WIDTH - 4.0) } else { ("start", x + 6.0) };
        put(
            &mut out,
            &format!(
                "<text class=\"told\" x=\"{at:.0}\" y=\"{:.0}\" text-anchor=\"{anchor}\">{}</text>",
                top + 15.0,
                escape(&row.told)
            ),
        );
    }
    out.push_str("</svg>");
    out
}

/// The end of a place is what tells it apart.
fn shortened(label: &str) -> String {
    let letters = label.chars().count();
    if letters <= 56 {
        return label.to_owned();
    }
    let kept: String = label.chars().skip(letters - 55).collect();
    format!("…{kept}")
}

fn class(step: &PathStep) -> usize {
    match step.what.as_str() {
        "call" => 0,
        "wait" | "waiting for somebody outside" => 3,
        "delay before another attempt" => 4,
        what if what.starts_with("cold start") => 5,
        _ => 1,
    }
}

fn open(title: &str, height: f64) -> String {
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{}\">",
        escape(title)
    )
}

fn put(out: &mut String, text: &str) {
    // Writing to a text cannot fail.
    let _ = writeln!(out, "{text}");
}
