//! What an operator does with executions, wherever they are: the Step Functions API behind `atlas dev` or AWS.

mod reach;

mod answer;

mod refusal;

pub(crate) mod api;

pub(crate) mod arn;

mod machines;

mod listing;

pub(crate) mod console;

mod business_key;

mod named;

pub(crate) mod express;

mod subject;

pub(crate) mod portrait;

pub(crate) mod data;

mod may_dial;

pub(crate) mod moments;

mod table;

mod masked;

mod reveal;

mod confirm;

mod progress;

mod side_by_side;

pub(crate) use self::{
    answer::Answer,
    api::Api,
    business_key::{environment, find, of_dynamodb},
    confirm::{confirm, confirm_typed},
    listing::{Listed, list},
    machines::Machine,
    masked::Mask,
    may_dial::what_may_dial,
    moments::Clock,
    named::{Wanted, execution},
    progress::Progress,
    reach::{Reached, connect},
    refusal::Refusal,
    reveal::note_reveal,
    side_by_side::side_by_side,
    subject::{Subject, missing, say_missing},
    table::Table,
};
