//! How a command ends that did not do what it was asked: the exit code, and the words on stderr.

use std::{fmt, io, process::ExitCode};

/// Something went wrong; it has been said where, what, and what would have been right.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The user's definition, lead or run: exit 1.
    Theirs,
    /// The command line, a file that cannot be read, ourselves: exit 2.
    Ours,
}

/// What a command answers.
pub(crate) type Outcome = Result<ExitCode, Failure>;

impl Failure {
    /// The user's definition, mock file, lead or run is at fault.
    pub(crate) fn theirs(message: impl fmt::Display) -> Self {
        Self { kind: Kind::Theirs, message: message.to_string() }
    }

    /// The command line, the file system or this program is at fault.
    pub(crate) fn ours(message: impl fmt::Display) -> Self {
        Self { kind: Kind::Ours, message: message.to_string() }
    }

    /// Says it on stderr, and gives the exit code.
    pub(crate) fn say(self) -> u8 {
        if !self.message.is_empty() {
            eprintln!("atlas: {}", self.message);
        }
        match self.kind {
            Kind::Theirs => 1,
            Kind::Ours => 2,
        }
    }
}

impl From<io::Error> for Failure {
    /// Somebody who stops reading our output has seen enough.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::theirs("");
        }
        Self::ours(format_args!("cannot write the output: {error}"))
    }
}
