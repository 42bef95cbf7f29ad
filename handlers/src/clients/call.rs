//! What the three handlers of the call share.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;

use super::{Aws, Patience, Warm, calls};
use crate::{
    connect::{AmazonConnect, ConnectSettings},
    environment::{Environment, InvalidVariable, variables},
    records::{DynamoAttempts, DynamoPace, PaceLimits},
    workflow::StepFunctions,
};

/// The clients of a call.
pub(crate) struct Call {
    pub(crate) records: Arc<DynamoAttempts>,
    pub(crate) pace: Arc<DynamoPace>,
    pub(crate) telephony: Arc<AmazonConnect>,
    pub(crate) callbacks: Arc<StepFunctions>,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    connect: aws_sdk_connect::Client,
    step_functions: aws_sdk_sfn::Client,
}

impl Call {
    pub(crate) fn new(environment: &Environment, aws: &Aws) -> Result<Self, InvalidVariable> {
        let dynamodb = aws.dynamodb(Patience::STEP)?;
        let connect = aws.connect()?;
        let step_functions = aws.step_functions(Patience::STEP)?;
        let table = calls(environment, dynamodb.clone())?;
        let settings = settings(environment)?;
        Ok(Self {
            records: Arc::new(DynamoAttempts::new(table.clone())),
            pace: Arc::new(DynamoPace::new(table, limits(environment)?)),
            telephony: Arc::new(AmazonConnect::new(connect.clone(), settings)),
            callbacks: Arc::new(StepFunctions::new(step_functions.clone())),
            dynamodb,
            connect,
            step_functions,
        })
    }

    /// Makes the connections that a handler needs: so many to the tables, and one to each of the rest.
    pub(crate) async fn warm(&self, to_tables: usize) {
        tokio::join!(
            self.dynamodb.warm(to_tables),
            self.connect.warm(1),
            self.step_functions.warm(1),
        );
    }
}

pub(super) fn settings(environment: &Environment) -> Result<ConnectSettings, InvalidVariable> {
    let number = |text: &str| {
        text.parse::<definitions::contract::PhoneNumber>().is_ok().then(|| text.to_owned())
    };
    Ok(ConnectSettings {
        instance_id: variables::CONNECT_INSTANCE_ID.text(environment)?,
        contact_flow_id: variables::CONNECT_CONTACT_FLOW_ID.text(environment)?,
        source_phone_number: variables::CONNECT_SOURCE_PHONE_NUMBER
            .read_optional(environment, number)?,
        queue_id: variables::CONNECT_QUEUE_ID.optional(environment),
        ring_timeout: Duration::from_secs(variables::RING_SECONDS.count(environment)?.into()),
    })
}

pub(super) fn limits(environment: &Environment) -> Result<PaceLimits, InvalidVariable> {
    let longest_call = variables::LONGEST_CALL_SECONDS.count(environment)?;
    Ok(PaceLimits {
        requests_per_second: variables::CONNECT_REQUESTS_PER_SECOND.count(environment)?,
        concurrent_calls: variables::CONNECT_CONCURRENT_CALLS.count(environment)?,
        longest_call: SignedDuration::from_secs(longest_call.into()),
    })
}
