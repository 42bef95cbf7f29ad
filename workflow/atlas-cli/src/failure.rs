//! How a command ends that did not do what it was asked: the exit code, and the words on stderr.

use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
};

/// Something went wrong; it has been said where, what, and what would have been right.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    /// A line each; none where there is nothing to say.
    faults: Vec<String>,
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
        Self { kind: Kind::Theirs, faults: vec![message.to_string()] }
    }

    /// The same with several faults, all of which are said.
    pub(crate) fn all_theirs(faults: impl IntoIterator<Item = String>) -> Self {
        Self { kind: Kind::Theirs, faults: faults.into_iter().collect() }
    }

    /// Somebody else says what is wrong, or nobody needs to hear it.
    pub(crate) fn silent() -> Self {
        Self { kind: Kind::Theirs, faults: Vec::new() }
    }

    /// The command line, the file system or this program is at fault.
    pub(crate) fn ours(message: impl fmt::Display) -> Self {
        Self { kind: Kind::Ours, faults: vec![message.to_string()] }
    }

    /// What would be said.
    pub(crate) fn words(&self) -> String {
        self.faults.join("; ")
    }

    /// Says it on stderr, and gives the exit code.
    pub(crate) fn say(self) -> u8 {
        for fault in &self.faults {
            say(fault);
        }
        match self.kind {
            Kind::Theirs => 1,
            Kind::Ours => 2,
        }
    }
}

/// A line of words beside the data.
pub(crate) fn say(words: &str) {
    // Where nobody reads stderr there is nobody to tell.
    let _ = writeln!(io::stderr(), "atlas: {words}");
}

impl From<io::Error> for Failure {
    /// Somebody who stops reading our output has seen enough.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::silent();
        }
        Self::ours(format_args!("cannot write the output: {error}"))
    }
}
