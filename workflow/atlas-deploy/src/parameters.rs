//! What whoever deploys can say: each with what it means, what can stand in it, and a default where there is a
//! sensible one.

use serde_json::{Map, Value, json};

/// A group of parameters, as the console shows it.
struct Group {
    label: &'static str,
    parameters: &'static [Parameter],
}

struct Parameter {
    name: &'static str,
    description: &'static str,
    kind: Kind,
    default: Option<&'static str>,
}

enum Kind {
    /// A text of this pattern; what it wants to be, for whoever got it wrong.
    Text(&'static str, &'static str),
    /// A whole number from, to.
    Number(u32, u32),
    /// One of these.
    OneOf(&'static [&'static str]),
}

use Kind::{Number, OneOf, Text};

const UUID: Kind = Text(
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "an id like 12345678-90ab-cdef-1234-567890abcdef",
);
const PHONE: Kind = Text(r"\+[1-9][0-9]{1,14}", "a number like +14155550100");
const MODEL: Kind = Text("[A-Za-z0-9.:-]{1,256}", "an id of a model");
const TIME: Kind = Text("([01][0-9]|2[0-3]):[0-5][0-9]|24:00", "a time like 08:00");
/// What CloudWatch Logs takes.
const RETENTION: Kind =
    OneOf(&["1", "3", "5", "7", "14", "30", "60", "90", "180", "365", "731", "1827", "3653"]);

const fn required(name: &'static str, description: &'static str, kind: Kind) -> Parameter {
    Parameter { name, description, kind, default: None }
}

const fn optional(
    name: &'static str,
    description: &'static str,
    kind: Kind,
    default: &'static str,
) -> Parameter {
    Parameter { name, description, kind, default: Some(default) }
}

const GROUPS: &[Group] = &[
    Group {
        label: "Amazon Connect",
        parameters: &[
            required("ConnectInstanceId", "The Connect instance that calls", UUID),
            required("ConnectContactFlowId", "The contact flow that speaks", UUID),
            required("ConnectSourcePhoneNumber", "The number to call from", PHONE),
            optional(
                "ConnectQueueId",
                "A queue whose number is called from where a call brings none",
                Text("|[0-9a-f-]{36}", "the id of a queue, or nothing"),
                "",
            ),
            optional(
                "ConnectRequestsPerSecond",
                "How many calls Connect starts in a second: its quota of this API",
                Number(1, 1000),
                "2",
            ),
            optional(
                "ConnectConcurrentCalls",
                "How many calls Connect carries at once: its quota of this instance",
                Number(1, 100_000),
                "10",
            ),
            optional(
                "CallsPlacedAtOnce",
                "How many calls are placed at once. Each takes about a second: two or three times ConnectRequestsPerSecond",
                Number(1, 1000),
                "5",
            ),
            optional("RingSeconds", "How long it rings", Number(15, 60), "30"),
            optional(
                "LongestCallSeconds",
                "After how long a call's place is free at the latest",
                Number(60, 86_400),
                "1800",
            ),
            optional(
                "OverdueAfterSeconds",
                "After how long the sweeper looks at a call whose end nobody told",
                Number(60, 86_400),
                "900",
            ),
        ],
    },
    Group {
        label: "Whom to call, and when",
        parameters: &[
            optional(
                "AllowedCountries",
                "The countries that are called, with commas between them",
                Text("[A-Z]{2}(,[A-Z]{2})*", "codes of countries like US,CA"),
                "US",
            ),
            optional("CallingFrom", "From when calls are allowed, at the callee", TIME, "08:00"),
            optional("CallingUntil", "Until when calls are allowed, at the callee", TIME, "21:00"),
            optional("MostAttempts", "How often a lead is called at most", Number(1, 10), "3"),
            optional(
                "DefaultTimeZone",
                "Where a visitor is who does not say it",
                Text("[A-Za-z_]+(/[A-Za-z0-9_+-]+)*", "a time zone like Europe/Berlin"),
                "America/Los_Angeles",
            ),
        ],
    },
    Group {
        label: "Amazon Bedrock",
        parameters: &[
            optional(
                "BedrockModelId",
                "The inference profile that is asked",
                MODEL,
                "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            ),
            optional(
                "BedrockFoundationModelId",
                "The model behind the profile: a role needs both",
                MODEL,
                "anthropic.claude-haiku-4-5-20251001-v1:0",
            ),
        ],
    },
    Group {
        label: "Amazon Lex",
        parameters: &[optional(
            "LexBotAliasArn",
            "The alias of the bot that may invoke LexFulfillmentHandler. Nothing, and no bot may",
            Text(
                "|arn:[a-z-]+:lex:[a-z0-9-]+:[0-9]{12}:bot-alias/[A-Z0-9]+/[A-Z0-9]+",
                "the ARN of a bot's alias, or nothing",
            ),
            "",
        )],
    },
    Group {
        label: "Salesforce",
        parameters: &[
            optional(
                "SalesforceApiVersion",
                "The version of the API",
                Text(r"v[0-9]+\.[0-9]+", "a version like v66.0"),
                "v66.0",
            ),
            optional(
                "SalesforceLoginUrl",
                "Where to log in, instead of where the secret says",
                Text("|https://[A-Za-z0-9.-]+", "https:// and a host, or nothing"),
                "",
            ),
            optional(
                "SalesforceSessionMinutes",
                "How long the org lets a session last",
                Number(1, 1440),
                "60",
            ),
            optional(
                "SecretTtlSeconds",
                "How old the secret may grow in a function that keeps it",
                Number(1, 86_400),
                "300",
            ),
        ],
    },
    Group {
        label: "How it runs",
        parameters: &[
            optional(
                "Architecture",
                "For which processors the packages were built",
                OneOf(&["arm64", "x86_64"]),
                "arm64",
            ),
            optional(
                "ReserveConcurrency",
                "Whether the functions that Connect's quota bounds have a part of the account's concurrency to themselves. \
                 An account whose limit is still 10 cannot give any away",
                OneOf(&["yes", "no"]),
                "yes",
            ),
            optional(
                "ProvisionedConcurrency",
                "How many instances of LexFulfillmentHandler wait for visitors; 0 is none",
                Number(0, 1000),
                "0",
            ),
            optional(
                "GradualDeployment",
                "Whether a new version gets a tenth of what begins at first, and all of it ten minutes later if no alarm was raised",
                OneOf(&["yes", "no"]),
                "yes",
            ),
        ],
    },
    Group {
        label: "What is kept, and for how long",
        parameters: &[
            optional(
                "RecordDays",
                "How many days records of leads and calls are kept",
                // As long as the name of an execution is taken: without its record a redriven call would ring again.
                Number(90, 3650),
                "365",
            ),
            optional("LogRetentionDays", "How many days logs are kept", RETENTION, "30"),
            optional(
                "LogExecutionData",
                "Whether the machines log what passes through them: names, numbers and task tokens",
                OneOf(&["true", "false"]),
                "false",
            ),
        ],
    },
    Group {
        label: "Alarms",
        parameters: &[
            optional(
                "AlarmEmail",
                "Who is told of alarms; nothing, and somebody else subscribes to the topic",
                Text("|[^@ ]+@[^@ ]+", "an address, or nothing"),
                "",
            ),
            optional(
                "OldestCallbackSeconds",
                "How old a call's open callback may grow before somebody is told",
                // The alarm looks at three times 300 s, and has to speak before the step ends at 7200 s.
                Number(300, 6000),
                "3600",
            ),
            optional(
                "SalesforceUsagePercent",
                "Which share of Salesforce's daily requests may be used before somebody is told",
                Number(1, 100),
                "80",
            ),
            optional(
                "ModelFallbackPercent",
                "Which share of questions the model may leave unanswered before somebody is told",
                Number(1, 100),
                "25",
            ),
        ],
    },
];

/// The section `Parameters`.
pub(crate) fn parameters() -> Value {
    let all = GROUPS.iter().flat_map(|group| group.parameters);
    Value::Object(
        all.map(|parameter| (parameter.name.to_owned(), parameter.declaration())).collect(),
    )
}

/// What the console shows them by.
pub(crate) fn metadata() -> Value {
    let groups: Vec<Value> = GROUPS
        .iter()
        .map(|group| {
            let names: Vec<&str> = group.parameters.iter().map(|one| one.name).collect();
            json!({ "Label": { "default": group.label }, "Parameters": names })
        })
        .collect();
    json!({ "AWS::CloudFormation::Interface": { "ParameterGroups": groups } })
}

/// The section `Conditions`.
pub(crate) fn conditions() -> Value {
    let given = |name: &str| json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": name }, ""] }] });
    let yes = |name: &str| json!({ "Fn::Equals": [{ "Ref": name }, "yes"] });
    json!({
        "HasBot": given("LexBotAliasArn"),
        "HasAlarmEmail": given("AlarmEmail"),
        "Reserves": yes("ReserveConcurrency"),
        "Gradual": yes("GradualDeployment"),
        "Provisions": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "ProvisionedConcurrency" }, 0] }] },
    })
}

impl Parameter {
    fn declaration(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("Type".to_owned(), self.kind.type_name().into());
        fields.insert("Description".to_owned(), format!("{}.", self.description).into());
        match &self.kind {
            Text(pattern, wanted) => {
                fields.insert("AllowedPattern".to_owned(), format!("^({pattern})$").into());
                fields
                    .insert("ConstraintDescription".to_owned(), format!("must be {wanted}").into());
            }
            Number(from, to) => {
                fields.insert("MinValue".to_owned(), (*from).into());
                fields.insert("MaxValue".to_owned(), (*to).into());
            }
            OneOf(values) => {
                fields.insert("AllowedValues".to_owned(), json!(values));
            }
        }
        if let Some(default) = self.default {
            fields.insert("Default".to_owned(), self.kind.value(default));
        }
        Value::Object(fields)
    }
}

impl Kind {
    fn type_name(&self) -> &'static str {
        match self {
            Text(..) | OneOf(_) => "String",
            Number(..) => "Number",
        }
    }

    fn value(&self, text: &str) -> Value {
        match self {
            Number(..) => text.parse::<u32>().expect("the default of a number is one").into(),
            Text(..) | OneOf(_) => text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_keep_what_a_redrive_asks_for_and_what_an_alarm_needs() {
        let parameters = parameters();
        let bound = |name: &str, side: &str| parameters[name][side].as_u64().unwrap();
        // AWS frees the name of an execution after 90 days, and redrives for 14.
        assert!(bound("RecordDays", "MinValue") >= 90);
        let alarm_speaks = bound("OldestCallbackSeconds", "MaxValue") + 3 * 300;
        assert!(alarm_speaks < definitions::call::CALLBACK_TIMEOUT_SECONDS);
    }
}
