//! What the three handlers of the call are deployed with: environment variables, and the AWS clients
//! that they share.

use std::{sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use definitions::{
    contract::records::DEFAULT_RECORD_DAYS,
    resources::{CALLS, SUPPRESSION},
};
use jiff::{SignedDuration, civil::Time};

use crate::{
    call_ended, call_sweeper,
    clock::{Clock, SystemClock},
    connect::{AmazonConnect, ConnectSettings},
    gate::{CallingHours, Rules},
    invoke_outbound_call,
    records::{DynamoAttempts, DynamoPace, DynamoSuppression, PaceLimits, PhoneHashKey, Table},
    workflow::StepFunctions,
};

/// Peers close idle connections sooner than the client's default of 90 s.
const POOL_IDLE: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// For the table and for Step Functions.
const QUICK_ATTEMPT: Duration = Duration::from_secs(3);
/// For Connect, which takes most of a second.
const SLOW_ATTEMPT: Duration = Duration::from_secs(8);
/// One repetition for a blip; the state machine does the rest.
const SDK_ATTEMPTS: u32 = 2;

/// A variable is missing or malformed. Its value is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable `{name}` is missing or malformed; expected {expected}")]
pub struct InvalidEnvironment {
    /// Which variable.
    pub name: &'static str,
    /// What would have been right.
    pub expected: &'static str,
}

/// How the environment is read: by name.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The process's own environment.
pub fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What the variables say.
#[derive(Debug, Clone)]
pub struct CallEnvironment {
    calls_table: String,
    suppression_table: String,
    kept_for: SignedDuration,
    connect: ConnectSettings,
    limits: PaceLimits,
    rules: Rules,
    phone_hash_key: Option<PhoneHashKey>,
    overdue_after: SignedDuration,
}

impl CallEnvironment {
    /// Reads the variables.
    pub fn read(variables: Variables<'_>) -> Result<Self, InvalidEnvironment> {
        let text = |name: &str| variables(name).filter(|value| !value.is_empty());
        let number = |name: &'static str, default: u32| match text(name) {
            None => Ok(default),
            Some(value) => {
                value.parse().map_err(|_| InvalidEnvironment { name, expected: "a whole number" })
            }
        };
        let required = |name: &'static str, expected: &'static str| {
            text(name).ok_or(InvalidEnvironment { name, expected })
        };
        let time = |name: &'static str, default: Time| match text(name) {
            None => Ok(default),
            Some(value) => value
                .parse()
                .map_err(|_| InvalidEnvironment { name, expected: "a time like `08:00`" }),
        };
        let hours = CallingHours::default();
        let countries = text("ALLOWED_COUNTRIES").unwrap_or_else(|| "US".to_owned());
        let countries = countries.split(',').map(|code| code.trim().parse());
        let key = text("PHONE_HASH_KEY").map(PhoneHashKey::new).transpose();
        let days = number("RECORD_DAYS", u32::try_from(DEFAULT_RECORD_DAYS).expect("a year"))?;
        Ok(Self {
            calls_table: text(CALLS.variable).unwrap_or_else(|| CALLS.name.to_owned()),
            suppression_table: text(SUPPRESSION.variable)
                .unwrap_or_else(|| SUPPRESSION.name.to_owned()),
            kept_for: SignedDuration::from_hours(24 * i64::from(days)),
            connect: ConnectSettings {
                instance_id: required("CONNECT_INSTANCE_ID", "the id of a Connect instance")?,
                contact_flow_id: required("CONNECT_CONTACT_FLOW_ID", "the id of a contact flow")?,
                caller_id: text("CALLER_ID"),
                queue_id: text("CONNECT_QUEUE_ID"),
                ring_timeout: Duration::from_secs(number("RING_SECONDS", 30)?.into()),
            },
            limits: PaceLimits {
                requests_per_second: number("CONNECT_REQUESTS_PER_SECOND", 2)?,
                concurrent_calls: number("CONNECT_CONCURRENT_CALLS", 10)?,
                longest_call: SignedDuration::from_secs(
                    number("LONGEST_CALL_SECONDS", 1800)?.into(),
                ),
            },
            rules: Rules {
                countries: countries.collect::<Result<_, _>>().map_err(|_| InvalidEnvironment {
                    name: "ALLOWED_COUNTRIES",
                    expected: "codes of countries like `US,CA`",
                })?,
                hours: CallingHours {
                    from: time("CALLING_FROM", hours.from)?,
                    until: time("CALLING_UNTIL", hours.until)?,
                },
                most_attempts: number("MOST_ATTEMPTS", 3)?,
            },
            phone_hash_key: key.map_err(|_| PHONE_HASH_KEY)?,
            overdue_after: SignedDuration::from_secs(number("OVERDUE_AFTER_SECONDS", 900)?.into()),
        })
    }

    /// For `InvokeOutboundCallHandler`.
    pub fn invoke_deps(
        &self,
        shared: &SdkConfig,
    ) -> Result<invoke_outbound_call::Deps, InvalidEnvironment> {
        let clients = self.clients(shared);
        Ok(invoke_outbound_call::Deps {
            suppression: Arc::new(DynamoSuppression::new(clients.suppression)),
            rules: self.rules.clone(),
            phone_hash_key: self.phone_hash_key.clone().ok_or(PHONE_HASH_KEY)?,
            overdue_after: self.overdue_after,
            clock: clients.clock,
            records: clients.records,
            pace: clients.pace,
            telephony: clients.telephony,
            callbacks: clients.callbacks,
        })
    }

    /// For `CallEndedHandler`.
    pub fn ended_deps(&self, shared: &SdkConfig) -> call_ended::Deps {
        let Clients { clock, records, pace, telephony, callbacks, .. } = self.clients(shared);
        call_ended::Deps { clock, records, pace, telephony, callbacks }
    }

    /// For `CallSweeperHandler`.
    pub fn sweeper_deps(&self, shared: &SdkConfig) -> call_sweeper::Deps {
        let Clients { clock, records, pace, telephony, callbacks, .. } = self.clients(shared);
        call_sweeper::Deps { clock, records, pace, telephony, callbacks }
    }

    fn clients(&self, shared: &SdkConfig) -> Clients {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let quick = timeouts(QUICK_ATTEMPT);
        let dynamodb =
            aws_sdk_dynamodb::config::Builder::from(shared).timeout_config(quick.clone());
        let dynamodb = aws_sdk_dynamodb::Client::from_conf(dynamodb.build());
        let connect = aws_sdk_connect::config::Builder::from(shared);
        let connect = connect.timeout_config(timeouts(SLOW_ATTEMPT)).build();
        let workflow = aws_sdk_sfn::config::Builder::from(shared).timeout_config(quick).build();
        let table = |name: &str| Table::new(dynamodb.clone(), name, clock.clone(), self.kept_for);
        let calls = table(&self.calls_table);
        Clients {
            records: Arc::new(DynamoAttempts::new(calls.clone())),
            pace: Arc::new(DynamoPace::new(calls, self.limits)),
            suppression: table(&self.suppression_table),
            telephony: Arc::new(AmazonConnect::new(
                aws_sdk_connect::Client::from_conf(connect),
                self.connect.clone(),
            )),
            callbacks: Arc::new(StepFunctions::new(aws_sdk_sfn::Client::from_conf(workflow))),
            clock,
        }
    }
}

const PHONE_HASH_KEY: InvalidEnvironment =
    InvalidEnvironment { name: "PHONE_HASH_KEY", expected: "at least 16 bytes" };

struct Clients {
    clock: Arc<dyn Clock>,
    records: Arc<DynamoAttempts>,
    pace: Arc<DynamoPace>,
    suppression: Table,
    telephony: Arc<AmazonConnect>,
    callbacks: Arc<StepFunctions>,
}

/// What all clients have in common: region, credentials, one pool of connections, one repetition.
pub async fn shared_config() -> SdkConfig {
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .pool_idle_timeout(POOL_IDLE)
        .build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(SDK_ATTEMPTS))
        .load()
        .await
}

fn timeouts(attempt: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(attempt)
        .operation_attempt_timeout(attempt)
        .operation_timeout(attempt * SDK_ATTEMPTS + Duration::from_secs(1))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(extra: &'static [(&str, &str)]) -> Result<CallEnvironment, InvalidEnvironment> {
        const NEEDED: [(&str, &str); 2] =
            [("CONNECT_INSTANCE_ID", "i"), ("CONNECT_CONTACT_FLOW_ID", "f")];
        CallEnvironment::read(&|name| {
            let mut all = extra.iter().chain(&NEEDED);
            all.find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_is_not_said_is_as_the_contract_has_it() {
        let environment = read(&[]).unwrap();
        assert_eq!(environment.calls_table, "AtlasEngine-Calls");
        assert_eq!(environment.rules.hours, CallingHours::default());
        assert_eq!(environment.limits.requests_per_second, 2);
        assert_eq!(environment.limits.concurrent_calls, 10);
    }

    #[test]
    fn what_is_malformed_is_named_and_not_repeated() {
        let check = |extra, name| assert_eq!(read(extra).unwrap_err().name, name);
        check(&[("CONNECT_INSTANCE_ID", "")], "CONNECT_INSTANCE_ID");
        check(&[("ALLOWED_COUNTRIES", "US,usa")], "ALLOWED_COUNTRIES");
        check(&[("CALLING_FROM", "late")], "CALLING_FROM");
        check(&[("MOST_ATTEMPTS", "many")], "MOST_ATTEMPTS");
        check(&[("PHONE_HASH_KEY", "short")], "PHONE_HASH_KEY");
        let shown = format!("{:?}", read(&[("PHONE_HASH_KEY", "0123456789abcdef")]).unwrap());
        assert!(!shown.contains("0123456789abcdef"), "{shown}");
    }
}
