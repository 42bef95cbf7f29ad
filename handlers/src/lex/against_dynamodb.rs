//! The scenario of a call, out of attempts as the records write them, against each implementation of
//! DynamoDB.

use std::sync::Arc;

use definitions::resources::CALLS;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::DynamoDbCallScenarios;
use crate::{
    against_peers::on_each_dynamodb,
    clock::SystemClock,
    lex_fulfillment::CallScenarios,
    records::{
        AttemptRecords, DynamoAttempts, DynamoLeads, LeadRecord, LeadRecords, LeadState,
        NewAttempt, Table,
    },
    testing::{lead, phone_hash_key},
};

#[tokio::test]
async fn a_call_has_the_scenario_of_its_attempts() {
    on_each_dynamodb(async |dynamodb| {
        let name = dynamodb.create(&CALLS).await;
        let scenarios = DynamoDbCallScenarios::new(dynamodb.client.clone(), name.clone());
        let kept = SignedDuration::from_hours(24);
        let table = Table::new(dynamodb.client.clone(), name, Arc::new(SystemClock), kept);
        let phone_hash = phone_hash_key().hash(&lead().phone);
        let of_call = json!({"opening": "Hello", "objective": "a demo", "talkingPoints": ["one"],
            "tone": "calm", "language": "en-US"});
        let now = Timestamp::now();
        let new = NewAttempt {
            key: "3f0c#1".parse().unwrap(),
            lead_id: "00Q1".to_owned(),
            scenario: serde_json::from_value(of_call).unwrap(),
            task_token: serde_json::from_value(json!("T1")).unwrap(),
            phone_hash: phone_hash.clone(),
            waiting: false,
            reserved_at: now,
            due_at: now,
        };
        let key = &new.key.interaction_key;
        assert_eq!(scenarios.scenario(key).await.unwrap(), None);
        let lead = LeadRecord {
            interaction_key: key.clone(),
            state: LeadState::Created,
            source: "lex".to_owned(),
            phone_hash,
            email_hash: None,
            created_at: now,
            lead_id: None,
            outcome: None,
        };
        DynamoLeads::new(table.clone()).create(&lead).await.unwrap();
        assert_eq!(scenarios.scenario(key).await.unwrap(), None, "a lead has no scenario");
        let attempts = DynamoAttempts::new(table);
        attempts.reserve(&new).await.unwrap();
        assert_eq!(scenarios.scenario(key).await.unwrap().as_ref(), Some(&new.scenario));
        let second = NewAttempt { key: "3f0c#2".parse().unwrap(), ..new.clone() };
        attempts.reserve(&second).await.unwrap();
        assert_eq!(scenarios.scenario(key).await.unwrap().as_ref(), Some(&new.scenario));
        let other = "3f0".parse().unwrap();
        assert_eq!(scenarios.scenario(&other).await.unwrap(), None);

        let absent = DynamoDbCallScenarios::new(dynamodb.client.clone(), "none");
        assert_eq!(absent.scenario(key).await.unwrap_err().0, "ResourceNotFoundException");
    })
    .await;
}
