//! What is remembered of leads, calls and numbers: the items of `AtlasEngine-Calls` and
//! `AtlasEngine-Suppression`, as ports, and DynamoDB behind them.
//!
//! A number or an address never stands in what handlers write, only its keyed hash.

mod phone_hash;

mod attempt;
mod contact;
mod lead;
mod parked;

mod ports;

mod dynamo_attempts;
mod dynamo_erasure;
mod dynamo_interactions;
mod dynamo_items;
mod dynamo_leads;
mod dynamo_pace;
mod dynamo_parked;
mod dynamo_suppression;

#[cfg(test)]
mod against_dynamodb;

pub use self::{
    attempt::{
        Attempt, AttemptKey, AttemptState, InvalidAttemptKey, NewAttempt, Refusal, Reserved,
    },
    contact::EndedContact,
    dynamo_attempts::DynamoAttempts,
    dynamo_erasure::{DynamoErasure, KeptInteraction, Wanted},
    dynamo_interactions::DynamoInteractions,
    dynamo_items::Table,
    dynamo_leads::DynamoLeads,
    dynamo_pace::DynamoPace,
    dynamo_parked::DynamoParked,
    dynamo_suppression::DynamoSuppression,
    lead::{LeadRecord, LeadState},
    parked::Parked,
    phone_hash::{EmailHash, PhoneHash, PhoneHashKey, ShortKey},
    ports::{
        AttemptRecords, LeadRecords, Pace, PaceLimits, ParkedRecords, Slot, StoreUnavailable,
        SuppressedNumber, SuppressionList,
    },
};
