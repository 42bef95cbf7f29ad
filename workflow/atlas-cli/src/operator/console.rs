//! What an Atlas server tells beyond the Step Functions API, under `/console/api`: executions by business key,
//! and EXPRESS ones, which AWS lists nowhere.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Listed, Reached};
use crate::{failure::Failure, label::clean};

/// The executions of a key. `None` where the endpoint is no Atlas server.
pub(crate) async fn find(reached: &Reached, key: &str) -> Result<Option<Vec<Listed>>, Failure> {
    let mut query = vec![("limit", "1000")];
    // As its API does, the server keeps an account for each access key id of twelve digits.
    let credentials = reached.credentials().await;
    let own = credentials.as_ref().map(|own| own.access_key_id());
    let account = own.filter(|id| id.len() == 12 && id.bytes().all(|it| it.is_ascii_digit()));
    query.extend(account.map(|account| ("account", account)));
    query.extend(reached.config.region().map(|region| ("region", region.as_ref())));
    let body = Some(json!({ "key": key }));
    let Some(answer) = ask(reached, Method::POST, "find", &query, body).await? else {
        return Ok(None);
    };
    Ok(Some(listed(&answer)))
}

/// The executions of a machine, the newest first. `None` where the endpoint is no Atlas server.
pub(crate) async fn executions(
    reached: &Reached,
    machine_arn: &str,
    statuses: &[String],
    at_most: usize,
) -> Result<Option<Vec<Listed>>, Failure> {
    let mut listed_so_far: Vec<Listed> = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let limit = (at_most - listed_so_far.len()).min(1000).to_string();
        let mut query = vec![("machine", machine_arn), ("limit", limit.as_str())];
        query.extend(statuses.iter().map(|status| ("status", status.as_str())));
        query.extend(before.as_deref().map(|before| ("before", before)));
        let Some(answer) = ask(reached, Method::GET, "executions", &query, None).await? else {
            return Ok(None);
        };
        listed_so_far.append(&mut listed(&answer));
        before = match &answer["next"] {
            Value::String(next) => Some(next.clone()),
            Value::Number(next) => Some(next.to_string()),
            _ => None,
        };
        if before.is_none() || listed_so_far.len() >= at_most {
            return Ok(Some(listed_so_far));
        }
    }
}

/// All events of an execution in AWS's words, of an EXPRESS one too, and what `DescribeExecution` would tell.
/// `None` where the endpoint is no Atlas server.
pub(crate) async fn events(
    reached: &Reached,
    execution_arn: &str,
) -> Result<Option<Vec<Value>>, Failure> {
    let mut events = Vec::new();
    loop {
        let from = events.len().to_string();
        let query = [("arn", execution_arn), ("from", from.as_str()), ("limit", "1000")];
        let Some(mut answer) = ask(reached, Method::GET, "events", &query, None).await? else {
            return Ok(None);
        };
        let Value::Array(mut page) = answer["events"].take() else { return Ok(None) };
        if page.is_empty() {
            return Ok(Some(events));
        }
        events.append(&mut page);
        if answer["total"].as_u64().is_some_and(|total| total <= events.len() as u64) {
            return Ok(Some(events));
        }
    }
}

/// What is told of an execution, as `DescribeExecution` would. `None` where the endpoint is no Atlas server.
pub(crate) async fn told(reached: &Reached, execution_arn: &str) -> Result<Option<Value>, Failure> {
    let query = [("arn", execution_arn), ("visits_limit", "1")];
    let answer = ask(reached, Method::GET, "execution", &query, None).await?;
    Ok(answer.map(|mut answer| in_words_of_aws(answer["told"].take())))
}

/// The console has moments in milliseconds; AWS has them in seconds, under names of its own.
fn in_words_of_aws(mut told: Value) -> Value {
    for (own, of_aws) in
        [("startedAt", "startDate"), ("endedAt", "stopDate"), ("redrivenAt", "redriveDate")]
    {
        let Some(moment) = told.as_object_mut().and_then(|fields| fields.remove(own)) else {
            continue;
        };
        if let Some(milliseconds) = moment.as_f64() {
            told[of_aws] = (milliseconds / 1000.0).into();
        }
    }
    told
}

/// The definition that an execution runs. `None` where the endpoint is no Atlas server.
pub(crate) async fn definition(
    reached: &Reached,
    execution_arn: &str,
) -> Result<Option<Value>, Failure> {
    let answer = ask(reached, Method::GET, "definition", &[("arn", execution_arn)], None).await?;
    Ok(answer.map(|mut answer| answer["definition"].take()))
}

/// What a server holds of somebody, who is named in the body: found, or erased. `None` where the endpoint is
/// no Atlas server.
pub(crate) async fn erase(reached: &Reached, asked: &Value) -> Result<Option<Value>, Failure> {
    ask(reached, Method::POST, "erase", &[], Some(asked.clone())).await
}

fn listed(answer: &Value) -> Vec<Listed> {
    answer["executions"].as_array().into_iter().flatten().map(Listed::of_console).collect()
}

/// `None` where nobody there knows the path.
async fn ask(
    reached: &Reached,
    method: Method,
    path: &str,
    query: &[(&str, &str)],
    body: Option<Value>,
) -> Result<Option<Value>, Failure> {
    let Some(endpoint) = &reached.endpoint else { return Ok(None) };
    let mut url = endpoint.clone();
    url.set_path(&format!("{}/console/api/{path}", endpoint.path().trim_end_matches('/')));
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let mut request = reqwest::Client::new().request(method, url);
    if let Some(token) = &reached.token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.map_err(|error| {
        Failure::ours(format_args!("no answer from {endpoint}: {}", error.without_url()))
    })?;
    read(response).await
}

async fn read(response: Response) -> Result<Option<Value>, Failure> {
    let status = response.status();
    let answer: Option<Value> = response.json().await.ok();
    if status.is_success() {
        return Ok(answer);
    }
    // An Atlas server says what is wrong; others know no such path, in whatever words.
    let error = answer.as_ref().and_then(|answer| answer["error"]["code"].as_str());
    match error {
        Some(code) => {
            let message = answer.as_ref().and_then(|answer| answer["error"]["message"].as_str());
            let message = clean(message.unwrap_or_default());
            let said = format!("{}: {message}", clean(code));
            Err(match status {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                    Failure::ours(format_args!("{said}; expected --token or ATLAS_TOKEN"))
                }
                _ => Failure::theirs(said),
            })
        }
        None => Ok(None),
    }
}
