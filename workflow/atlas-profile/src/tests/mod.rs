//! Runs with something wrong in them that rules must find, and with nothing wrong, in which they must find nothing.
//! None of it is the pipeline's: rules know no state, function or service of ours.

mod script;

mod functions;

mod states;

mod output;

use crate::{Certainty, Finding, Kind, Report};

/// The findings that are known, not those that may be.
fn proven(report: &Report) -> Vec<(Kind, String)> {
    let proven = report.findings.iter().filter(|it| it.certainty == Certainty::Proven);
    proven.map(|it| (it.kind, it.place.words())).collect()
}

fn only(report: &Report, kind: Kind) -> &Finding {
    let found: Vec<&Finding> = report.findings.iter().filter(|it| it.kind == kind).collect();
    let [finding] = found[..] else { panic!("{kind:?} in {:#?}", report.findings) };
    finding
}

/// Within a tenth of it.
fn assert_near(ms: f64, expected: f64) {
    assert!((ms - expected).abs() <= expected * 0.1 + 0.5, "{ms} is not near {expected}");
}
