//! `atlas package`: the handlers as zips for Lambda.

use std::{
    env,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use atlas_package::{
    Build, BuildError, Built, Chosen, NoMeans, NoSources, PackageError, Sources, Tools, choose,
    pack, write_all,
};
use handlers::functions::Handler;
use serde_json::{Value, json};

use crate::{
    arguments::Package,
    byte_size::human,
    failure::{Failure, Outcome, say},
    label::clean,
    operator::Table,
};

/// The Cargo package of the handlers' binaries.
const HANDLERS: &str = "handlers";
/// Where zips go, below Cargo's folder.
const PACKAGES: &str = "lambda-packages";

pub(crate) fn run(arguments: Package) -> Outcome {
    let names: Vec<String> = names(&arguments.handler);
    let (built, out) = match (&arguments.binaries, &arguments.out) {
        (Some(folder), Some(out)) => (found(folder, names), out.clone()),
        _ => built(&arguments, &names)?,
    };
    let packed: Result<Vec<_>, _> =
        built.iter().map(|one| pack(&one.name, &one.path, arguments.arch)).collect();
    let packed = packed?;
    let paths = write_all(&packed, &out)?;
    for package in &packed {
        for excess in package.excesses() {
            say(&format!("`{}`: {excess}", package.name));
        }
        if !package.binary.is_stripped {
            say(&format!("`{}` holds the names that only a debugger reads", package.name));
        }
    }
    say(&format!("{} in `{}`", count(packed.len()), clean(&out.display().to_string())));
    if arguments.json {
        let mut out = io::stdout().lock();
        let document: Value = packed.iter().zip(&paths).map(document).collect();
        serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        table(&packed).print()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Each once, in the order of the workflow; all of them where none is named.
fn names(asked: &[Handler]) -> Vec<String> {
    let is_asked = |handler: &Handler| asked.is_empty() || asked.contains(handler);
    Handler::ALL.into_iter().filter(is_asked).map(|handler| handler.name().to_owned()).collect()
}

fn found(folder: &Path, names: Vec<String>) -> Vec<Built> {
    names.into_iter().map(|name| Built { path: folder.join(&name), name }).collect()
}

/// Builds them, and says with what. Says also where the zips go.
fn built(arguments: &Package, names: &[String]) -> Result<(Vec<Built>, PathBuf), Failure> {
    let here = env::current_dir().map_err(Failure::ours)?;
    let sources = Sources::find(&here, HANDLERS)?;
    let Chosen { means, why } = choose(arguments.with, arguments.arch, &Tools::look())?;
    say(&format!("building for {} with {means}: {why}", arguments.arch));
    let (architecture, profile) = (arguments.arch, arguments.profile.as_str());
    let build = Build { sources: &sources, means, architecture, profile, names };
    let built = build.run()?;
    Ok((built, arguments.out.clone().unwrap_or_else(|| sources.target.join(PACKAGES))))
}

fn table(packages: &[atlas_package::Package]) -> Table {
    let mut table =
        Table::new(["HANDLER", "ARCHITECTURE", "BINARY", "ZIP", "GLIBC", "SHA-256 OF THE ZIP"]);
    for package in packages {
        table.row([
            package.name.clone(),
            package.binary.architecture.to_string(),
            human(package.binary_bytes),
            human(package.zip_bytes()),
            package.binary.glibc.map_or_else(|| "its own".to_owned(), |it| it.to_string()),
            package.digest.to_string(),
        ]);
    }
    table
}

fn document((package, path): (&atlas_package::Package, &PathBuf)) -> Value {
    json!({
        "handler": package.name,
        "architecture": package.binary.architecture.name(),
        "binaryBytes": package.binary_bytes,
        "isStripped": package.binary.is_stripped,
        "glibc": package.binary.glibc.map(|it| it.to_string()),
        "zip": path.display().to_string(),
        "zipBytes": package.zip_bytes(),
        "sha256": package.digest.to_string(),
        "codeSha256": package.digest.code_sha256(),
    })
}

fn count(packages: usize) -> String {
    match packages {
        1 => "1 package".to_owned(),
        count => format!("{count} packages"),
    }
}

impl From<NoSources> for Failure {
    fn from(error: NoSources) -> Self {
        Self::ours(clean(&error.to_string()))
    }
}

impl From<NoMeans> for Failure {
    fn from(error: NoMeans) -> Self {
        Self::ours(error)
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::theirs(clean(&error.to_string()))
    }
}

impl From<PackageError> for Failure {
    /// What was built is at fault, or the disk.
    fn from(error: PackageError) -> Self {
        let words = clean(&error.to_string());
        match error {
            PackageError::Binary(_) => Self::theirs(words),
            PackageError::Unreadable { .. } | PackageError::Unwritable { .. } => Self::ours(words),
        }
    }
}
