//! The clients behind the handlers' ports, built from the environment.
//!
//! Whatever is slow the first time is done here, in the init phase, all of it at once: the secret is
//! read, the login made, connections stand. Where that fails the first step does it, and says under a
//! name of the contract what is wrong: a failed warm-up is no failed start.

mod aws;
mod patience;
mod services;
mod warm;

mod every_variable;

mod call;
mod model;
mod salesforce;
mod tables;

pub(crate) use self::{
    aws::Aws,
    call::Call,
    every_variable::invalid_variables,
    model::model,
    patience::Patience,
    salesforce::{log_in, salesforce},
    tables::{calls, leads, phone_hash_key, response_cache, suppression},
    warm::Warm,
};
