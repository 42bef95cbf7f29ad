//! What a report and a comparison tell, in order, before anybody makes Markdown or a page of it.

use crate::{
    comparison::{Change, Comparison},
    findings::{Certainty, Finding, Gain, Kind},
    place::Place,
    report::{Bottleneck, PathStep, Report, ms},
    statistics::Summary,
    tables::{FunctionRow, ServiceRow, StateRow},
};

/// A part of a document. Every text in it is plain: whoever writes it down escapes it.
pub(crate) enum Part<'a> {
    Title(&'static str),
    /// Sentences that belong together.
    Sentences(Vec<String>),
    Table(Table),
    /// For a page; text has the table that follows.
    Plot(Plot<'a>),
    Findings(Vec<Told>),
    List(Vec<String>),
}

/// What is drawn.
#[derive(Clone, Copy)]
pub(crate) enum Plot<'a> {
    Times(&'a Report),
    TimesOfBoth(&'a Comparison),
    Path(&'a Report),
    Services(&'a Report),
}

pub(crate) struct Table {
    pub(crate) head: &'static [&'static str],
    pub(crate) rows: Vec<Vec<Cell>>,
}

pub(crate) enum Cell {
    Text(String),
    Number(String),
}

impl Cell {
    pub(crate) fn text(&self) -> &str {
        let (Text(text) | Number(text)) = self;
        text
    }
}

/// A finding in words.
pub(crate) struct Told {
    pub(crate) what: &'static str,
    /// Behind what it is: empty where it is proven.
    pub(crate) certainty: &'static str,
    pub(crate) place: String,
    pub(crate) details: [String; 3],
}

use Cell::{Number, Text};

/// A report, from what matters most to what stands behind it.
pub(crate) fn of_report(report: &Report) -> Vec<Part<'_>> {
    let mut parts = vec![Part::Sentences(scope(report)), Part::Table(summary(report))];
    if report.runs > 0 {
        parts.extend([Part::Title("Runs"), Part::Plot(Plot::Times(report))]);
    }
    section(&mut parts, "Top bottlenecks", None, bottlenecks(report));
    parts.push(Part::Title("Findings"));
    parts.push(if report.findings.is_empty() {
        Part::Sentences(vec!["Nothing that is worth a change.".to_owned()])
    } else {
        Part::Findings(report.findings.iter().map(|it| told(it, report.runs)).collect())
    });
    section(&mut parts, "Critical path", Some(Plot::Path(report)), path(report));
    section(&mut parts, "Services", Some(Plot::Services(report)), services(report));
    section(&mut parts, "Functions", None, functions(report));
    section(&mut parts, "States", None, states(report));
    parts
}

/// A comparison: the whole, then its parts, then what was found.
pub(crate) fn of_comparison(comparison: &Comparison) -> Vec<Part<'_>> {
    let told = if comparison.is_significant { "more" } else { "no more" };
    let mut parts = vec![
        Part::Sentences(vec![format!(
            "{} runs before, {} after; the difference is {told} than runs differ among themselves.",
            comparison.before.runs, comparison.after.runs
        )]),
        Part::Table(changes([&comparison.to_goal, &comparison.work])),
        Part::Title("Runs"),
        Part::Plot(Plot::TimesOfBoth(comparison)),
    ];
    section(&mut parts, "Services", None, changes(&comparison.services));
    section(&mut parts, "Functions", None, changes(&comparison.functions));
    section(&mut parts, "States", None, changes(&comparison.states));
    let listed = |(kind, place): &(Kind, Place)| format!("{}: {}", kind.words(), place.words());
    for (title, findings) in [("Solved", &comparison.solved), ("New", &comparison.new)] {
        if !findings.is_empty() {
            parts.push(Part::Title(title));
            parts.push(Part::List(findings.iter().map(listed).collect()));
        }
    }
    parts
}

fn section<'a>(
    parts: &mut Vec<Part<'a>>,
    title: &'static str,
    plot: Option<Plot<'a>>,
    table: Table,
) {
    if !table.rows.is_empty() {
        parts.push(Part::Title(title));
        parts.extend(plot.map(Part::Plot));
        parts.push(Part::Table(table));
    }
}

fn scope(report: &Report) -> Vec<String> {
    let machines = report.machines.join(", ");
    let mut sentences = vec![format!("{} runs of {machines}, up to {}.", report.runs, report.goal)];
    if report.left_out > 0 {
        sentences.push(format!("{} more have not ended, or did not get there.", report.left_out));
    }
    if report.unread > 0 {
        sentences.push(format!("{} more were not read: they would be too large.", report.unread));
    }
    if report.with_gaps > 0 {
        sentences.push(format!("Of {} runs some events are missing.", report.with_gaps));
    }
    if report.invocations == 0 && report.runs > 0 {
        sentences.push("No traces: what functions did inside is not known.".to_owned());
    }
    sentences
}

fn summary(report: &Report) -> Table {
    let row = |what: &str, it: &Summary| {
        let mut row = vec![Text(what.to_owned())];
        row.extend([it.mean, it.p50, it.p90, it.p99, it.max].map(time));
        row
    };
    let mut rows = vec![row("to the goal", &report.to_goal)];
    if report.outside.max > 0.0 {
        rows.push(row("of it waiting for somebody outside", &report.outside));
        rows.push(row("without that", &report.work));
    }
    Table { head: &["", "mean", "P50", "P90", "P99", "longest"], rows }
}

fn bottlenecks(report: &Report) -> Table {
    let row = |it: &Bottleneck| {
        let most = if it.is_gain_of_finding { "" } else { "at most " };
        let gain = it.gain.map(|gain| format!("{most}{}", gained(&gain)));
        vec![
            Text(it.place.words()),
            Text(it.what.clone()),
            time(it.mean_ms),
            share(it.share),
            Text(it.cause.clone()),
            Text(or_dash(gain)),
        ]
    };
    Table {
        head: &["place", "what", "mean", "share", "cause", "possible gain"],
        rows: report.bottlenecks.iter().map(row).collect(),
    }
}

fn told(finding: &Finding, runs: usize) -> Told {
    let gain = finding.gain.map_or_else(|| "not known".to_owned(), |gain| gained(&gain));
    Told {
        what: finding.kind.words(),
        certainty: match finding.certainty {
            Certainty::Proven => "",
            Certainty::Possible => " (possible)",
        },
        place: finding.place.words(),
        details: [
            finding.cause.clone(),
            finding.remedy.clone(),
            format!("gain: {gain}; seen in {} of {runs} runs", finding.runs),
        ],
    }
}

fn path(report: &Report) -> Table {
    let row = |it: &PathStep| {
        vec![
            time(it.begins_ms),
            Text(it.place.words()),
            Text(it.what.clone()),
            time(it.mean_ms),
            share(it.share),
            Number(it.runs.to_string()),
        ]
    };
    Table {
        head: &["from", "place", "what", "mean", "share", "runs"],
        rows: report.critical_path.iter().map(row).collect(),
    }
}

fn services(report: &Report) -> Table {
    let row = |it: &ServiceRow| {
        let mut row = vec![
            Text(format!("{}:{}", it.service, it.operation)),
            Text(it.callers.join(", ")),
            Number(it.took.count.to_string()),
        ];
        row.extend(times(&it.took));
        row.push(Number(it.errors.to_string()));
        row.push(Number(or_dash(it.new_connections.map(|new| new.to_string()))));
        row
    };
    Table {
        head: &[
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
        rows: report.services.iter().map(row).collect(),
    }
}

fn functions(report: &Report) -> Table {
    let row = |it: &FunctionRow| {
        let phases: Vec<String> =
            it.phases.iter().map(|one| format!("{} {}", one.name, ms(one.took.mean))).collect();
        let memory = it.memory_mb.map(|given| {
            let used = or_dash(it.used_mb.map(|used| format!("{used:.0}")));
            format!("{used} of {given:.0} MB")
        });
        vec![
            Text(it.function.clone()),
            Number(it.handler.count.to_string()),
            time(it.warm.mean),
            time(it.handler.p90),
            time(it.handler.p99),
            Number(it.errors.to_string()),
            Number(it.cold.to_string()),
            Text(or_dash((!phases.is_empty()).then(|| phases.join(", ")))),
            Number(or_dash((it.cold > 0).then(|| ms(it.first.mean)))),
            Number(or_dash(memory)),
        ]
    };
    Table {
        head: &[
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
        rows: report.functions.iter().map(row).collect(),
    }
}

fn states(report: &Report) -> Table {
    let row = |it: &StateRow| {
        let mut row = vec![Text(it.place.words()), Number(it.took.count.to_string())];
        row.extend(times(&it.took));
        row.push(Number(it.failed_attempts.to_string()));
        row.push(Number(or_dash((it.backoff_ms > 0.0).then(|| ms(it.backoff_ms)))));
        row
    };
    Table {
        head: &[
            "state",
            "visits",
            "mean",
            "P50",
            "P90",
            "P99",
            "failed attempts",
            "delays before retries",
        ],
        rows: report.states.iter().map(row).collect(),
    }
}

fn changes<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Table {
    let of = |summary: &Option<Summary>, pick: fn(&Summary) -> f64| {
        Number(or_dash(summary.as_ref().map(|it| ms(pick(it)))))
    };
    let row = |it: &Change| {
        let sign = if it.difference_ms() < 0.0 { "−" } else { "+" };
        let difference = match (&it.before, &it.after) {
            (Some(_), Some(_)) => {
                let by = ms(it.difference_ms().abs());
                format!("{sign}{by} ({sign}{:.0}%)", it.share().abs() * 100.0)
            }
            (None, _) => "new".to_owned(),
            (_, None) => "gone".to_owned(),
        };
        vec![
            Text(it.what.clone()),
            of(&it.before, |it| it.mean),
            of(&it.after, |it| it.mean),
            Number(difference),
            of(&it.before, |it| it.p90),
            of(&it.after, |it| it.p90),
        ]
    };
    Table {
        head: &["", "mean before", "mean after", "difference", "P90 before", "P90 after"],
        rows: changes.into_iter().map(row).collect(),
    }
}

fn gained(gain: &Gain) -> String {
    format!("{} a run ({:.0}%)", ms(gain.mean_ms), gain.share * 100.0)
}

fn times(it: &Summary) -> [Cell; 4] {
    [it.mean, it.p50, it.p90, it.p99].map(time)
}

fn time(milliseconds: f64) -> Cell {
    Number(ms(milliseconds))
}

fn share(of_all: f64) -> Cell {
    Number(format!("{:.1}%", of_all * 100.0))
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}
