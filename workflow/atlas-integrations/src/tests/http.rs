//! HTTP Tasks. Requests, results and errors are those that AWS was recorded with (2026-09).

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{
    harness::{at, run, task},
    peer::{Asked, Peer, Told},
};

const ARN: &str = "arn:aws:events:eu-west-1:111122223333:connection/api/1d296ce9";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:events!connection/api/x";

fn json_told(body: &Value) -> Told {
    (200, vec![("content-type", "application/json".into())], body.to_string().into())
}

/// EventBridge, Secrets Manager and the API in one.
async fn peer(
    kind: &'static str,
    secret: Value,
    api: impl Fn(&Asked) -> Told + Send + Sync + 'static,
) -> Peer {
    Peer::answering(move |asked| match asked.header("x-amz-target") {
        "AWSEvents.DescribeConnection" => {
            assert_eq!(asked.json(), json!({ "Name": "api" }));
            json_told(&json!({ "ConnectionArn": ARN, "ConnectionState": "AUTHORIZED",
                "AuthorizationType": kind, "SecretArn": SECRET }))
        }
        "secretsmanager.GetSecretValue" => {
            assert_eq!(asked.json(), json!({ "SecretId": SECRET }));
            json_told(&json!({ "SecretString": secret.to_string() }))
        }
        _ => api(asked),
    })
    .await
}

fn http(peer: &Peer, more: Value) -> Value {
    let mut parameters = json!({ "ApiEndpoint": format!("{}/v1/leads", peer.url), "Method": "POST",
        "InvocationConfig": { "ConnectionArn": ARN } });
    parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    task("http:invoke", parameters)
}

fn last(peer: &Peer) -> Asked {
    peer.all().pop().unwrap()
}

#[tokio::test]
async fn an_api_is_called_with_what_its_connection_adds() {
    let key = json!({ "api_key_name": "x-api-key", "api_key_value": "k3y",
        "invocation_http_parameters": {
            "header_parameters": [{ "key": "x-from", "value": "connection", "is_value_secret": false }],
            "query_string_parameters": [{ "key": "q", "value": "c d" }],
            "body_parameters": [{ "key": "own", "value": "yes" }],
        } });
    let oauth = |endpoint: &str| {
        json!({ "client_parameters": { "client_id": "me", "client_secret": "s" },
        "authorization_endpoint": endpoint, "http_method": "POST",
        "o_auth_http_parameters": { "body_parameters": [{ "key": "scope", "value": "leads" }] } })
    };
    let tokens = Peer::answering(|asked| {
        assert_eq!(
            asked.body,
            "grant_type=client_credentials&scope=leads&client_secret=s&client_id=me"
        );
        json_told(&json!({ "access_token": "t0ken", "token_type": "Bearer" }))
    })
    .await;
    for (kind, secret, header, value, query, body) in [
        (
            "BASIC",
            json!({ "username": "u", "password": "p" }),
            "authorization",
            "Basic dTpw",
            "",
            r#"{"n":1}"#,
        ),
        ("API_KEY", key, "x-api-key", "k3y", "?q=c%20d", r#"{"n":1,"own":"yes"}"#),
        (
            "OAUTH_CLIENT_CREDENTIALS",
            oauth(&tokens.url),
            "authorization",
            "Bearer t0ken",
            "",
            r#"{"n":1}"#,
        ),
    ] {
        let peer = peer(kind, secret, |_| json_told(&json!({ "id": 7 }))).await;
        let result =
            run(at(&peer.url), http(&peer, json!({ "RequestBody": { "n": 1 } }))).await.unwrap();
        assert_eq!(result["ResponseBody"], json!({ "id": 7 }));
        assert_eq!(result["Headers"]["content-type"], json!(["application/json"]));
        assert_eq!((&result["StatusCode"], &result["StatusText"]), (&json!(200), &json!("OK")));
        let asked = last(&peer);
        let url = format!("/v1/leads{query}");
        assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", url.as_str()));
        assert_eq!((asked.header(header), asked.body.as_str()), (value, body), "{kind}");
        assert_eq!(asked.header("content-type"), "application/json; charset=UTF-8");
        assert_eq!(asked.header("user-agent"), "Amazon|StepFunctions|HttpInvoke|eu-west-1");
        assert_eq!(asked.header("range"), "bytes=0-262144");
        let signed: Vec<String> = peer.all()[..2].iter().map(Asked::scope).collect();
        assert_eq!(
            signed,
            ["111122223333/eu-west-1/events", "111122223333/eu-west-1/secretsmanager"]
        );
    }
}

#[tokio::test]
async fn an_answer_is_a_result_or_an_error_by_its_status_and_its_type() {
    let runtime = |cause: &str| Err(("States.Runtime".to_owned(), cause.to_owned()));
    for (status, kind, body, expected) in [
        (204, "application/json", &b""[..], Ok(json!([null, 204, "No Content"]))),
        (200, "text/plain", b"plain", Ok(json!(["plain", 200, "OK"]))),
        (201, "application/problem+json; charset=utf-8", b"[1]", Ok(json!([[1], 201, "Created"]))),
        (200, "application/json", b"{broken", Ok(json!(["{broken", 200, "OK"]))),
        (206, "", b"part", Ok(json!(["part", 206, "Partial Content"]))),
        (302, "text/html", b"there", Err(("States.Http.StatusCode.302".into(), "Found".into()))),
        (403, "", b"", Err(("States.Http.StatusCode.403".into(), "Forbidden".into()))),
        (418, "", b"short", Err(("States.Http.StatusCode.418".into(), String::new()))),
        (
            200,
            "application/octet-stream",
            b"bytes",
            runtime(
                "Unsupported response content-type 'application/octet-stream'. Please see \
                 documentation for list of unsupported content-types.",
            ),
        ),
        (200, "text/plain", b"\xff", runtime("The response body cannot be read as a string.")),
    ] {
        let basic = json!({ "username": "u", "password": "p" });
        let peer = peer("BASIC", basic, move |_| {
            let kind = (!kind.is_empty()).then(|| ("content-type", kind.to_owned()));
            (status, kind.into_iter().collect(), body.to_vec())
        })
        .await;
        let got = run(at(&peer.url), http(&peer, json!({ "Method": "GET" }))).await;
        let got = got.map(|got| json!([got["ResponseBody"], got["StatusCode"], got["StatusText"]]));
        assert_eq!(got, expected, "{status} {kind}");
    }
}

#[tokio::test]
async fn a_connection_that_is_not_to_be_had_is_the_tasks_error() {
    let described = |state: &str, arn: &str| {
        json_told(&json!({ "ConnectionArn": arn, "ConnectionState": state,
            "AuthorizationType": "BASIC", "SecretArn": SECRET }))
    };
    let refused = |name: &str| -> Told {
        let body = json!({ "__type": name, "message": "No." });
        (400, Vec::new(), body.to_string().into())
    };
    let no_permissions = "No permissions to call DescribeSecret and/or GetSecretValue on the secret \
                          associated with the connection resource.";
    let missing = format!("Connection '{ARN}' does not exist.");
    for (connection, secret, error, cause) in [
        (refused("ResourceNotFoundException"), None, "ResourceNotFound", "No."),
        (described("AUTHORIZED", "another"), None, "ResourceNotFound", missing.as_str()),
        (
            described("DEAUTHORIZED", ARN),
            None,
            "InvalidConnectionState",
            "Connection 'api' is in the state DEAUTHORIZED, not AUTHORIZED.",
        ),
        (
            described("AUTHORIZING", ARN),
            None,
            "AuthInProgress",
            "Connection 'api' is being authorized.",
        ),
        (
            described("AUTHORIZED", ARN),
            Some(refused("AccessDeniedException")),
            "AccessDenied",
            no_permissions,
        ),
        (
            described("AUTHORIZED", ARN),
            Some(json_told(&json!({ "SecretString": "s3cr3t" }))),
            "InternalError",
            "The secret of the connection is no JSON object.",
        ),
    ] {
        let peer = Peer::answering(move |asked| match asked.header("x-amz-target") {
            "AWSEvents.DescribeConnection" => connection.clone(),
            _ => secret.clone().expect("nothing else is asked"),
        })
        .await;
        let failed = run(at(&peer.url), http(&peer, json!({}))).await;
        let error = format!("Events.ConnectionResource.{error}");
        assert_eq!(failed, Err((error, cause.to_owned())));
    }
}

#[tokio::test]
async fn an_api_that_does_not_answer_is_a_socket_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let peer = peer("BASIC", json!({}), |_| unreachable!("the API is elsewhere")).await;
    let task = http(&peer, json!({ "ApiEndpoint": format!("http://{address}") }));
    let cause = format!("Connect to {address} failed");
    assert_eq!(run(at(&peer.url), task).await, Err(("States.Http.Socket".to_owned(), cause)));
}

#[tokio::test]
async fn nothing_is_called_where_no_connection_can_be_looked_up() {
    let peer = Peer::start(200, &[], "").await;
    let (error, cause) = run(crate::Options::default(), http(&peer, json!({}))).await.unwrap_err();
    assert_eq!(error, "States.Runtime");
    assert!(cause.contains("set `AWS_ENDPOINT_URL_EVENTBRIDGE`"), "{cause}");
    assert!(peer.all().is_empty());
}

/// moto names a secret as AWS does, and writes into it what it was given.
#[tokio::test]
async fn connections_of_another_implementation_are_used() {
    let Some(moto) = beside::peer("ATLAS_MOTO_ENDPOINT") else { return };
    let api = Peer::answering(|asked| match asked.path.as_str() {
        "/token" => json_told(&json!({ "access_token": asked.body })),
        _ => json_told(&json!({ "authorization": asked.header("authorization"),
            "key": asked.header("x-key"), "path": asked.path })),
    })
    .await;
    let own = json!({ "QueryStringParameters": [{ "Key": "q", "Value": "1" }] });
    let oauth = json!({ "ClientParameters": { "ClientID": "me", "ClientSecret": "s" },
        "AuthorizationEndpoint": format!("{}/token", api.url), "HttpMethod": "POST" });
    let bearer = "Bearer grant_type=client_credentials&client_secret=s&client_id=me";
    for (kind, parameters, authorization, key) in [
        (
            "BASIC",
            json!({ "BasicAuthParameters": { "Username": "u", "Password": "p" } }),
            "Basic dTpw",
            "",
        ),
        (
            "API_KEY",
            json!({ "ApiKeyAuthParameters": { "ApiKeyName": "x-key", "ApiKeyValue": "k" } }),
            "",
            "k",
        ),
        ("OAUTH_CLIENT_CREDENTIALS", json!({ "OAuthParameters": oauth }), bearer, ""),
    ] {
        let mut parameters = parameters;
        parameters["InvocationHttpParameters"] = own.clone();
        let name = format!("c{}-{}", std::process::id(), kind.len());
        let create =
            json!({ "Name": name, "AuthorizationType": kind, "AuthParameters": parameters });
        let created =
            run(at(&moto), task("aws-sdk:eventbridge:createConnection", create)).await.unwrap();
        let called = http(
            &api,
            json!({
                "Method": "GET", "InvocationConfig": { "ConnectionArn": created["ConnectionArn"] },
            }),
        );
        let body = &run(at(&moto), called).await.unwrap()["ResponseBody"];
        assert_eq!(
            *body,
            json!({ "authorization": authorization, "key": key, "path": "/v1/leads?q=1" })
        );
    }
}
