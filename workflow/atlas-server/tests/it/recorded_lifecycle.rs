//! A machine with versions, aliases and tags from its creation to its deletion, as AWS answered in
//! September 2026.

use serde_json::{Value, json};

use crate::versions::{ask, client, refused};

const MACHINE: &str = "arn:aws:states:us-east-1:210987654321:stateMachine:m";

fn first() -> &'static str {
    " \n{\r\n \"StartAt\": \"Result\",\r\n \"States\": { \"Result\": {\"Type\": \"Pass\", \"Result\": \
     {\"number\": 1.00}, \"End\": true } }\r\n}\n "
}

fn second() -> &'static str {
    r#"{"StartAt":"Result","States":{"Result":{"Type":"Pass","Result":{"revision":"two"},"End":true}}}"#
}

fn creation(name: &str, definition: &str) -> Value {
    json!({"name": name, "definition": definition, "publish": true, "versionDescription": "initial",
        "roleArn": "arn:aws:iam::210987654321:role/r", "tags": [{"key": "Mode", "value": "initial"}]})
}

/// A request that is refused, and how.
type Refusal = (&'static str, Value, String);

fn routes(versions: &[(&str, u32)]) -> Value {
    let route =
        |(arn, weight): &(&str, u32)| json!({"stateMachineVersionArn": arn, "weight": weight});
    versions.iter().map(route).collect()
}

fn refusals_of_aliases() -> Vec<Refusal> {
    let (one, two) = (format!("{MACHINE}:1"), format!("{MACHINE}:2"));
    let other = "arn:aws:states:us-east-1:210987654321:stateMachine:other:1";
    let alias = |name: &str, versions: &[(&str, u32)], description: &str| json!({"name": name, "routingConfiguration": routes(versions), "description": description});
    let routing = "ValidationException: Routing configuration must contain";
    let conflict = "ConflictException: Failed to create alias because an alias with the same name and a \
                    different routing configuration already exists.";
    let create = "CreateStateMachineAlias";
    vec![
        (
            create,
            alias("bad", &[(MACHINE, 100)], ""),
            format!("{routing} state machine version ARNs. Received: [{MACHINE}]"),
        ),
        (
            create,
            alias("bad", &[(&one, 99)], ""),
            "ValidationException: Sum of routing configuration weights must equal 100. Received: [99]"
                .to_owned(),
        ),
        (
            create,
            alias("bad", &[(&one, 50), (other, 50)], ""),
            format!(
                "{routing} state machine version ARNs for the same state machine. Received: [{one}, \
                 {other}]"
            ),
        ),
        (
            create,
            alias("bad", &[(&one, 50), (&one, 50)], ""),
            format!("{routing} distinct state machine version ARNs. Received: [{one}, {one}]"),
        ),
        (
            create,
            alias("123", &[(&one, 100)], ""),
            "ValidationException: 1 validation error detected: Value '123' at 'name' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: \
             ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"
                .to_owned(),
        ),
        (create, alias("live", &[(&two, 100)], "initial-route"), conflict.to_owned()),
        (create, alias("live", &[(&one, 100)], "changed"), conflict.to_owned()),
        (
            "UpdateStateMachineAlias",
            json!({"stateMachineAliasArn": format!("{MACHINE}:live")}),
            "ValidationException: Either description or routing configuration must be specified"
                .to_owned(),
        ),
        (
            "UpdateStateMachineAlias",
            json!({"stateMachineAliasArn": format!("{MACHINE}:live"),
                "routingConfiguration": routes(&[(&two, 42)])}),
            "ValidationException: Sum of routing configuration weights must equal 100. Received: [42]"
                .to_owned(),
        ),
        (
            "DeleteStateMachineVersion",
            json!({"stateMachineVersionArn": one}),
            "ConflictException: Version to be deleted must not be referenced by an alias. Current list \
             of aliases referencing this version: [live]"
                .to_owned(),
        ),
    ]
}

fn refusals_of_updates() -> Vec<Refusal> {
    let bad = r#"{"StartAt":"Missing","States":{"A":{"Type":"Pass","Next":"Unknown"},"B":{"Type":"Wait","Seconds":-1,"End":true}}}"#;
    let invalid = "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: \
                   Minimum value is 0 at /States/B/Seconds, MISSING_TRANSITION_TARGET: Missing 'Next' \
                   target: Missing at /StartAt, MISSING_TRANSITION_TARGET: Missing 'Next' target: \
                   Unknown at /States/A/Next, MISSING_TRANSITION_TARGET: State \"A\" is not reachable. \
                   at /States/A, MISSING_TRANSITION_TARGET: State \"B\" is not reachable. at /States/B'";
    let nothing = "MissingRequiredParameter: Either the definition, the role ARN, the \
                   LoggingConfiguration, or the TracingConfiguration must be specified";
    let update = "UpdateStateMachine";
    let tag =
        |arn: &str, key: &str| json!({"resourceArn": arn, "tags": [{"key": key, "value": "v"}]});
    let version = format!("{MACHINE}:1");
    let equal: Value = serde_json::from_str(first()).expect("it is JSON");
    let exists = format!("StateMachineAlreadyExists: State Machine Already Exists: '{MACHINE}'");
    let mut express = creation("m", first());
    express["type"] = json!("EXPRESS");
    vec![
        ("CreateStateMachine", creation("m", &equal.to_string()), exists.clone()),
        ("CreateStateMachine", express, exists),
        ("CreateStateMachine", creation("bad", bad), invalid.to_owned()),
        (update, json!({"stateMachineArn": MACHINE}), nothing.to_owned()),
        (
            update,
            json!({"stateMachineArn": MACHINE, "versionDescription": "not published"}),
            nothing.to_owned(),
        ),
        (update, json!({"stateMachineArn": MACHINE, "definition": bad}), invalid.to_owned()),
        (
            update,
            json!({"stateMachineArn": version, "definition": second()}),
            format!("StateMachineDoesNotExist: State Machine Does Not Exist: '{version}'"),
        ),
        (
            "TagResource",
            tag(&version, "Version"),
            format!("ResourceNotFound: Resource not found: '{version}'"),
        ),
        (
            "TagResource",
            tag(MACHINE, "aws:OwnedProbe"),
            "AccessDeniedException: Caller is an end user and not allowed to mutate system tags"
                .to_owned(),
        ),
    ]
}

#[tokio::test]
async fn a_machine_lives_as_recorded() {
    let mut client = client().await;
    let created = ask(&mut client, "CreateStateMachine", creation("m", first())).await;
    ask(&mut client, "CreateStateMachine", creation("other", first())).await;
    let (one, two) = (format!("{MACHINE}:1"), format!("{MACHINE}:2"));
    assert_eq!(created["stateMachineVersionArn"], one);
    let mut again = creation("m", first());
    again["roleArn"] = json!("arn:aws:iam::210987654321:role/another");
    again["tags"] = json!([{"key": "Mode", "value": "different"}]);
    assert_eq!(ask(&mut client, "CreateStateMachine", again).await, created);
    let described = ask(&mut client, "DescribeStateMachine", json!({"stateMachineArn": one})).await;
    assert_eq!(described["definition"], first());
    assert_eq!(described["description"], "initial");
    assert_eq!(described["roleArn"], "arn:aws:iam::210987654321:role/r");
    for (arn, tags) in [(MACHINE, json!([{"key": "Mode", "value": "initial"}])), (&one, json!([]))]
    {
        let listed = ask(&mut client, "ListTagsForResource", json!({"resourceArn": arn})).await;
        assert_eq!(listed, json!({"tags": tags}), "{arn}");
    }
    for (operation, request, told) in refusals_of_updates() {
        assert_eq!(refused(&mut client, operation, request).await, told);
    }
    let update = json!({"stateMachineArn": MACHINE, "definition": second(), "publish": true,
        "versionDescription": "second"});
    let updated = ask(&mut client, "UpdateStateMachine", update).await;
    assert_eq!(updated["stateMachineVersionArn"], two);
    let same = json!({"stateMachineArn": MACHINE, "definition": second()});
    let same = ask(&mut client, "UpdateStateMachine", same).await;
    assert_eq!(same["revisionId"], updated["revisionId"]);
    assert_eq!(same["updateDate"], updated["updateDate"]);
    let publish = json!({"stateMachineArn": MACHINE, "revisionId": updated["revisionId"],
        "description": "different"});
    let published = ask(&mut client, "PublishStateMachineVersion", publish).await;
    assert_eq!(published["stateMachineVersionArn"], two);
    let alias = json!({"name": "live", "routingConfiguration": routes(&[(&one, 100)]),
        "description": "initial-route"});
    let live = ask(&mut client, "CreateStateMachineAlias", alias.clone()).await;
    assert_eq!(ask(&mut client, "CreateStateMachineAlias", alias).await, live);
    for (operation, request, told) in refusals_of_aliases() {
        let (_, body) = client.call(operation, &request).await;
        let is_routing = told.contains("outing configuration must c") || told.contains("Sum of");
        let reason = if is_routing { json!("INVALID_ROUTING_CONFIGURATION") } else { Value::Null };
        assert_eq!(body["reason"], reason, "{body}");
        assert_eq!(refused(&mut client, operation, request).await, told);
    }
    let reroute = json!({"stateMachineAliasArn": format!("{MACHINE}:live"),
        "routingConfiguration": routes(&[(&two, 100)])});
    ask(&mut client, "UpdateStateMachineAlias", reroute).await;
    for (arn, expected) in [(&one, 0), (&two, 1)] {
        let list = json!({"stateMachineArn": arn});
        let listed = ask(&mut client, "ListStateMachineAliases", list).await;
        assert_eq!(listed["stateMachineAliases"].as_array().map(Vec::len), Some(expected), "{arn}");
    }
    ask(&mut client, "StartExecution", json!({"stateMachineArn": one, "name": "e"})).await;
    ask(&mut client, "DeleteStateMachineVersion", json!({"stateMachineVersionArn": one})).await;
    let gone = format!("StateMachineDoesNotExist: State Machine Version Does Not Exist: '{one}'");
    for operation in ["DescribeStateMachine", "StartExecution"] {
        let request = json!({"stateMachineArn": one});
        assert_eq!(refused(&mut client, operation, request).await, gone, "{operation}");
    }
    let list = json!({"stateMachineArn": one});
    let listed = ask(&mut client, "ListExecutions", list).await;
    assert_eq!(listed["executions"][0]["stateMachineVersionArn"], one);
    let execution = json!({"executionArn": "arn:aws:states:us-east-1:210987654321:execution:m:e"});
    let of = ask(&mut client, "DescribeStateMachineForExecution", execution).await;
    assert_eq!(of["definition"], first());
}
