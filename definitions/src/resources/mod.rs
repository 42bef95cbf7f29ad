//! What is deployed beside the machines: functions, tables and queues, as data. The sandbox creates tables and
//! queues from here, the tests do, and the deployment template is made of all of it.

mod functions;
mod queues;
mod tables;

pub use self::{
    functions::{
        CALL_ENDED, CALL_SWEEPER, CREATE_LEAD, Call, CallAction, FUNCTIONS, Function,
        GENERATE_DYNAMIC_SCENARIO, INVOKE_OUTBOUND_CALL, LEX_FULFILLMENT, RESPONSE_WRITER,
        Resource, StartedBy, UPDATE_LEAD,
    },
    queues::{
        CONTACT_EVENTS, DEAD_LETTERS_KEPT_SECONDS, DeadLetters, QUEUES, Queue, RESPONSE_REQUESTS,
        UNDELIVERED_CONTACT_EVENTS, dead_letter_queues,
    },
    tables::{Attribute, CALLS, Index, Kind, RESPONSE_CACHE, SUPPRESSION, TABLES, Table},
};
