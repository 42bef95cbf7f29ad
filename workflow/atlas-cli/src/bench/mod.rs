//! How fast the Step Functions API answers, here and elsewhere: over HTTP, every answer judged.

mod workload;

mod pass_steps;

mod verdict;

mod client;

mod drive;

mod statistics;

mod contender;

mod table;

pub(crate) use self::{
    contender::{Contender, Measured, Plan},
    statistics::percentile,
    table::{Table, document},
};
