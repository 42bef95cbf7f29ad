//! What the handlers need beside themselves: tables and queues, as data. The sandbox creates them from
//! here, the tests do, and a deployment template must say the same.

mod queues;
mod tables;

pub use self::{
    queues::{CONTACT_EVENTS, DeadLetters, QUEUES, Queue, RESPONSE_REQUESTS},
    tables::{Attribute, CALLS, Index, Kind, RESPONSE_CACHE, SUPPRESSION, TABLES, Table},
};
