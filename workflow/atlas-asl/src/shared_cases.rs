//! Finds the recorded cases and public suites that stand beside the workspace, for tests.

/// The JSON of a file below `shared`; `None` where it is absent, which has been said.
pub(crate) fn read(name: &str) -> Option<serde_json::Value> {
    let text = std::fs::read_to_string(beside::shared(name)?).expect("a shared file can be read");
    Some(serde_json::from_str(&text).expect("the shared files are JSON"))
}
