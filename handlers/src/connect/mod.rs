//! Amazon Connect: places a call, looks one up, and says how a call went.

mod amazon_connect;
mod outcome;
mod telephony;

pub use self::{
    amazon_connect::{AmazonConnect, ConnectSettings},
    outcome::{DisconnectReason, FLOW_OUTCOME_ATTRIBUTE, outcome_of, unknown_outcome},
    telephony::{Contact, OutboundCall, Telephony, TelephonyError, all_of},
};
