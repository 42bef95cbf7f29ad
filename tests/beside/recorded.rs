//! Cases recorded from AWS, and the comparison of an answer with what AWS answered.

use std::{collections::HashMap, fs};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// One recorded case.
#[derive(Debug, Clone)]
pub struct Case {
    /// The file that it stands in.
    pub area: String,
    /// The name of the test that was recorded.
    pub id: String,
    /// JSON paths that are not compared.
    pub exempt: Vec<String>,
    /// The calls, in order.
    pub calls: Vec<Call>,
    /// What each Lambda function answered.
    pub lambdas: HashMap<String, Vec<Invocation>>,
    /// What AWS answered, by the snapshot's key.
    pub expected: Value,
}

/// One call of the Step Functions API.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation.
    pub op: String,
    /// Its request.
    pub request: Value,
    /// The status that AWS answered with.
    pub status: u64,
    /// The call was repeated until the execution was over.
    pub is_polled: bool,
}

/// What a function answered to a payload.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The payload, as JSON text.
    pub payload: String,
    /// The answer, as JSON text.
    pub result: String,
    /// The answer is a function error.
    pub is_error: bool,
    /// The function exists.
    pub is_found: bool,
}

/// Where an answer differs from the recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The place in the answer.
    pub at: String,
    /// What AWS answered there.
    pub expected: String,
    /// What was answered.
    pub actual: String,
}

/// Every recorded case of `shared/conformance`, or none where the folder is absent.
pub fn cases() -> Vec<Case> {
    let Some(folder) = crate::shared("conformance") else { return Vec::new() };
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder was there a moment ago")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|path| {
            let text = fs::read_to_string(path).expect("a recorded file can be read");
            let list: Vec<Value> = serde_json::from_str(&text).expect("a recorded file is JSON");
            let area = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            list.into_iter().map(move |case| read_case(&area, &case))
        })
        .collect()
}

/// The request of a call. A wait until so many days after the recording is one until so many days after
/// now: AWS admits it by how long it is.
fn request_of_now(case: &str, call: &Value) -> Value {
    let mut request = call["request"].clone();
    let days = case
        .split_once("test_timestamp_too_far_in_future_boundary[")
        .and_then(|(_, days)| days.trim_end_matches(']').parse::<i64>().ok());
    if let (Some(days), "StartExecution") = (days, call["op"].as_str().unwrap_or_default()) {
        let until = Timestamp::now() + SignedDuration::from_hours(24 * days);
        request["input"] = format!("{{\"start_at\": \"{until:.3}\"}}").into();
    }
    request
}

fn read_case(area: &str, case: &Value) -> Case {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    Case {
        area: area.to_owned(),
        id: text(&case["id"]).rsplit("::").next().unwrap_or_default().to_owned(),
        exempt: list(&case["exempt"]).iter().map(text).collect(),
        calls: list(&case["calls"])
            .iter()
            .map(|call| Call {
                op: text(&call["op"]),
                request: request_of_now(&text(&case["id"]), call),
                status: call["status"].as_u64().unwrap_or_default(),
                is_polled: call["poll"].as_bool().unwrap_or_default(),
            })
            .collect(),
        lambdas: case["lambdas"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, function)| {
                let invocations = list(&function["invocations"])
                    .iter()
                    .map(|invocation| Invocation {
                        payload: text(&invocation["payload"]),
                        result: text(&invocation["result"]),
                        is_error: invocation["error"].as_bool().unwrap_or_default(),
                        is_found: invocation["found"].as_bool().unwrap_or(true),
                    })
                    .collect();
                (name.clone(), invocations)
            })
            .collect(),
        expected: case["expected"].clone(),
    }
}

/// What a function answered to this payload, which is compared by content.
pub fn invocation_of<'a>(
    case: &'a Case,
    function: &str,
    payload: &Value,
) -> Option<&'a Invocation> {
    let name = function.rsplit(':').find(|part| case.lambdas.contains_key(*part))?;
    let invocations = &case.lambdas[name];
    invocations
        .iter()
        .find(|known| serde_json::from_str::<Value>(&known.payload).is_ok_and(|it| it == *payload))
        .or_else(|| invocations.first())
}

/// Shortens a history to the recorded one's length where AWS was asked for it before the
/// execution's end.
pub fn cut_where_it_still_ran(recorded: &Value, given: &mut Value) {
    let events = recorded["events"].as_array();
    let is_running = events.and_then(|events| events.last()).is_some_and(|event| {
        event["type"].as_str().is_some_and(|name| !name.starts_with("Execution"))
    });
    if is_running && let Some(given) = given["events"].as_array_mut() {
        given.truncate(events.map_or(0, Vec::len));
    }
}

/// Compares an answer with the recording, by the rules of the corpus.
pub fn compare(case: &Case, expected: &Value, actual: &Value) -> Result<(), Mismatch> {
    if case.exempt.iter().any(|path| path == "$") {
        return Ok(());
    }
    let exempt: Vec<String> = case
        .exempt
        .iter()
        .filter_map(|path| path.strip_prefix("$.."))
        .map(|path| format!("/{}", path.replace('[', "/").replace(']', "").replace('.', "/")))
        .collect();
    let mut names = HashMap::new();
    Comparison { exempt: &exempt, names: &mut names }.value("", expected, actual)
}

struct Comparison<'a> {
    /// Ends of places that are not compared: `/cause`, `/events/8/previousEventId`.
    exempt: &'a [String],
    names: &'a mut HashMap<String, String>,
}

impl Comparison<'_> {
    fn value(&mut self, at: &str, expected: &Value, actual: &Value) -> Result<(), Mismatch> {
        let differs = || Mismatch {
            at: at.to_owned(),
            expected: expected.to_string(),
            actual: actual.to_string(),
        };
        match (expected, actual) {
            // The recordings hold some documents parsed that the API gives as text.
            (Value::Object(_) | Value::Array(_), Value::String(text)) => {
                match serde_json::from_str::<Value>(text) {
                    Ok(inner) if !inner.is_string() => self.value(at, expected, &inner),
                    _ => Err(differs()),
                }
            }
            (Value::Object(wanted), Value::Object(given)) => {
                let exempt = self.exempt;
                let considered = |key: &&String| {
                    let place = format!("{at}/{key}");
                    !exempt.iter().any(|end| place.ends_with(end.as_str()))
                };
                let missing =
                    wanted.keys().filter(considered).find(|key| !given.contains_key(*key));
                let surplus =
                    given.keys().filter(considered).find(|key| !wanted.contains_key(*key));
                if missing.or(surplus).is_some() {
                    return Err(differs());
                }
                for (key, value) in wanted.iter().filter(|(key, _)| considered(key)) {
                    self.value(&format!("{at}/{key}"), value, &given[key])?;
                }
                Ok(())
            }
            (Value::Array(wanted), Value::Array(given)) if at.ends_with("/events") => {
                self.events(at, wanted, given)
            }
            (Value::Array(wanted), Value::Array(given)) if wanted.len() == given.len() => {
                for (index, (wanted, given)) in wanted.iter().zip(given).enumerate() {
                    self.value(&format!("{at}/{index}"), wanted, given)?;
                }
                Ok(())
            }
            (Value::String(wanted), _) if is_stand_in(wanted) => Ok(()),
            (Value::String(wanted), Value::String(given)) => {
                if self.text(wanted, given) {
                    Ok(())
                } else {
                    Err(differs())
                }
            }
            // A placeholder can stand for what was an object's text.
            (Value::String(wanted), _) if wanted.starts_with('<') && wanted.ends_with('>') => {
                Ok(())
            }
            (Value::Number(wanted), Value::Number(given)) if wanted.as_f64() == given.as_f64() => {
                Ok(())
            }
            _ if expected == actual => Ok(()),
            _ => Err(differs()),
        }
    }

    /// Events of parallel branches were sorted for the recording: their ids are gone, and
    /// `ParallelStateSucceeded` and `ParallelStateFailed` with them.
    fn events(&mut self, at: &str, wanted: &[Value], given: &[Value]) -> Result<(), Mismatch> {
        let is_loose = |event: &Value| !event["id"].is_number();
        if !wanted.iter().any(is_loose) {
            for (index, event) in wanted.iter().enumerate() {
                let actual = given.get(index).unwrap_or(&Value::Null);
                self.value(&format!("{at}/{index}"), event, actual)?;
            }
            return match given.get(wanted.len()) {
                None => Ok(()),
                Some(extra) => Err(Mismatch {
                    at: format!("{at}/{}", wanted.len()),
                    expected: "no further event".to_owned(),
                    actual: extra.to_string(),
                }),
            };
        }
        let fixed: Vec<&Value> = wanted.iter().map(|event| &event["id"]).collect();
        let mut loose: Vec<Value> = given
            .iter()
            .filter(|event| {
                let is_of_the_state = event["type"] == "ParallelStateSucceeded"
                    || event["type"] == "ParallelStateFailed";
                !is_of_the_state && !fixed.contains(&&event["id"])
            })
            .cloned()
            .collect();
        for (index, event) in wanted.iter().enumerate() {
            let at = format!("{at}/{index}");
            if !is_loose(event) {
                let actual = given.iter().find(|actual| actual["id"] == event["id"]);
                self.value(&at, event, actual.unwrap_or(&Value::Null))?;
                continue;
            }
            let found = loose.iter().position(|actual| {
                let mut actual = actual.clone();
                actual["id"] = event["id"].clone();
                actual["previousEventId"] = event["previousEventId"].clone();
                self.value(&at, event, &actual).is_ok()
            });
            match found {
                Some(position) => {
                    loose.remove(position);
                }
                None => {
                    return Err(Mismatch {
                        at,
                        expected: event.to_string(),
                        actual: "no such event among those of the branches".to_owned(),
                    });
                }
            }
        }
        match loose.first() {
            None => Ok(()),
            Some(extra) => Err(Mismatch {
                at: at.to_owned(),
                expected: "no further event".to_owned(),
                actual: extra.to_string(),
            }),
        }
    }

    /// Compares texts, in which `<name:1>` stands for anything, the same name for the same thing.
    fn text(&mut self, wanted: &str, given: &str) -> bool {
        let pieces = pieces(wanted);
        let mut rest = given;
        let mut pieces = pieces.iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Literal(literal) => match rest.strip_prefix(literal) {
                    Some(after) => rest = after,
                    None => return false,
                },
                Piece::Any(name) => {
                    let end = match pieces.peek() {
                        Some(Piece::Literal(next)) => match rest.find(next) {
                            Some(end) => end,
                            None => return false,
                        },
                        // The two stand for one text; the second takes it.
                        Some(Piece::Any(_)) => 0,
                        None => rest.len(),
                    };
                    let (value, after) = rest.split_at(end);
                    rest = after;
                    if name.contains(':') {
                        let known = self
                            .names
                            .entry((*name).to_owned())
                            .or_insert_with(|| value.to_owned());
                        if known != value {
                            return false;
                        }
                    }
                }
            }
        }
        rest.is_empty()
    }
}

/// Words that stand for a value of which only its presence counts.
fn is_stand_in(text: &str) -> bool {
    matches!(
        text,
        "timestamp"
            | "datetime"
            | "date"
            | "start-date"
            | "stop-date"
            | "creation-date"
            | "snf_role_arn"
            | "snf_role_arn_t0"
            | "snf_role_arn_t1"
            | "snf_role_arn_t2"
            | "sfn_role_arn"
            | "generated-uuid"
            | "RandomNumberGenerated"
    )
}

enum Piece<'a> {
    Literal(&'a str),
    Any(&'a str),
}

fn pieces(wanted: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = wanted;
    while !rest.is_empty() {
        let placeholder = rest.find('<').and_then(|start| {
            let end = rest[start..].find('>')? + start + 1;
            Some((start, end))
        });
        let named = BARE_PLACEHOLDERS
            .iter()
            .filter_map(|name| rest.find(name).map(|start| (start, start + name.len())));
        let next = placeholder.into_iter().chain(named).min_by_key(|(start, end)| {
            // Of two that begin together, the longer name.
            (*start, usize::MAX - *end)
        });
        let Some((start, end)) = next else {
            pieces.push(Piece::Literal(rest));
            break;
        };
        if start > 0 {
            pieces.push(Piece::Literal(&rest[..start]));
        }
        pieces.push(Piece::Any(&rest[start..end]));
        rest = &rest[end..];
    }
    pieces
}

/// Placeholders that the recordings hold without brackets.
const BARE_PLACEHOLDERS: &[&str] = &[
    "111111111111",
    "activity_arn",
    "lambda_function_name",
    "lambda_function_1_name",
    "lambda_function_2_name",
    "activity_arn_0",
    "activity_arn_1",
    "activity_arn_2",
    "activity_name",
    "activity_name_0",
    "activity_name_1",
    "activity_name_2",
    "sm_nonexistent_arn",
    "ssm_nonexistent_arn",
    "state_machine_alias_name",
];
