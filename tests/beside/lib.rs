//! What tests compare with and a user of the project has not: the data beside the project, how an
//! answer is compared with a recording of AWS, and other implementations of AWS's services.

mod recorded;

pub use recorded::{
    Call, Case, Invocation, Mismatch, cases, compare, cut_where_it_still_ran, invocation_of,
};

use std::{
    env,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The folder or file `shared/NAME` beside the workspace, or below `ATLAS_SHARED`.
///
/// Where it is absent, this says on stderr that the test skips and answers `None`. Under
/// `ATLAS_STRICT=1` its absence fails the test.
///
/// # Panics
///
/// Under `ATLAS_STRICT=1`, where it is absent.
pub fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let place = env::var_os("ATLAS_SHARED").map_or_else(beside, PathBuf::from).join(name);
    let found = place.exists().then_some(place);
    found.or_else(|| skip(&format!("there is no shared/{name} beside the project")))
}

/// Where something is that nobody here wrote, out of the variable that `.ci/peers start` exports: the base
/// URL of an implementation of AWS's services (`ATLAS_MOTO_ENDPOINT`, `ATLAS_DYNALITE_ENDPOINT`), or the
/// Python that has AWS's own tools (`ATLAS_BOTO3_PYTHON`).
///
/// Where it is absent, this skips as [`shared`] does.
///
/// # Panics
///
/// Under `ATLAS_STRICT=1`, where it is absent.
pub fn peer(variable: &str) -> Option<String> {
    let named = env::var(variable).ok().filter(|endpoint| !endpoint.is_empty());
    named.or_else(|| skip(&format!("{variable} names no peer; `.ci/peers start` starts it")))
}

fn skip<T>(because: &str) -> Option<T> {
    let strict = env::var_os("ATLAS_STRICT").is_some_and(|strict| strict == "1");
    assert!(!strict, "ATLAS_STRICT=1, and {because}");
    // Not `eprintln!`, which the test harness swallows for a test that passes; and in one piece.
    io::stderr().write_all(format!("skipped: {because}\n").as_bytes()).ok().and(None)
}
