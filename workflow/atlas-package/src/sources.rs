//! Where the sources of the Lambda binaries are: the clone of the project that the user stands in.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::NoSources;

/// A clone of the project, as Cargo knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// Its folder.
    pub root: PathBuf,
    /// Where Cargo puts what it builds.
    pub target: PathBuf,
    /// The package of the binaries.
    pub package: String,
}

impl Sources {
    /// The project that `folder` is in; it has to have this package.
    pub fn find(folder: &Path, package: &str) -> Result<Self, NoSources> {
        let program = cargo();
        let asked = Command::new(&program)
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| NoSources::NoCargo { program, error })?;
        let no_clone = |why: String| NoSources::NoClone { folder: folder.to_owned(), why };
        if !asked.status.success() {
            let said = String::from_utf8_lossy(&asked.stderr);
            let said = said.lines().next().unwrap_or("Cargo does not say why");
            return Err(no_clone(said.trim_start_matches("error: ").to_owned()));
        }
        read(&asked.stdout, package)
            .ok_or_else(|| no_clone(format!("the project there has no package `{package}`")))
    }
}

/// What Cargo itself is called by, where it started us.
pub(crate) fn cargo() -> String {
    env::var("CARGO").ok().filter(|path| !path.is_empty()).unwrap_or_else(|| "cargo".to_owned())
}

/// Out of `cargo metadata`; none where the package is not there.
fn read(metadata: &[u8], package: &str) -> Option<Sources> {
    let metadata: Value = serde_json::from_slice(metadata).ok()?;
    let mut packages = metadata["packages"].as_array()?.iter();
    packages.find(|one| one["name"] == package)?;
    Some(Sources {
        root: metadata["workspace_root"].as_str()?.into(),
        target: metadata["target_directory"].as_str()?.into(),
        package: package.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_project_is_found_from_within_and_only_with_its_packages() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let found = Sources::find(here, "handlers").unwrap();
        assert_eq!(found.root, here.ancestors().nth(2).unwrap());
        let error = Sources::find(here, "somebody").unwrap_err().to_string();
        assert!(error.contains("no package `somebody`"), "{error}");
    }

    #[test]
    fn a_folder_without_a_project_is_said_to_be_no_clone() {
        let error = Sources::find(Path::new("/"), "handlers").unwrap_err().to_string();
        assert!(error.contains("`/` is in no clone of Atlas Engine: could not find `Cargo.toml`"));
        assert!(error.contains("--binaries DIR"), "{error}");
    }
}
