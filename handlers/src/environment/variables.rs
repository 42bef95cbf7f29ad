//! Every variable that a handler reads: its name, what it means, and what holds without it.

use definitions::resources::{CALLS, RESPONSE_CACHE, SUPPRESSION};

use super::{Environment, InvalidVariable};

/// One variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What holds without it.
    pub absent: Absent,
    /// What it means.
    pub meaning: &'static str,
    /// What can stand in it.
    pub expected: &'static str,
}

/// What holds without a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Who reads it does not start.
    Required,
    /// There is none, and something else stands in for it.
    None,
    /// This value.
    Default(&'static str),
}

macro_rules! variables {
    ($($name:ident: $absent:expr, $meaning:literal, $expected:expr;)*) => {
        $(
            #[doc = concat!($meaning, ".")]
            pub const $name: Variable = Variable {
                name: stringify!($name),
                absent: $absent,
                meaning: $meaning,
                expected: $expected,
            };
        )*

        /// All of them.
        pub const ALL: &[Variable] = &[$($name),*];
    };
}

const COUNT: &str = "a whole number from 1 to 1000000";
const TIME: &str = "a time like `08:00`";
const TABLE: &str = "the name of a table";
const ORIGIN: &str = "`http://` or `https://` and a host";
const CREDENTIAL: &str = "a credential of AWS";

use Absent::{Default, None, Required};

variables! {
    SALESFORCE_SECRET_ID: Required, "the secret with the Salesforce key",
        "the name or the ARN of the secret with the Salesforce key";
    SECRET_TTL_SECONDS: Default("300"), "how old the secret may grow", COUNT;
    SALESFORCE_LOGIN_URL: None, "where to log in, instead of where the secret says",
        "`https://` and a host";
    SALESFORCE_API_VERSION: Default("v66.0"), "the version of Salesforce's API",
        "a version like `v66.0`";
    SALESFORCE_SESSION_MINUTES: Default("60"), "how long the org lets a session last", COUNT;

    CALLS_TABLE: Default(CALLS.name), "the table of leads and calls", TABLE;
    SUPPRESSION_TABLE: Default(SUPPRESSION.name), "the table of numbers that are not called", TABLE;
    RESPONSE_CACHE_TABLE: Default(RESPONSE_CACHE.name), "the table of what the model wrote", TABLE;
    RECORD_DAYS: Default("365"), "how long a record is kept", COUNT;
    PHONE_HASH_KEY: Required,
        "the key under which numbers are hashed: one for all handlers, or they know no number of \
         each other's",
        "at least 16 bytes that nobody knows";

    CONNECT_INSTANCE_ID: Required, "the Connect instance", "the id of a Connect instance";
    CONNECT_CONTACT_FLOW_ID: Required, "the contact flow that speaks", "the id of a contact flow";
    CONNECT_SOURCE_PHONE_NUMBER: None, "the number to call from, where a call brings none",
        "a number like `+14155550100`";
    CONNECT_QUEUE_ID: None, "the queue whose number is called from otherwise", "the id of a queue";
    RING_SECONDS: Default("30"), "how long it rings, 15 to 60", COUNT;
    CONNECT_REQUESTS_PER_SECOND: Default("2"), "how many calls Connect starts in a second", COUNT;
    CONNECT_CONCURRENT_CALLS: Default("10"), "how many calls Connect carries at once", COUNT;
    LONGEST_CALL_SECONDS: Default("1800"), "after how long a call's place is free at the latest",
        COUNT;
    OVERDUE_AFTER_SECONDS: Default("900"), "after how long the sweeper looks at a call", COUNT;
    ALLOWED_COUNTRIES: Default("US"), "the countries that are called", "codes of countries like `US,CA`";
    CALLING_FROM: Default("08:00"), "from when calls are allowed, at the callee", TIME;
    CALLING_UNTIL: Default("21:00"), "until when", "a time like `21:00`, or `24:00`";
    MOST_ATTEMPTS: Default("3"), "how often a lead is called at most", COUNT;

    BEDROCK_MODEL_ID: Required, "the model", "a model id, or an inference profile";

    ATLAS_ENGINE_WORKFLOW_ARN: Required, "the machine that a demo starts",
        "the ARN of `AtlasEngineWorkflow`";
    RESPONSE_QUEUE_URL: Required, "the queue of answers to be written", "the URL of a queue";
    DEFAULT_TIME_ZONE: Default("America/Los_Angeles"),
        "where a visitor is who does not say it", "a time zone like `Europe/Berlin`";

    AWS_REGION: Required, "the region", "a region like `us-east-1`";
    AWS_DEFAULT_REGION: None, "the region, where `AWS_REGION` is absent", "a region";
    AWS_ACCESS_KEY_ID: None, "without it, AWS's own chain of credentials is followed", CREDENTIAL;
    AWS_SECRET_ACCESS_KEY: None, "belongs to `AWS_ACCESS_KEY_ID`", CREDENTIAL;
    AWS_SESSION_TOKEN: None, "belongs to `AWS_ACCESS_KEY_ID`", CREDENTIAL;
    AWS_ENDPOINT_URL: None, "where AWS is, instead of AWS", ORIGIN;
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: None, "where Bedrock is", ORIGIN;
    AWS_ENDPOINT_URL_CONNECT: None, "where Connect is", ORIGIN;
    AWS_ENDPOINT_URL_DYNAMODB: None, "where DynamoDB is", ORIGIN;
    AWS_ENDPOINT_URL_SECRETS_MANAGER: None, "where Secrets Manager is", ORIGIN;
    AWS_ENDPOINT_URL_SFN: None, "where Step Functions is", ORIGIN;
    AWS_ENDPOINT_URL_SQS: None, "where SQS is", ORIGIN;
    OTEL_EXPORTER_OTLP_ENDPOINT: None, "where spans go, if anywhere: a collector of OpenTelemetry",
        ORIGIN;
}

impl Variable {
    /// Its text, or its default.
    pub fn text(&self, environment: &Environment) -> Result<String, InvalidVariable> {
        self.optional(environment).ok_or_else(|| InvalidVariable::missing(self))
    }

    /// Its text, or its default, or nothing.
    pub fn optional(&self, environment: &Environment) -> Option<String> {
        let given = environment.get(self.name).filter(|text| !text.trim().is_empty());
        match (given, self.absent) {
            (Some(text), _) => Some(text.to_owned()),
            (Option::None, Absent::Default(text)) => Some(text.to_owned()),
            (Option::None, Absent::Required | Absent::None) => Option::None,
        }
    }

    /// Its text, or its default, read by `read`.
    pub(crate) fn read<T>(
        &self,
        environment: &Environment,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, InvalidVariable> {
        let text = self.text(environment)?;
        read(text.trim()).ok_or_else(|| InvalidVariable::malformed(self))
    }

    /// As [`Self::read`], where it may be absent.
    pub(crate) fn read_optional<T>(
        &self,
        environment: &Environment,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, InvalidVariable> {
        let Some(text) = self.optional(environment) else { return Ok(Option::None) };
        read(text.trim()).map(Some).ok_or_else(|| InvalidVariable::malformed(self))
    }

    /// A whole number from 1.
    pub fn count(&self, environment: &Environment) -> Result<u32, InvalidVariable> {
        let in_range = |number: &u32| (1..=1_000_000).contains(number);
        self.read(environment, |text| text.parse().ok().filter(in_range))
    }
}

#[cfg(test)]
mod tests {
    use definitions::{contract::records::DEFAULT_RECORD_DAYS, resources::RESPONSE_REQUESTS};

    use super::*;
    use crate::gate::CallingHours;

    #[test]
    fn each_variable_stands_in_the_list_once_and_says_what_it_is() {
        for (index, variable) in ALL.iter().enumerate() {
            assert!(!ALL[..index].iter().any(|other| other.name == variable.name), "{variable:?}");
            assert!(!variable.meaning.is_empty() && !variable.expected.is_empty(), "{variable:?}");
        }
    }

    #[test]
    fn the_resources_of_the_deployment_are_known_by_its_own_names() {
        assert_eq!(CALLS_TABLE.name, CALLS.variable);
        assert_eq!(SUPPRESSION_TABLE.name, SUPPRESSION.variable);
        assert_eq!(RESPONSE_CACHE_TABLE.name, RESPONSE_CACHE.variable);
        assert_eq!(RESPONSE_QUEUE_URL.name, RESPONSE_REQUESTS.variable);
    }

    #[test]
    fn what_is_not_said_is_as_the_contract_has_it() {
        let nothing = Environment::default();
        assert_eq!(RECORD_DAYS.count(&nothing).map(u64::from), Ok(DEFAULT_RECORD_DAYS));
        let hours = CallingHours::default();
        let time = |variable: Variable| variable.read(&nothing, |text| text.parse().ok()).unwrap();
        assert_eq!((hours.from, hours.until), (time(CALLING_FROM), Some(time(CALLING_UNTIL))));
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right_and_its_value_is_not_repeated() {
        let check = |value: &str, expected: &str| {
            let environment = Environment::from_iter([("RECORD_DAYS", value)]);
            assert_eq!(RECORD_DAYS.count(&environment).unwrap_err().to_string(), expected);
        };
        let malformed = "the environment variable `RECORD_DAYS` is malformed; expected a whole \
                         number from 1 to 1000000";
        for value in ["0", "-1", "hunter2", "1000001"] {
            check(value, malformed);
        }
        let missing = PHONE_HASH_KEY.text(&Environment::from_iter([("PHONE_HASH_KEY", " ")]));
        assert_eq!(
            missing.unwrap_err().to_string(),
            "the environment variable `PHONE_HASH_KEY` is missing; expected at least 16 bytes that \
             nobody knows"
        );
    }
}
