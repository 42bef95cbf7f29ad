//! From executions and traces to the report that people write by hand: where the time of a workflow goes, why,
//! and what a change would gain.
//!
//! Pure: histories come as `atlas-view` gives them, traces as AWS X-Ray's documents, whoever recorded them. It
//! reads no clock and asks nobody; it knows no machine, function or service of anybody by name. Nothing of an
//! execution's data enters a report: arguments are compared by their digests, which stay here.
//!
//! ```
//! let report = atlas_profile::report(&[], &[]);
//! assert_eq!(report.runs, 0);
//! let page = atlas_profile::html(&report);
//! assert!(page.starts_with("<!doctype html>"));
//! ```

mod run;

mod trace;

mod goal;

mod place;

mod statistics;

mod schedule;

mod findings;

mod report;

mod tables;

mod comparison;

mod document;

mod markdown;

mod html;

#[cfg(test)]
mod tests;

pub use comparison::{Change, Comparison, compare};
pub use findings::{Certainty, Finding, Gain, Kind};
pub use goal::Goal;
pub use html::{html, html_of_comparison};
pub use markdown::{markdown, markdown_of_comparison};
pub use place::Place;
pub use report::{Bottleneck, PathStep, Report, report, report_until};
pub use run::{Executed, Run};
pub use statistics::Summary;
pub use tables::{FunctionRow, PhaseRow, ServiceRow, StateRow};
pub use trace::{Call, Invocation, Phase, Segment, Trace, UnreadableTrace};
