//! What those ask who look whether a deployment is right, and change nothing.

use super::*;
use crate::{CredentialsKept, FlowState, KeyField, QueueState, SalesforceOptions};

/// An account in which what can be set is wrong.
fn wrong() -> Options {
    Options {
        credentials: CredentialsKept::Without("username"),
        model_access: false,
        functions_at_once: 10,
        point_in_time_recovery: false,
        contact_rule: false,
        connect: ConnectOptions {
            outbound_calls: false,
            flow: FlowState::Saved,
            queue: QueueState::WithoutCallerId,
            numbers: Vec::new(),
            concurrent_calls: Some(3),
            ..ConnectOptions::default()
        },
        ..with_table()
    }
}

fn with_table() -> Options {
    let table = json!({
        "TableName": "Table", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "k", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "k", "KeyType": "HASH" }],
    });
    Options { tables: vec![table], ..Options::default() }
}

#[tokio::test]
async fn what_belongs_to_a_deployment_is_told_as_it_was_set_up() {
    let (right, wrong) = (Client::start(with_table()).await, Client::start(wrong()).await);
    let instance = connect::INSTANCE_ID;
    let of_connect = async |client: &Client, path: String| {
        read(client.signed(Service::Connect, Method::GET, &path)).await.1
    };
    for (path, field, expected) in [
        (
            format!("/instance/{instance}"),
            "/Instance/OutboundCallsEnabled",
            [json!(true), json!(false)],
        ),
        (
            format!("/contact-flows/{instance}/{}", connect::FLOW_ID),
            "/ContactFlow/Status",
            [json!("PUBLISHED"), json!("SAVED")],
        ),
        (
            format!("/queues/{instance}/{}", connect::QUEUE_ID),
            "/Queue/OutboundCallerConfig/OutboundCallerIdNumberId",
            [json!("a7a5a4d0-0000-4000-8000-000000000555"), Value::Null],
        ),
    ] {
        let told = [of_connect(&right, path.clone()).await, of_connect(&wrong, path.clone()).await];
        let shown = told.each_ref().map(|told| told.pointer(field).cloned().unwrap_or_default());
        assert_eq!(shown, expected, "{path} {told:?}");
    }
    let queue =
        format!("arn:aws:sqs:us-east-1:000000000000:{}", ConnectOptions::default().events_queue);
    let quota = |code: &str| json!({ "ServiceCode": "connect", "QuotaCode": code });
    for (service, operation, body, field, expected) in [
        (
            Service::ServiceQuotas,
            "GetServiceQuota",
            quota("L-12AB7C57"),
            "/Quota/Value",
            [json!(10.0), json!(3.0)],
        ),
        (
            Service::ServiceQuotas,
            "GetServiceQuota",
            json!({ "ServiceCode": "lambda", "QuotaCode": "L-B99A9384" }),
            "/Quota/Value",
            [json!(1_000.0), json!(10.0)],
        ),
        (
            Service::EventBridge,
            "ListRuleNamesByTarget",
            json!({ "TargetArn": queue }),
            "/RuleNames",
            [json!(["AtlasEngine-ContactEvents"]), json!([])],
        ),
        (
            Service::DynamoDb,
            "DescribeContinuousBackups",
            json!({ "TableName": "Table" }),
            "/ContinuousBackupsDescription/PointInTimeRecoveryDescription/PointInTimeRecoveryStatus",
            [json!("ENABLED"), json!("DISABLED")],
        ),
    ] {
        let told = [
            right.call(service, operation, body.clone()).await.1,
            wrong.call(service, operation, body).await.1,
        ];
        let shown = told.each_ref().map(|told| told.pointer(field).cloned().unwrap_or_default());
        assert_eq!(shown, expected, "{operation} {told:?}");
    }
    let missing = json!({ "TableName": "Another" });
    let (_, told) = right.call(Service::DynamoDb, "DescribeContinuousBackups", missing).await;
    assert!(told["__type"].as_str().unwrap().ends_with("#TableNotFoundException"), "{told}");
    let (status, _) = right.call(Service::ServiceQuotas, "GetServiceQuota", quota("L-0")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let asked = json!({ "SecretId": "atlas/salesforce" });
    let (_, told) = wrong.call(Service::SecretsManager, "GetSecretValue", asked).await;
    let secret: Value = serde_json::from_str(told["SecretString"].as_str().unwrap()).unwrap();
    assert!(secret["privateKey"].is_string() && secret["username"].is_null());
    let asked = json!({ "messages": [{ "role": "user", "content": [{ "text": "Hello" }] }] });
    let path = "/model/us.anthropic.claude-haiku-4-5/converse";
    let (status, told) =
        read(wrong.signed(Service::Bedrock, Method::POST, path).json(&asked)).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
}

#[tokio::test]
async fn sts_speaks_forms_and_xml() {
    let client = Client::start(Options::default()).await;
    let ask = async |form: &'static str| {
        let request = client.signed(Service::Sts, Method::POST, "/").body(form);
        request.send().await.unwrap().text().await.unwrap()
    };
    let told = ask("Action=GetCallerIdentity&Version=2011-06-15").await;
    assert!(told.contains("<Account>000000000000</Account>"), "{told}");
    for wrong in [
        "Action=GetCallerIdentity",
        "Action=GetCallerIdentity&Version=2011-06-15&More=1",
        "Action=AssumeRole&Version=2011-06-15",
    ] {
        let told = ask(wrong).await;
        assert!(told.starts_with("<ErrorResponse"), "{told}");
    }
    assert!(ask("").await.starts_with("no service"));
}

#[tokio::test]
async fn an_org_tells_its_versions_its_limits_and_its_lead() {
    let key_field = async |key_field: KeyField| {
        let salesforce = SalesforceOptions { key_field, ..SalesforceOptions::default() };
        let client = Client::start(Options { salesforce, ..Options::default() }).await;
        let token = client.token().await;
        let ask = async |path: &str| {
            let request = client.request(Method::GET, &format!("/services/data{path}"));
            read(request.bearer_auth(&token)).await.1
        };
        let (_, versions) = read(client.request(Method::GET, "/services/data")).await;
        assert_eq!(versions.as_array().unwrap().last().unwrap()["version"], "66.0");
        assert_eq!(ask("/v66.0/limits").await["DailyApiRequests"]["Max"], 100_000);
        let lead = ask("/v66.0/sobjects/Lead/describe").await;
        assert_eq!(lead["createable"], true);
        let fields = lead["fields"].as_array().unwrap();
        let key = fields.iter().find(|field| field["name"] == "Interaction_Key__c");
        let flag = |field: &Value, name: &str| field[name].as_bool().unwrap();
        key.map(|key| (flag(key, "externalId"), flag(key, "unique"), flag(key, "createable")))
    };
    for (defined, expected) in [
        (KeyField::UniqueExternalId, Some((true, true, true))),
        (KeyField::NotUnique, Some((true, false, true))),
        (KeyField::PlainText, Some((false, false, true))),
        (KeyField::ReadOnly, Some((true, true, false))),
        (KeyField::Absent, None),
    ] {
        assert_eq!(key_field(defined).await, expected, "{defined:?}");
    }
}

#[tokio::test]
async fn the_variables_of_a_deployment_are_told_with_the_address_that_they_were_asked_at() {
    let client = Client::start(Options::default()).await;
    let asked_at = async |host: &str| {
        let request = client.request(Method::GET, "/_atlas/environment").header("host", host);
        let (status, told) = read(request).await;
        assert_eq!(status, 200);
        told
    };
    let own = client.sandbox.base_url().strip_prefix("http://").unwrap();
    let told = asked_at(own).await;
    assert_eq!(told["AWS_REGION"], Sandbox::REGION);
    assert_eq!(told["AWS_ENDPOINT_URL_SQS"], client.sandbox.base_url());
    let variables = [
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("QUEUE", client.sandbox.queue_url("q")),
        ("OTHER", format!("{}1/", client.sandbox.base_url())),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value)).to_vec();
    client.sandbox.tell_environment(variables.clone());
    let told = asked_at("localhost:9999").await;
    let expected = json!({
        "AWS_REGION": "eu-central-1",
        "QUEUE": format!("http://localhost:9999/{}/q", Sandbox::ACCOUNT),
        "OTHER": variables[2].1,
    });
    assert_eq!(told, expected);
}
