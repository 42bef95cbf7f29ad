//! What can be wrong, at each of the crate's doors.

use std::{io, path::PathBuf};

use crate::{Architecture, Glibc, Means};

/// A binary that Lambda would not start.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` would not start on Lambda: {kind}")]
pub struct BinaryFault {
    /// The function.
    pub name: String,
    /// Why not.
    pub kind: BinaryFaultKind,
}

/// Why a binary would not start on Lambda.
#[derive(Debug, thiserror::Error)]
pub enum BinaryFaultKind {
    /// It is no program for 64-bit Linux.
    #[error("it is no ELF file of 64 bits ({0}); expected a program for Linux")]
    NotElf(object::Error),
    /// It is for another processor.
    #[error("it is for {found}; expected {expected}, or another `--arch`")]
    Architecture {
        /// What it is for.
        found: String,
        /// What it is to run on.
        expected: Architecture,
    },
    /// It is loaded by what Lambda does not have.
    #[error(
        "it asks for the loader `{found}`, and Lambda has `{expected}`; build it for GNU's C library, or \
         statically"
    )]
    Loader {
        /// What it asks for.
        found: String,
        /// What Lambda has.
        expected: &'static str,
    },
    /// It needs a library that Lambda does not have.
    #[error("it needs the library `{0}`, which Lambda does not have; link that statically")]
    Library(String),
    /// It was linked against a newer C library than Lambda's.
    #[error(
        "{symbols} of glibc {newest}, and Lambda has {}; build it with cargo-lambda \
         (`pip install cargo-lambda`), which links against Lambda's version, or `--with musl`, or on a \
         system whose glibc is not newer",
        Glibc::OF_LAMBDA
    )]
    Glibc {
        /// The symbols and how they stand to the version, in words.
        symbols: String,
        /// The newest version that is asked for.
        newest: Glibc,
    },
}

/// Nothing here builds for this architecture.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMeans {
    /// What was asked for is not installed.
    #[error("`--with {means}` cannot build for {architecture}: {why}")]
    Asked {
        /// What was asked for.
        means: Means,
        /// For what.
        architecture: Architecture,
        /// What is missing, and how to get it.
        why: String,
    },
    /// Nothing that could is installed.
    #[error(
        "nothing here builds for {architecture}: install cargo-lambda (`pip install cargo-lambda`) and \
         `rustup target add {}`, or `rustup target add {}` and a C compiler for it; `--arch {host}` is \
         built without either",
        architecture.gnu_target(), architecture.musl_target()
    )]
    Foreign {
        /// For what.
        architecture: Architecture,
        /// What this machine is.
        host: Architecture,
    },
    /// Nothing that could is installed, and this machine is none that Lambda has.
    #[error(
        "nothing here builds for {architecture}: install cargo-lambda (`pip install cargo-lambda`) and \
         `rustup target add {}`", architecture.gnu_target()
    )]
    Nowhere {
        /// For what.
        architecture: Architecture,
    },
}

/// There is nothing here to build.
#[derive(Debug, thiserror::Error)]
pub enum NoSources {
    /// Cargo was not started.
    #[error(
        "cannot start `{program}`: {error}; Lambda binaries are built by Cargo, in a clone of Atlas Engine"
    )]
    NoCargo {
        /// What was to be started.
        program: String,
        /// Why it was not.
        error: io::Error,
    },
    /// Cargo finds no project, or another.
    #[error(
        "`{folder}` is in no clone of Atlas Engine: {why}; run this in a clone, or give `--binaries DIR` \
         with what was built elsewhere"
    )]
    NoClone {
        /// Where it was looked for.
        folder: PathBuf,
        /// What Cargo said.
        why: String,
    },
}

/// The binaries were not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The builder was not started.
    #[error("cannot start `{program}`: {error}")]
    NotStarted {
        /// What was to be started.
        program: String,
        /// Why it was not.
        error: io::Error,
    },
    /// It said on stderr what is wrong.
    #[error("`{command}` failed; nothing was packed")]
    Failed {
        /// What was run.
        command: String,
    },
    /// It built something else.
    #[error("`{command}` left no binary `{name}`")]
    NoBinary {
        /// What was run.
        command: String,
        /// What is missing.
        name: String,
    },
}

/// A zip was not made.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The binary cannot be read.
    #[error("cannot read the binary `{path}`: {error}")]
    Unreadable {
        /// Where it was to be.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Lambda would not start it.
    #[error(transparent)]
    Binary(#[from] BinaryFault),
    /// The zip cannot be written.
    #[error("cannot write `{path}`: {error}")]
    Unwritable {
        /// Where it was to be.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
}
