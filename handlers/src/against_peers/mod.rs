//! What the clients are tried against: the sandbox and the server of this project, and implementations
//! that nobody here wrote. `.ci/peers` starts those; without them the tests say that they skip.

mod dynamodb;
mod reached;
mod tables;

pub(crate) use self::{
    dynamodb::{DynamoDb, on_each_dynamodb},
    reached::{client_config, unique},
    tables::create_table,
};
