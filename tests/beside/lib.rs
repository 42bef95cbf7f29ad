//! The data beside the project, which tests compare with and a user of the project has not: where it
//! is, and how an answer is compared with a recording of AWS.

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
    if place.exists() {
        return Some(place);
    }
    let strict = env::var_os("ATLAS_STRICT").is_some_and(|strict| strict == "1");
    assert!(!strict, "ATLAS_STRICT=1, and there is no shared/{name} beside the project");
    // Not `eprintln!`, which the test harness swallows for a test that passes; and in one piece.
    let told = format!("skipped: there is no shared/{name} beside the project\n");
    io::stderr().write_all(told.as_bytes()).ok().and(None)
}
