//! `--chaos`: what may go wrong on purpose, so that one can see what it does to executions.

use atlas_journal::DiskFault;
use clap::ValueEnum;

/// `--chaos`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Chaos {
    /// The process is aborted, and of what it had not synced to the disk only some is there
    PowerLoss,
    /// About one sync in 24 fails, and the journal's file has to be opened anew
    FailingFsync,
}

impl Chaos {
    /// What it is on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::PowerLoss => "power-loss",
            Self::FailingFsync => "failing-fsync",
        }
    }

    /// The fault of the disk that it is, if it is one.
    pub(crate) const fn of_disk(self) -> Option<DiskFault> {
        match self {
            Self::PowerLoss => Some(DiskFault::PowerLoss),
            Self::FailingFsync => Some(DiskFault::FailingSync),
        }
    }
}
