//! Finds the recorded cases and public suites that stand beside the workspace, for tests.

use std::path::PathBuf;

/// The JSON of a file below `../shared` of the workspace (or below `ATLAS_SHARED`).
///
/// Where it is absent a test says so and skips, or fails under `ATLAS_STRICT`.
pub(crate) fn read(name: &str) -> Option<serde_json::Value> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let folder = std::env::var_os("ATLAS_SHARED").unwrap_or_else(|| beside.into());
    let file = PathBuf::from(folder).join(name);
    let Ok(text) = std::fs::read_to_string(&file) else {
        assert!(std::env::var_os("ATLAS_STRICT").is_none(), "{} is missing", file.display());
        println!("skipped: {} is not here", file.display());
        return None;
    };
    Some(serde_json::from_str(&text).expect("the shared files are JSON"))
}
