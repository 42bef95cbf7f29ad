//! The folder of data beside the project, which a user of the project has not.

use std::path::PathBuf;

/// The folder `shared/NAME` beside the workspace.
///
/// Where it is absent, this prints that the test skips and answers `None`; under `ATLAS_STRICT=1`
/// its absence fails the test.
pub fn shared_folder(name: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("ATLAS_STRICT").is_none_or(|strict| strict != "1"),
        "ATLAS_STRICT=1 and there is no folder shared/{name} beside the project"
    );
    eprintln!("skipped: there is no folder shared/{name} beside the project");
    None
}
