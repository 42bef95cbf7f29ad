//! One thing that is wrong with a deployment, planted into a sandbox: to see what it leads to, and that
//! `atlas doctor` names it.

use std::{fmt, str::FromStr};

use atlas_sandbox::{CredentialsKept, FlowState, KeyField, Options, QueueState, Sandbox};
use definitions::resources::{CALLS, CONTACT_EVENTS};
use serde_json::Value;

macro_rules! misconfigurations {
    ($($(#[doc = $meaning:literal])+ $variant:ident = $name:literal,)+) => {
        /// Something that is wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Misconfiguration {
            $($(#[doc = $meaning])+ $variant,)+
        }

        impl Misconfiguration {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

misconfigurations! {
    /// A variable cannot be read.
    VariableMalformed = "variable-malformed",
    /// The Region is another one.
    RegionWrong = "region-wrong",
    /// There is no secret.
    SecretAbsent = "secret-absent",
    /// The secret is there, and nobody has filled it.
    SecretEmpty = "secret-empty",
    /// The secret has no `username`.
    SecretWithoutUsername = "secret-without-username",
    /// The private key is none.
    KeyMalformed = "key-malformed",
    /// Salesforce does not trust the private key.
    KeyUnknown = "key-unknown",
    /// The user has not approved the app.
    UserNotApproved = "user-not-approved",
    /// The Lead has no external id field.
    KeyFieldAbsent = "key-field-absent",
    /// It is no External ID.
    KeyFieldNotExternal = "key-field-not-external",
    /// It is not unique.
    KeyFieldNotUnique = "key-field-not-unique",
    /// A field is missing that a handler writes.
    FieldAbsent = "field-absent",
    /// The Connect instance places no calls.
    OutboundOff = "outbound-off",
    /// There is no contact flow.
    FlowAbsent = "flow-absent",
    /// The contact flow was never published.
    FlowNotPublished = "flow-not-published",
    /// The number is not claimed for the instance.
    NumberNotClaimed = "number-not-claimed",
    /// The queue to call from has no number.
    QueueWithoutNumber = "queue-without-number",
    /// Connect's quota is below what the handlers are told.
    QuotaTooLow = "quota-too-low",
    /// The account has no access to the model.
    ModelDenied = "model-denied",
    /// A table is missing.
    TableAbsent = "table-absent",
    /// A table lacks an index.
    TableWithoutIndex = "table-without-index",
    /// Records do not expire.
    TableWithoutExpiry = "table-without-expiry",
    /// What cannot be handled is received for ever.
    QueueWithoutDeadLetters = "queue-without-dead-letters",
    /// No rule brings contact events.
    RuleAbsent = "rule-absent",
}

/// No misconfiguration has this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownMisconfiguration(String);

impl Misconfiguration {
    /// Plants it into the services.
    pub fn plant(self, options: &mut Options) {
        let (salesforce, connect) = (&mut options.salesforce, &mut options.connect);
        match self {
            // These are wrong with the variables.
            Self::VariableMalformed | Self::RegionWrong => {}
            Self::SecretAbsent => options.credentials = CredentialsKept::Absent,
            Self::SecretEmpty => options.credentials = CredentialsKept::Empty,
            Self::SecretWithoutUsername => {
                options.credentials = CredentialsKept::Without("username");
            }
            Self::KeyMalformed => options.credentials = CredentialsKept::MalformedKey,
            Self::KeyUnknown => options.credentials = CredentialsKept::AnotherKey,
            Self::UserNotApproved => salesforce.user_approved = false,
            Self::KeyFieldAbsent => salesforce.key_field = KeyField::Absent,
            Self::KeyFieldNotExternal => salesforce.key_field = KeyField::PlainText,
            Self::KeyFieldNotUnique => salesforce.key_field = KeyField::NotUnique,
            Self::FieldAbsent => drop(salesforce.custom_fields.remove("Call_Outcome__c")),
            Self::OutboundOff => connect.outbound_calls = false,
            Self::FlowAbsent => connect.flow = FlowState::Absent,
            Self::FlowNotPublished => connect.flow = FlowState::Saved,
            Self::NumberNotClaimed => connect.numbers.clear(),
            Self::QueueWithoutNumber => connect.queue = QueueState::WithoutCallerId,
            Self::QuotaTooLow => connect.concurrent_calls = Some(5),
            Self::ModelDenied => options.model_access = false,
            Self::TableAbsent => {
                for requests in [&mut options.tables, &mut options.expiries] {
                    requests.retain(|request| request["TableName"] != CALLS.name);
                }
            }
            Self::TableWithoutIndex => without_last_index(&mut options.tables),
            Self::TableWithoutExpiry => {
                options.expiries.retain(|request| request["TableName"] != CALLS.name);
            }
            Self::QueueWithoutDeadLetters => {
                for queue in &mut options.queues {
                    if queue["QueueName"] == CONTACT_EVENTS.name
                        && let Some(attributes) = queue["Attributes"].as_object_mut()
                    {
                        attributes.shift_remove("RedrivePolicy");
                    }
                }
            }
            Self::RuleAbsent => options.contact_rule = false,
        }
    }

    /// Plants it into the variables of whoever is pointed at the services.
    pub fn plant_variables(self, variables: &mut Vec<(String, String)>) {
        let mut set = |name: &str, value: Option<&str>| {
            variables.retain(|(known, _)| known != name);
            if let Some(value) = value {
                variables.push((name.to_owned(), value.to_owned()));
            }
        };
        match self {
            Self::VariableMalformed => set("RING_SECONDS", Some("soon")),
            Self::RegionWrong => set("AWS_REGION", Some("eu-central-1")),
            Self::QueueWithoutNumber => {
                set("CONNECT_SOURCE_PHONE_NUMBER", None);
                set("CONNECT_QUEUE_ID", Some(Sandbox::CONNECT_QUEUE_ID));
            }
            _ => {}
        }
    }
}

/// Takes the last index from the table of calls, with the attributes that only it needs.
fn without_last_index(tables: &mut [Value]) {
    let Some(calls) = tables.iter_mut().find(|table| table["TableName"] == CALLS.name) else {
        return;
    };
    let indexes = calls["GlobalSecondaryIndexes"].as_array_mut();
    let Some(index) = indexes.and_then(Vec::pop) else { return };
    let keys = index["KeySchema"].as_array().cloned().unwrap_or_default();
    if let Some(attributes) = calls["AttributeDefinitions"].as_array_mut() {
        attributes.retain(|attribute| {
            !keys.iter().any(|key| key["AttributeName"] == attribute["AttributeName"])
        });
    }
}

impl FromStr for Misconfiguration {
    type Err = UnknownMisconfiguration;

    fn from_str(name: &str) -> Result<Self, UnknownMisconfiguration> {
        let named = Self::ALL.iter().copied().find(|it| it.name() == name);
        named.ok_or_else(|| UnknownMisconfiguration(name.to_owned()))
    }
}

impl fmt::Display for UnknownMisconfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Misconfiguration::ALL.iter().map(|it| it.name()).collect();
        write!(f, "`{}` is no misconfiguration; there are {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownMisconfiguration {}
