//! `loggingConfiguration`: what is refused, beyond what was recorded, and what is shown.

use atlas_server::AppOptions;
use serde_json::{Value, json};

use crate::{
    client::{Client, served},
    versions::{ask, refused},
};

const GROUP: &str = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/m:*";

fn request(name: &str, level: &str, groups: &[&str]) -> Value {
    let destination = |group: &&str| json!({"cloudWatchLogsLogGroup": {"logGroupArn": group}});
    let destinations: Vec<Value> = groups.iter().map(destination).collect();
    json!({
        "name": name, "roleArn": "arn:aws:iam::123456789012:role/r",
        "definition": r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#,
        "loggingConfiguration": {"level": level, "destinations": destinations},
    })
}

#[tokio::test]
async fn logs_go_to_one_group_with_all_its_streams() {
    let mut client = Client::connect(served(AppOptions::default()).await, "123456789012").await;
    let bare = GROUP.trim_end_matches(":*");
    let one = "Must specify exactly one Log Destination.";
    let all = "Log Group ARN must be provided with '*' qualifier.";
    for (level, groups, why) in [
        ("ALL", &[bare][..], all),
        ("ERROR", &[""], "ValidationException"),
        ("FATAL", &[GROUP, GROUP], one),
        ("ALL", &[], one),
    ] {
        let said = refused(&mut client, "CreateStateMachine", request("m", level, groups)).await;
        let expected = format!("InvalidLoggingConfiguration: Invalid Logging Configuration: {why}");
        assert!(said == expected || said.starts_with(why), "{level} {groups:?}: {said}");
    }
    for (name, level, groups) in [("a", "ALL", &[GROUP][..]), ("b", "OFF", &[bare])] {
        let machine = request(name, level, groups);
        let created = ask(&mut client, "CreateStateMachine", machine.clone()).await;
        let arn = json!({"stateMachineArn": created["stateMachineArn"]});
        let told = ask(&mut client, "DescribeStateMachine", arn).await;
        let mut logging = machine["loggingConfiguration"].clone();
        logging["includeExecutionData"] = false.into();
        assert_eq!(told["loggingConfiguration"], logging);
    }
    let logging = request("a", "ALL", &[bare])["loggingConfiguration"].clone();
    let arn = "arn:aws:states:us-east-1:123456789012:stateMachine:a";
    let update = json!({"stateMachineArn": arn, "loggingConfiguration": logging});
    let said = refused(&mut client, "UpdateStateMachine", update).await;
    assert!(said.ends_with(all), "{said}");
}
