//! The step handlers of the lead-to-call workflow: each a function `run(event, &Deps)` that implements
//! its step of the contract, with the clients that it needs behind traits.
//!
//! Everything can be delivered twice: every effect is keyed by the interaction key.

pub mod create_lead;
pub mod generate_dynamic_scenario;
pub mod invoke_outbound_call;
pub mod update_lead;

pub mod call_ended;
pub mod call_sweeper;

pub mod lex_fulfillment;
pub mod response_writer;

pub mod erasure;
pub mod interactions;
pub mod parked;
pub mod suppression;

pub mod gate;
pub mod records;

pub mod bedrock;
pub mod cache;
pub mod connect;
pub mod lex;
pub mod queue;
pub mod salesforce;
pub mod secrets;
pub mod workflow;

pub mod account;
mod clients;
pub mod environment;
pub mod functions;

pub mod clock;
pub mod observe;
pub mod raised;

mod single_flight;

#[cfg(test)]
mod against_peers;
#[cfg(test)]
mod call_doubles;
#[cfg(test)]
mod test_doubles;
#[cfg(test)]
mod testing;
