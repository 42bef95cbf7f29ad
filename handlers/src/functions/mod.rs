//! The handlers as functions: one payload in, one answer or one named error out, on Lambda and in any
//! other process alike.
//!
//! A constructor for each, so that a binary links the clients of its own handler only.

mod function;
mod handler;
mod observed;

mod create_lead;
mod generate_dynamic_scenario;
mod invoke_outbound_call;
mod update_lead;

mod call_ended;
mod call_sweeper;

mod lex_fulfillment;
mod response_writer;

mod any;
pub mod lambda;

pub(crate) use self::invoke_outbound_call::rules;
pub use self::{
    any::of,
    call_ended::call_ended,
    call_sweeper::call_sweeper,
    create_lead::create_lead,
    function::{Function, FunctionError},
    generate_dynamic_scenario::generate_dynamic_scenario,
    handler::{Handler, UnknownHandler},
    invoke_outbound_call::invoke_outbound_call,
    lex_fulfillment::lex_fulfillment,
    response_writer::response_writer,
    update_lead::update_lead,
};
