//! What a sandbox can be told.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde_json::Value;

use crate::{
    connect::{Outcome, SOURCE_NUMBER},
    faults::Fault,
    latency::Latency,
    recorder::Recorder,
};

/// How a sandbox is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens: loopback only. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long each operation takes.
    pub latency: Latency,
    /// What goes wrong, and how often.
    pub faults: Vec<Fault>,
    /// Decides which calls the faults hit, and every identifier that is made up.
    pub seed: u64,
    /// The Salesforce org.
    pub salesforce: SalesforceOptions,
    /// The Connect instance.
    pub connect: ConnectOptions,
    /// What of the Salesforce credentials is in Secrets Manager.
    pub credentials: CredentialsKept,
    /// Whether the account may ask Bedrock's models.
    pub model_access: bool,
    /// How many tokens of the model the account may use in a minute, by Service Quotas; in a day as many as follow from it.
    /// Nothing is held to it.
    pub model_tokens_per_minute: u32,
    /// How many functions the account may run at once, by Service Quotas; they run elsewhere.
    pub functions_at_once: u32,
    /// Whether the tables can be restored to any second of the last weeks.
    pub point_in_time_recovery: bool,
    /// Whether EventBridge has a rule that brings contact events into their queue. They come all the same.
    pub contact_rule: bool,
    /// Secrets by name, beside the Salesforce credentials.
    pub secrets: BTreeMap<String, String>,
    /// DynamoDB tables to create, each the body of a `CreateTable` request.
    pub tables: Vec<Value>,
    /// What of these tables expires, each the body of an `UpdateTimeToLive` request.
    pub expiries: Vec<Value>,
    /// SQS queues to create, in this order, each the body of a `CreateQueue` request.
    pub queues: Vec<Value>,
    /// Takes each call that is served.
    pub recorder: Option<Recorder>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            latency: Latency::none(),
            faults: Vec::new(),
            seed: 0,
            salesforce: SalesforceOptions::default(),
            connect: ConnectOptions::default(),
            credentials: CredentialsKept::Whole,
            model_access: true,
            model_tokens_per_minute: 5_000_000,
            // What accounts have in the end; new ones begin with 10.
            functions_at_once: 1_000,
            point_in_time_recovery: true,
            contact_rule: true,
            secrets: BTreeMap::new(),
            tables: Vec::new(),
            expiries: Vec::new(),
            queues: Vec::new(),
            recorder: None,
        }
    }
}

/// What of the Salesforce credentials is in Secrets Manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialsKept {
    /// All of them.
    Whole,
    /// There is no secret.
    Absent,
    /// The secret is there without a value, as CloudFormation makes one that nobody has filled.
    Empty,
    /// All but this field.
    Without(&'static str),
    /// A key that is none.
    MalformedKey,
    /// A key that Salesforce does not trust.
    AnotherKey,
}

/// How the Salesforce org is set up.
#[derive(Debug, Clone)]
pub struct SalesforceOptions {
    /// What an upsert answers that updates.
    pub upsert_answer: UpsertAnswer,
    /// A session ends after this time without a request.
    pub session: Duration,
    /// Logins that are allowed in an hour.
    pub logins_per_hour: u64,
    /// Requests that are allowed in a day.
    pub requests_per_day: u64,
    /// Whether a rule blocks a second lead with the same e-mail address.
    pub duplicate_rule: bool,
    /// Whether the user that logs in has approved the app.
    pub user_approved: bool,
    /// Whether that user may create leads.
    pub may_create_leads: bool,
    /// How `Interaction_Key__c` of the Lead is defined.
    pub key_field: KeyField,
    /// Custom text fields of the Lead and their lengths, beside `Interaction_Key__c`.
    pub custom_fields: BTreeMap<String, usize>,
}

impl Default for SalesforceOptions {
    fn default() -> Self {
        let field = |(name, length): (&str, usize)| (name.to_owned(), length);
        Self {
            upsert_answer: UpsertAnswer::Body,
            session: Duration::from_secs(2 * 60 * 60),
            logins_per_hour: 3_600,
            requests_per_day: 100_000,
            duplicate_rule: false,
            user_approved: true,
            may_create_leads: true,
            key_field: KeyField::UniqueExternalId,
            custom_fields: [
                ("Call_Outcome__c", 40),
                ("Call_Disconnect_Reason__c", 80),
                ("Call_Contact_Id__c", 256),
                ("Call_Connected_At__c", 40),
                ("Call_Ended_At__c", 40),
                ("Call_Talk_Seconds__c", 18),
                ("Call_Attempt__c", 18),
                ("Topic__c", 255),
            ]
            .map(field)
            .into(),
        }
    }
}

/// How the field is defined by which a lead is found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyField {
    /// As it should be.
    UniqueExternalId,
    /// Not at all.
    Absent,
    /// A text that is no External ID.
    PlainText,
    /// An External ID that several leads may share.
    NotUnique,
    /// An External ID that this user may not write.
    ReadOnly,
}

/// What an upsert answers that updates a record: it depends on the version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpsertAnswer {
    /// 200 and the id.
    Body,
    /// 204 and nothing.
    Empty,
}

/// How the Connect instance is set up.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// How long a call that is answered lasts; others end at once.
    pub talk: Duration,
    /// How the calls to a number end, ring by ring; the last holds for all that follow. For a number that
    /// is not here, its last four digits decide: 0190 busy, 0191 no answer, 0192 failed, 0193 busy once and
    /// then answered; every other is answered.
    pub outcomes: BTreeMap<String, Vec<Outcome>>,
    /// Prefixes of numbers that the instance may call.
    pub allowed_prefixes: Vec<String>,
    /// Prefixes that stay forbidden within the allowed ones: AWS blocks mobiles of the United Kingdom.
    pub blocked_prefixes: Vec<String>,
    /// Calls at once; what is over it hears a busy tone. AWS starts with 10.
    pub concurrent_calls: Option<usize>,
    /// Requests a second, with bursts of 5. AWS starts with 2.
    pub requests_per_second: Option<f64>,
    /// Whether the instance places calls at all.
    pub outbound_calls: bool,
    /// The contact flow.
    pub flow: FlowState,
    /// The queue whose number can be called from.
    pub queue: QueueState,
    /// The numbers that are claimed for the instance.
    pub numbers: Vec<String>,
    /// How late an event is that is late.
    pub late: Duration,
    /// The queue that takes the contact events; it is created where the options do not say how.
    pub events_queue: String,
}

/// What became of the contact flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowState {
    /// It can be used.
    Published,
    /// It was never published.
    Saved,
    /// It was put away.
    Archived,
    /// There is none.
    Absent,
}

/// What became of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueState {
    /// It can be used.
    Enabled,
    /// It was switched off.
    Disabled,
    /// No number is set that callees see.
    WithoutCallerId,
    /// There is none.
    Absent,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            talk: Duration::from_millis(200),
            outcomes: BTreeMap::new(),
            allowed_prefixes: ["+1", "+33", "+34", "+39", "+44", "+49"].map(str::to_owned).into(),
            blocked_prefixes: vec!["+447".to_owned()],
            concurrent_calls: None,
            requests_per_second: None,
            outbound_calls: true,
            flow: FlowState::Published,
            queue: QueueState::Enabled,
            numbers: vec![SOURCE_NUMBER.to_owned()],
            late: Duration::from_secs(5),
            events_queue: "contact-events".to_owned(),
        }
    }
}
