//! The functions: what starts each, how it is sized, which variables it reads and which calls it makes.
//!
//! A declaration, held to the code in both directions: the tests of `handlers` compare the variables with what
//! a function asks for, those of `tests` the calls with what reaches the services. The roles are derived from it.

use super::{
    Index, Queue, Table,
    queues::{CONTACT_EVENTS, RESPONSE_REQUESTS},
    tables::{CALLS, RESPONSE_CACHE, SUPPRESSION},
};
use crate::{
    call, lead_to_call,
    resources::functions::{
        CallAction::{
            ConverseWithModel, DeleteItem, DescribeContact, GetItem, GetSecretValue, PutItem,
            Query, SendMessage, SendTaskSuccess, StartExecution, StartOutboundVoiceContact,
            UpdateItem,
        },
        Resource::{Contacts, Machine, Model, SalesforceSecret},
    },
};

/// A function, which is a handler deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name, and that of its binary.
    pub name: &'static str,
    /// What it does, for whoever sees it in a list of functions.
    pub description: &'static str,
    /// Its memory. Lambda gives processor time in proportion.
    pub memory_megabytes: u32,
    /// After how long Lambda ends an invocation.
    pub timeout_seconds: u32,
    /// What starts it.
    pub started_by: StartedBy,
    /// How many invocations may run at once, where a quota of another service wants a bound.
    pub reserved_concurrency: Option<u32>,
    /// The variables that it reads of what a deployment sets, by name.
    pub variables: &'static [&'static [&'static str]],
    /// The calls that it makes to services of AWS.
    pub calls: &'static [Call],
}

/// What starts a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartedBy {
    /// A step of this machine.
    Step(&'static str),
    /// Messages of this queue, so many at once.
    Queue {
        /// The queue.
        queue: &'static Queue,
        /// The most messages of one invocation.
        batch: u32,
        /// The most invocations at once, where what they call wants a bound; at least 2.
        at_once: u32,
    },
    /// The clock.
    Schedule {
        /// How many minutes lie between two starts.
        minutes: u32,
    },
    /// The bot.
    Lex,
}

/// A call to a service of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// What is done.
    pub action: CallAction,
    /// With what.
    pub resource: Resource,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallAction {
    /// Reads a secret.
    GetSecretValue,
    /// Reads an item.
    GetItem,
    /// Writes an item.
    PutItem,
    /// Changes an item.
    UpdateItem,
    /// Removes an item.
    DeleteItem,
    /// Looks for items by their key.
    Query,
    /// Asks the model.
    ConverseWithModel,
    /// Rings.
    StartOutboundVoiceContact,
    /// Looks a call up.
    DescribeContact,
    /// Starts a machine.
    StartExecution,
    /// Ends a step that waits.
    SendTaskSuccess,
    /// Sends to a queue.
    SendMessage,
}

/// What a call reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// A table.
    Table(&'static Table),
    /// An index of a table.
    Index(&'static Table, &'static Index),
    /// The secret with the key to Salesforce.
    SalesforceSecret,
    /// A queue.
    Queue(&'static Queue),
    /// The model.
    Model,
    /// The contacts of the Connect instance.
    Contacts,
    /// A machine, by name.
    Machine(&'static str),
}

impl CallAction {
    /// Its name in a policy of IAM.
    #[must_use]
    pub const fn iam_action(self) -> &'static str {
        match self {
            GetSecretValue => "secretsmanager:GetSecretValue",
            GetItem => "dynamodb:GetItem",
            PutItem => "dynamodb:PutItem",
            UpdateItem => "dynamodb:UpdateItem",
            DeleteItem => "dynamodb:DeleteItem",
            Query => "dynamodb:Query",
            // Converse has no action of its own (Bedrock's API reference, Converse).
            ConverseWithModel => "bedrock:InvokeModel",
            StartOutboundVoiceContact => "connect:StartOutboundVoiceContact",
            DescribeContact => "connect:DescribeContact",
            StartExecution => "states:StartExecution",
            SendTaskSuccess => "states:SendTaskSuccess",
            SendMessage => "sqs:SendMessage",
        }
    }
}

impl Call {
    /// The service, as a policy of IAM names it: `dynamodb`.
    #[must_use]
    pub fn service(&self) -> &'static str {
        let action = self.action.iam_action();
        action.split_once(':').map_or(action, |(service, _)| service)
    }
}

impl Function {
    /// The variables that it reads, in the order of the declaration.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> {
        self.variables.iter().flat_map(|group| group.iter().copied())
    }
}

/// For whom a visitor or a caller waits. A start with its first answer needs about 10 ms of a whole processor, as
/// `atlas bench cold-start` shows, which this much memory stretches to some 35 ms; of the memory itself it needs 16 MB.
const SOMEBODY_WAITS: u32 = 512;
/// Where nobody waits. What it does is to wait for services, which a small share of a processor does as well.
const NOBODY_WAITS: u32 = 256;

/// How a Salesforce org is reached.
const SALESFORCE: &[&str] = &[
    "SALESFORCE_SECRET_ID",
    "SECRET_TTL_SECONDS",
    "SALESFORCE_LOGIN_URL",
    "SALESFORCE_API_VERSION",
    "SALESFORCE_SESSION_MINUTES",
];
/// The records of leads and calls.
const RECORDS: &[&str] = &["CALLS_TABLE", "RECORD_DAYS"];
/// What the model is asked through.
const MODEL: &[&str] = &["BEDROCK_MODEL_ID", "RESPONSE_CACHE_TABLE"];
/// What places and ends calls.
const CONNECT: &[&str] = &[
    "CONNECT_INSTANCE_ID",
    "CONNECT_CONTACT_FLOW_ID",
    "CONNECT_SOURCE_PHONE_NUMBER",
    "CONNECT_QUEUE_ID",
    "RING_SECONDS",
    "CONNECT_REQUESTS_PER_SECOND",
    "CONNECT_CONCURRENT_CALLS",
    "LONGEST_CALL_SECONDS",
];
/// What may be called, and when.
const GATE: &[&str] = &[
    "PHONE_HASH_KEY",
    "SUPPRESSION_TABLE",
    "ALLOWED_COUNTRIES",
    "CALLING_FROM",
    "CALLING_UNTIL",
    "MOST_ATTEMPTS",
    "OVERDUE_AFTER_SECONDS",
];

/// Puts the lead into Salesforce.
pub const CREATE_LEAD: Function = Function {
    name: "CreateLeadHandler",
    description: "Upserts the lead in Salesforce and keeps its record",
    memory_megabytes: SOMEBODY_WAITS,
    // The step waits 10 seconds for each of these two.
    timeout_seconds: 10,
    started_by: StartedBy::Step(lead_to_call::NAME),
    reserved_concurrency: None,
    variables: &[SALESFORCE, RECORDS, &["PHONE_HASH_KEY"]],
    calls: &[call(GetSecretValue, SalesforceSecret), call(PutItem, Resource::Table(&CALLS))],
};

/// Says what the call is about.
pub const GENERATE_DYNAMIC_SCENARIO: Function = Function {
    name: "GenerateDynamicScenarioHandler",
    description: "Writes what the call is about, or finds it in the cache",
    memory_megabytes: SOMEBODY_WAITS,
    timeout_seconds: 10,
    started_by: StartedBy::Step(lead_to_call::NAME),
    reserved_concurrency: None,
    variables: &[MODEL],
    calls: &[
        call(Query, Resource::Table(&RESPONSE_CACHE)),
        call(PutItem, Resource::Table(&RESPONSE_CACHE)),
        call(ConverseWithModel, Model),
    ],
};

/// Places one attempt.
pub const INVOKE_OUTBOUND_CALL: Function = Function {
    name: "InvokeOutboundCallHandler",
    description: "Decides whether to call, and rings",
    memory_megabytes: SOMEBODY_WAITS,
    timeout_seconds: 30,
    started_by: StartedBy::Step(call::NAME),
    // Connect starts two calls a second, each in about one: more invocations would only hear from the table
    // that it is not their turn.
    reserved_concurrency: Some(5),
    variables: &[CONNECT, RECORDS, GATE],
    calls: &[
        call(GetItem, Resource::Table(&CALLS)),
        call(PutItem, Resource::Table(&CALLS)),
        call(UpdateItem, Resource::Table(&CALLS)),
        call(GetItem, Resource::Table(&SUPPRESSION)),
        call(StartOutboundVoiceContact, Contacts),
        call(DescribeContact, Contacts),
        call(SendTaskSuccess, Machine(call::NAME)),
    ],
};

/// Tells the lead how its call went.
pub const UPDATE_LEAD: Function = Function {
    name: "UpdateLeadHandler",
    description: "Tells Salesforce how the call went",
    memory_megabytes: NOBODY_WAITS,
    timeout_seconds: 30,
    started_by: StartedBy::Step(call::NAME),
    reserved_concurrency: None,
    variables: &[SALESFORCE, RECORDS],
    calls: &[
        call(GetSecretValue, SalesforceSecret),
        call(GetItem, Resource::Table(&CALLS)),
        call(UpdateItem, Resource::Table(&CALLS)),
    ],
};

/// Takes contact events.
pub const CALL_ENDED: Function = Function {
    name: "CallEndedHandler",
    description: "Ends the step that waits for a call, when Connect says that it is over",
    memory_megabytes: NOBODY_WAITS,
    // A message is hidden from others for as long as six of these take.
    timeout_seconds: 10,
    started_by: StartedBy::Queue { queue: &CONTACT_EVENTS, batch: 10, at_once: 5 },
    reserved_concurrency: None,
    variables: &[CONNECT, RECORDS],
    calls: &[
        call(GetItem, Resource::Table(&CALLS)),
        call(UpdateItem, Resource::Table(&CALLS)),
        call(Query, Resource::Index(&CALLS, &CALLS.indexes[0])),
        call(DescribeContact, Contacts),
        call(SendTaskSuccess, Machine(call::NAME)),
    ],
};

/// Looks at calls whose end nobody told.
pub const CALL_SWEEPER: Function = Function {
    name: "CallSweeperHandler",
    description: "Looks up calls whose end nobody told, and ends their steps",
    memory_megabytes: NOBODY_WAITS,
    // A hundred attempts at the pace of Connect.
    timeout_seconds: 120,
    started_by: StartedBy::Schedule { minutes: 5 },
    // Two sweeps at once would look at the same attempts.
    reserved_concurrency: Some(1),
    variables: &[CONNECT, RECORDS],
    calls: &[
        call(GetItem, Resource::Table(&CALLS)),
        call(UpdateItem, Resource::Table(&CALLS)),
        call(Query, Resource::Index(&CALLS, &CALLS.indexes[3])),
        call(DescribeContact, Contacts),
        call(SendTaskSuccess, Machine(call::NAME)),
    ],
};

/// Answers the bot.
pub const LEX_FULFILLMENT: Function = Function {
    name: "LexFulfillmentHandler",
    description: "Answers the bot in the chat and on the phone, and starts the workflow",
    memory_megabytes: SOMEBODY_WAITS,
    timeout_seconds: 10,
    started_by: StartedBy::Lex,
    reserved_concurrency: None,
    variables: &[
        MODEL,
        &["CALLS_TABLE", "ATLAS_ENGINE_WORKFLOW_ARN", "RESPONSE_QUEUE_URL", "DEFAULT_TIME_ZONE"],
    ],
    calls: &[
        call(Query, Resource::Table(&CALLS)),
        call(Query, Resource::Table(&RESPONSE_CACHE)),
        call(ConverseWithModel, Model),
        call(StartExecution, Machine(lead_to_call::NAME)),
        call(SendMessage, Resource::Queue(&RESPONSE_REQUESTS)),
    ],
};

/// Writes the bot's answer for the next turn.
pub const RESPONSE_WRITER: Function = Function {
    name: "ResponseWriterHandler",
    description: "Writes the answers that the bot may give in the next turn",
    memory_megabytes: NOBODY_WAITS,
    timeout_seconds: 10,
    // Each batch asks the model; whoever waits for an answer has had another one already.
    started_by: StartedBy::Queue { queue: &RESPONSE_REQUESTS, batch: 5, at_once: 5 },
    reserved_concurrency: None,
    variables: &[MODEL],
    calls: &[
        call(Query, Resource::Table(&RESPONSE_CACHE)),
        call(PutItem, Resource::Table(&RESPONSE_CACHE)),
        call(DeleteItem, Resource::Table(&RESPONSE_CACHE)),
        call(ConverseWithModel, Model),
    ],
};

/// Every function.
pub const FUNCTIONS: [Function; 8] = [
    CREATE_LEAD,
    GENERATE_DYNAMIC_SCENARIO,
    INVOKE_OUTBOUND_CALL,
    UPDATE_LEAD,
    CALL_ENDED,
    CALL_SWEEPER,
    LEX_FULFILLMENT,
    RESPONSE_WRITER,
];

const fn call(action: CallAction, resource: Resource) -> Call {
    Call { action, resource }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        contract::records::{CONTACT_INDEX, OVERDUE_INDEX},
        machines,
        resources::QUEUES,
    };

    #[test]
    fn the_functions_that_steps_invoke_say_so() {
        for machine in machines() {
            let text = atlas_asl::render::render(&machine.machine);
            for function in FUNCTIONS {
                let invoked = text.contains(&format!("${{{}Arn}}", function.name));
                let declared = function.started_by == StartedBy::Step(machine.name);
                assert_eq!(invoked, declared, "{} in {}", function.name, machine.name);
            }
        }
    }

    #[test]
    fn nothing_is_declared_twice_and_indexes_are_the_ones_that_are_meant() {
        for function in FUNCTIONS {
            let variables: Vec<_> = function.variables().collect();
            let distinct: BTreeSet<_> = variables.iter().collect();
            assert_eq!(distinct.len(), variables.len(), "{}", function.name);
            for (index, call) in function.calls.iter().enumerate() {
                assert!(!function.calls[..index].contains(call), "{}: {call:?}", function.name);
            }
        }
        let index = |function: Function| {
            let mut found = function.calls.iter().filter_map(|call| match call.resource {
                Resource::Index(_, index) => Some(index.name),
                _ => None,
            });
            (found.next(), found.next())
        };
        assert_eq!(index(CALL_ENDED), (Some(CONTACT_INDEX), None));
        assert_eq!(index(CALL_SWEEPER), (Some(OVERDUE_INDEX), None));
    }

    #[test]
    fn a_message_comes_back_only_when_its_function_is_certainly_done() {
        for queue in QUEUES {
            let of_queue = |function: &&Function| matches!(function.started_by, StartedBy::Queue { queue: of, .. } if *of == queue);
            let function = FUNCTIONS.iter().find(of_queue).unwrap();
            // What AWS advises for a queue that starts a function.
            assert!(queue.visibility_seconds >= 6 * function.timeout_seconds, "{}", queue.name);
        }
    }
}
