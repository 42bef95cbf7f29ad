//! What the tests of the lead steps share: stand-ins for the ports, and a peer that speaks HTTP.

mod http_peer;
mod inputs;
mod stand_ins;

pub(crate) use self::{
    http_peer::{HttpPeer, Reply, Request},
    inputs::{
        PUBLIC_KEY, aws_at, create_lead_input, lead, outcome, phone_hash_key, salesforce_error,
        secret,
    },
    stand_ins::{LeadsInMemory, SetClock, StubSalesforce, StubSecrets},
};
