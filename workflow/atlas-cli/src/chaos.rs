//! `--chaos`: what may go wrong on purpose, so that one can see what it does to executions.

use std::num::NonZeroU32;

use atlas_engine::DuplicateExpress;
use atlas_journal::DiskFault;
use clap::ValueEnum;

/// `--chaos`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Chaos {
    /// The process is aborted, and of what it had not synced to the disk only some is there
    PowerLoss,
    /// About one sync in 24 fails, and the journal's file has to be opened anew
    FailingFsync,
    /// About one EXPRESS execution in four runs twice, as it may on AWS: beside the first run, or after it
    DuplicateExpress,
}

/// Of so many EXPRESS executions about one runs twice.
const DUPLICATE_ONE_IN: NonZeroU32 = NonZeroU32::new(4).expect("four is not zero");

impl Chaos {
    /// What it is on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::PowerLoss => "power-loss",
            Self::FailingFsync => "failing-fsync",
            Self::DuplicateExpress => "duplicate-express",
        }
    }

    /// The fault of the disk that it is, if it is one.
    pub(crate) const fn of_disk(self) -> Option<DiskFault> {
        match self {
            Self::PowerLoss => Some(DiskFault::PowerLoss),
            Self::FailingFsync => Some(DiskFault::FailingSync),
            Self::DuplicateExpress => None,
        }
    }

    /// Which EXPRESS executions run twice, where it has some do so.
    pub(crate) fn of_express(self, seed: u64) -> Option<DuplicateExpress> {
        match self {
            Self::DuplicateExpress => Some(DuplicateExpress { one_in: DUPLICATE_ONE_IN, seed }),
            Self::PowerLoss | Self::FailingFsync => None,
        }
    }
}
