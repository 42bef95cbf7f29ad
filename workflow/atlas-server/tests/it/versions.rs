//! Versions and aliases beside the recorded cases.

use atlas_engine::Time;
use atlas_server::AppOptions;
use serde_json::{Value, json};

use crate::client::{Client, served};

const ACCOUNT: &str = "210987654321";

pub(crate) async fn client() -> Client {
    let options = AppOptions { time: Time::SkippingWaits, ..AppOptions::default() };
    Client::connect(served(options).await, ACCOUNT).await
}

/// Calls an operation that must be done.
pub(crate) async fn ask(client: &mut Client, operation: &str, request: Value) -> Value {
    let (status, answer) = client.call(operation, &request).await;
    assert_eq!(status, 200, "{operation} {request}: {answer}");
    answer
}

/// Calls an operation that must be refused; answers with name and text.
pub(crate) async fn refused(client: &mut Client, operation: &str, request: Value) -> String {
    let (status, answer) = client.call(operation, &request).await;
    assert_eq!(status, 400, "{operation} {request}: {answer}");
    let text = |field: &str| answer[field].as_str().unwrap_or_default().to_owned();
    format!("{}: {}", text("__type"), text("message"))
}

fn giving(result: &str) -> String {
    json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": result, "End": true}}})
        .to_string()
}

/// A machine with this many versions, whose results are their numbers.
async fn machine(client: &mut Client, name: &str, versions: usize) -> String {
    let request = json!({"name": name, "definition": giving("1"), "publish": true,
        "roleArn": "arn:aws:iam::210987654321:role/r"});
    let created = ask(client, "CreateStateMachine", request).await;
    let arn = created["stateMachineArn"].as_str().expect("it has an ARN").to_owned();
    for number in 2..=versions {
        let request = json!({"stateMachineArn": arn, "publish": true,
            "definition": giving(&number.to_string())});
        ask(client, "UpdateStateMachine", request).await;
    }
    arn
}

async fn output(client: &mut Client, arn: &str) -> String {
    let started = ask(client, "StartExecution", json!({"stateMachineArn": arn})).await;
    let request = json!({"executionArn": started["executionArn"]});
    let described = ask(client, "DescribeExecution", request).await;
    described["output"].as_str().expect("it has ended well").to_owned()
}

#[tokio::test]
async fn a_version_stays_as_it_was_and_its_number_is_not_used_again() {
    let mut client = client().await;
    let arn = machine(&mut client, "m", 2).await;
    assert_eq!(output(&mut client, &format!("{arn}:1")).await, r#""1""#);
    assert_eq!(output(&mut client, &arn).await, r#""2""#);
    let deleting = json!({"stateMachineVersionArn": format!("{arn}:2")});
    ask(&mut client, "DeleteStateMachineVersion", deleting.clone()).await;
    ask(&mut client, "DeleteStateMachineVersion", deleting).await;
    let start = json!({"stateMachineArn": format!("{arn}:2")});
    assert_eq!(
        refused(&mut client, "StartExecution", start).await,
        format!("StateMachineDoesNotExist: State Machine Version Does Not Exist: '{arn}:2'")
    );
    let publish = json!({"stateMachineArn": arn, "revisionId": "INITIAL"});
    let conflict = refused(&mut client, "PublishStateMachineVersion", publish).await;
    assert!(conflict.starts_with("ConflictException: Failed to publish"), "{conflict}");
    let publish = json!({"stateMachineArn": arn});
    let published = ask(&mut client, "PublishStateMachineVersion", publish).await;
    assert_eq!(published["stateMachineVersionArn"], format!("{arn}:3"));
    let describe = json!({"stateMachineArn": format!("{arn}:3")});
    let described = ask(&mut client, "DescribeStateMachine", describe).await;
    assert_eq!(described["definition"], giving("2"));
    let list = json!({"stateMachineArn": arn, "maxResults": 1});
    let first = ask(&mut client, "ListStateMachineVersions", list).await;
    let list = json!({"stateMachineArn": arn, "nextToken": first["nextToken"]});
    let second = ask(&mut client, "ListStateMachineVersions", list).await;
    let number = |page: &Value| page["stateMachineVersions"][0]["stateMachineVersionArn"].clone();
    assert_eq!(
        (number(&first), number(&second)),
        (json!(format!("{arn}:3")), json!(format!("{arn}:1")))
    );
    let list = json!({"stateMachineArn": format!("{arn}:1")});
    let listed = ask(&mut client, "ListExecutions", list).await;
    assert_eq!(listed["executions"].as_array().unwrap().len(), 1);
    ask(&mut client, "DeleteStateMachine", json!({"stateMachineArn": arn})).await;
    let start = json!({"stateMachineArn": format!("{arn}:1")});
    let gone = refused(&mut client, "StartExecution", start).await;
    assert!(gone.starts_with("StateMachineDoesNotExist"), "{gone}");
}

/// As recorded from AWS in September 2026.
#[tokio::test]
async fn a_creation_that_published_is_repeated_with_its_description() {
    let mut client = client().await;
    let create = |publishing: Value| {
        let mut request = json!({"name": "m", "definition": giving("1"),
            "roleArn": "arn:aws:iam::210987654321:role/r"});
        request.as_object_mut().unwrap().extend(publishing.as_object().unwrap().clone());
        request
    };
    let described = |how: &str| create(json!({"publish": true, "versionDescription": how}));
    let created = ask(&mut client, "CreateStateMachine", described("first")).await;
    let arn = created["stateMachineArn"].as_str().unwrap().to_owned();
    let publish = json!({"stateMachineArn": arn, "description": "second"});
    ask(&mut client, "PublishStateMachineVersion", publish).await;
    assert_eq!(ask(&mut client, "CreateStateMachine", described("first")).await, created);
    let exists = "StateMachineAlreadyExists: State Machine Already Exists: This state machine was \
                  already created with a published version";
    let other = format!("{exists} using a different description.");
    for (request, told) in [
        (create(json!({})), format!("{exists}.")),
        (create(json!({"publish": false})), format!("{exists}.")),
        (described("second"), other.clone()),
        (create(json!({"publish": true})), other),
    ] {
        assert_eq!(refused(&mut client, "CreateStateMachine", request).await, told);
    }
    let mut differing = described("first");
    differing["definition"] = json!(giving("2"));
    let told = refused(&mut client, "CreateStateMachine", differing).await;
    assert!(told.ends_with(&format!("'{arn}'")), "{told}");
}

#[tokio::test]
async fn an_alias_leads_to_its_versions_and_keeps_them() {
    let mut client = client().await;
    let arn = machine(&mut client, "m", 3).await;
    let route = |number: u32, weight: u32| json!({"stateMachineVersionArn": format!("{arn}:{number}"), "weight": weight});
    let alias = json!({"name": "PROD", "routingConfiguration": [route(1, 0), route(2, 100)]});
    let created = ask(&mut client, "CreateStateMachineAlias", alias).await;
    let alias_arn = format!("{arn}:PROD");
    assert_eq!(created["stateMachineAliasArn"], alias_arn);
    for _ in 0..8 {
        assert_eq!(output(&mut client, &alias_arn).await, r#""2""#);
    }
    let deleting = json!({"stateMachineVersionArn": format!("{arn}:1")});
    assert_eq!(
        refused(&mut client, "DeleteStateMachineVersion", deleting.clone()).await,
        "ConflictException: Version to be deleted must not be referenced by an alias. Current list \
         of aliases referencing this version: [PROD]"
    );
    let update =
        json!({"stateMachineAliasArn": alias_arn, "routingConfiguration": [route(3, 100)]});
    ask(&mut client, "UpdateStateMachineAlias", update).await;
    assert_eq!(output(&mut client, &alias_arn).await, r#""3""#);
    ask(&mut client, "DeleteStateMachineVersion", deleting).await;
    let by_version = json!({"stateMachineArn": format!("{arn}:2")});
    let listed = ask(&mut client, "ListStateMachineAliases", by_version.clone()).await;
    assert_eq!(listed["stateMachineAliases"], json!([]));
    let of_version = ask(&mut client, "ListExecutions", by_version).await;
    assert_eq!(of_version["executions"].as_array().unwrap().len(), 8);
    let by_alias = json!({"stateMachineArn": alias_arn});
    let of_alias = ask(&mut client, "ListExecutions", by_alias).await;
    let executions = of_alias["executions"].as_array().unwrap();
    assert_eq!(executions.len(), 9);
    assert_eq!(executions[0]["stateMachineVersionArn"], format!("{arn}:3"));
    assert_eq!(executions[0]["stateMachineAliasArn"], alias_arn);
    assert_eq!(executions[0]["stateMachineArn"], arn);
}

#[tokio::test]
async fn an_alias_that_cannot_be_is_refused() {
    let mut client = client().await;
    let arn = machine(&mut client, "m", 1).await;
    let other = machine(&mut client, "n", 1).await;
    let alias = |name: &str, routes: Value| json!({"name": name, "routingConfiguration": routes});
    let to = |arn: &str, weight: u32| json!({"stateMachineVersionArn": arn, "weight": weight});
    let one = json!([to(&format!("{arn}:1"), 100)]);
    for (request, expected) in [
        (
            alias("12", one.clone()),
            "ValidationException: 1 validation error detected: Value '12' at 'name' failed to \
             satisfy constraint: Member must satisfy regular expression pattern: \
             ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"
                .to_owned(),
        ),
        (
            alias("a", json!([{"weight": 100}])),
            "ValidationException: 1 validation error detected: Value null at \
             'routingConfiguration.1.member.stateMachineVersionArn' failed to satisfy constraint: \
             Member must not be null"
                .to_owned(),
        ),
        (
            alias("a", json!([to(&format!("{arn}:7"), 100)])),
            format!("ResourceNotFound: Resource not found: '{arn}:7'"),
        ),
        (
            alias("a", json!([to(&format!("{arn}:1"), 50), to(&format!("{other}:1"), 50)])),
            format!(
                "ValidationException: Routing configuration must contain state machine version \
                 ARNs for the same state machine. Received: [{arn}:1, {other}:1]"
            ),
        ),
    ] {
        assert_eq!(refused(&mut client, "CreateStateMachineAlias", request).await, expected);
    }
    ask(&mut client, "CreateStateMachineAlias", alias("a", one.clone())).await;
    ask(&mut client, "CreateStateMachineAlias", alias("a", one.clone())).await;
    let mut described = alias("a", one);
    described["description"] = json!("another");
    let conflict = refused(&mut client, "CreateStateMachineAlias", described).await;
    assert!(conflict.starts_with("ConflictException: "), "{conflict}");
    for (operation, missing) in
        [("DescribeStateMachineAlias", "b"), ("UpdateStateMachineAlias", "b")]
    {
        let request =
            json!({"stateMachineAliasArn": format!("{arn}:{missing}"), "description": "d"});
        assert_eq!(
            refused(&mut client, operation, request).await,
            format!("ResourceNotFound: Resource not found: '{arn}:b'")
        );
    }
    let request = json!({"stateMachineAliasArn": format!("{arn}:a")});
    let nothing = refused(&mut client, "UpdateStateMachineAlias", request).await;
    assert!(nothing.starts_with("ValidationException: Either description"), "{nothing}");
}

#[tokio::test]
async fn a_description_without_a_version_is_refused() {
    let mut client = client().await;
    let request = json!({"name": "m", "definition": giving("1"), "versionDescription": "d",
        "roleArn": "arn:aws:iam::210987654321:role/r"});
    assert_eq!(
        refused(&mut client, "CreateStateMachine", request).await,
        "ValidationException: Version description can only be set when publish is true"
    );
}
