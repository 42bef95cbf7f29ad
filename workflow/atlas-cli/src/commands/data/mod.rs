//! `atlas data`: looking after what `atlas dev` keeps in a folder, one file for each command.

mod stats;

mod compact;

mod export;

mod import;

mod progress;

use atlas_journal::{DataError, OpenError};

use crate::{
    arguments::Data,
    failure::{Failure, Outcome},
};

pub(crate) fn run(arguments: Data) -> Outcome {
    match arguments {
        Data::Stats { folder, json } => stats::run(&folder.data, json),
        Data::Compact { folder } => compact::run(&folder.data),
        Data::Export(arguments) => export::run(&arguments),
        Data::Import { folder, from } => import::run(&folder.data, &from),
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::ours(error)
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        Self::ours(error)
    }
}
