//! Each recorded case, killed after each fact that its executions had: what the journal on disk holds
//! then comes back, and every execution of it ends as it did.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use atlas_engine::{Engine, Time};
use beside::Case;
use serde_json::json;

use crate::{
    crash_points::{CrashPoint, Disk, Stopped},
    engine_conformance::{call_all, end, engine, in_jumping_time, place},
};

/// Cases that start executions which this test does not reach, with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("test_list_executions_pagination", "lists machines first, which the API does"),
    ("test_base_lifecycle_create_invoke_describe_list", "makes an alias first, over the API"),
    (
        "test_describe_state_machine_for_execution_of_version_with_revision",
        "publishes a version first, over the API",
    ),
];

/// So many cases are tried at once: most wait for the disk.
const AT_ONCE: usize = 4;

/// What was covered.
#[derive(Debug, Default)]
struct Covered {
    cases: usize,
    executions: usize,
    points: usize,
    /// Ends that were compared.
    ends: usize,
    /// Ends that were not, because whoever stopped the execution is gone, or had not started the worker
    /// yet, or the worker never learns what came of its request.
    without_their_caller: usize,
    /// EXPRESS executions: nothing of them is kept.
    express: usize,
    starts_nothing: usize,
    left_out: BTreeSet<String>,
    wrong: String,
}

/// An execution as it ended: its status, and its history without what is another each time.
type Told = (String, Vec<String>);

#[test]
fn every_execution_of_every_recorded_case_comes_back_from_each_of_its_facts() {
    let cases = beside::cases();
    let next = Mutex::new(cases.iter());
    let covered = Mutex::new(Covered::default());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(case) = next.lock().unwrap().next() else { break };
                    check(case, &covered);
                }
            });
        }
    });
    let covered = covered.into_inner().unwrap();
    let wrong = &covered.wrong;
    assert!(wrong.is_empty(), "{wrong}");
    println!("{covered:#?}");
    if cases.is_empty() {
        return;
    }
    let Covered { cases, executions, points, ends, left_out, .. } = covered;
    let expected = LEFT_OUT.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(left_out, expected);
    assert!(
        cases > 250 && executions > 500 && points > 700 && ends > 4_000,
        "only {ends} ends of {executions} executions at {points} points of {cases} cases"
    );
}

/// Runs a case, then goes on with it from each point at which it could have been killed.
fn check(case: &Case, covered: &Mutex<Covered>) {
    // What still runs ends with its runtime, before its disk is gone.
    let disk = Disk::new(None);
    let journal = disk.journal(&place(), true);
    let (roots, originals) = in_jumping_time(run(case, Arc::<Stopped>::clone(&journal)));
    let points = journal.points();
    {
        let mut covered = covered.lock().unwrap();
        covered.express += journal.express();
        if originals.is_empty() {
            // One that AWS refuses to start begins nowhere.
            let starts = case.calls.iter().any(|it| it.op == "StartExecution" && it.status == 200);
            if starts && journal.express() == 0 {
                covered.left_out.insert(case.id.clone());
            } else {
                covered.starts_nothing += 1;
            }
            return;
        }
        covered.cases += 1;
        covered.executions += originals.len();
        covered.points += points.len();
    }
    for (at, point) in points.iter().enumerate() {
        let disk = Disk::new(Some(point));
        let compared = in_jumping_time(come_back(case, &disk, point, &roots, &originals));
        let (ends, without_their_caller) = match compared {
            Ok(counts) => counts,
            Err(why) => {
                let of = points.len();
                let wrong = &mut covered.lock().unwrap().wrong;
                let _ = writeln!(wrong, "{} {} at {} of {of}: {why}", case.area, case.id, at + 1);
                return;
            }
        };
        let mut covered = covered.lock().unwrap();
        covered.ends += ends;
        covered.without_their_caller += without_their_caller;
    }
}

/// Runs a case: the executions that its calls start, and how each STANDARD one ended.
async fn run(case: &Case, journal: Arc<Stopped>) -> (Vec<Arc<str>>, BTreeMap<Arc<str>, Told>) {
    let (first, services) = engine(case, Arc::<Stopped>::clone(&journal));
    services.serve(Some(first.clone()));
    let called = call_all(case, &first, Time::SkippingWaits).await;
    let mut originals = BTreeMap::new();
    for arn in journal.begun() {
        end(&first, &arn).await;
        originals.insert(Arc::clone(&arn), told(&first, &arn));
    }
    services.serve(None);
    (called.map(|answers| answers.started).unwrap_or_default(), originals)
}

/// Brings everything back, and compares each end; answers with how many were compared, and how many
/// were not.
async fn come_back(
    case: &Case,
    disk: &Disk,
    point: &CrashPoint,
    roots: &[Arc<str>],
    originals: &BTreeMap<Arc<str>, Told>,
) -> Result<(usize, usize), String> {
    let (again, services) = engine(case, disk.journal(&place(), false));
    services.serve(Some(again.clone()));
    for kept in disk.kept() {
        again.recover(kept).map_err(|error| error.to_string())?;
    }
    // A worker is a machine that the case starts, too.
    let has_activity = case.calls.iter().any(|call| call.op == "CreateActivity");
    let all_begun = roots.iter().all(|root| point.begun.contains(root));
    let lacks_worker = has_activity && !all_begun || point.loses_task;
    let (mut compared, mut left) = (0, 0);
    for arn in &point.begun {
        let (status, history) = &originals[arn];
        // A worker asks again, and is told otherwise.
        let is_worker = has_activity && point.ended_task_of.as_ref().is_some_and(|of| of != arn);
        let is_stopped_later =
            status == "ABORTED" && roots.contains(arn) && !point.stopped.contains(arn);
        if lacks_worker || is_worker || is_stopped_later {
            left += 1;
            continue;
        }
        end(&again, arn).await;
        let (now_status, now) = told(&again, arn);
        let differing = now.iter().zip(history).find(|(now, then)| now != then);
        if let Some((now, then)) = differing {
            return Err(format!("{arn}\n  before {then}\n  after  {now}"));
        }
        if (&now_status, now.len()) != (status, history.len()) {
            let (now, then) = (now.len(), history.len());
            return Err(format!("{arn}: {now_status}, {now} events; was {status}, {then}"));
        }
        compared += 1;
    }
    services.serve(None);
    Ok((compared, left))
}

fn told(engine: &Engine, arn: &str) -> Told {
    let Ok(description) = engine.describe(arn) else { return ("unknown".to_owned(), Vec::new()) };
    let history = engine.history(arn).unwrap_or_default();
    let events = history.iter().map(|event| scrubbed(&event.to_json(json!(null)).to_string()));
    (description.status().to_owned(), events.collect())
}

/// Without what is another each time: the ids of requests, and when they were made.
fn scrubbed(text: &str) -> String {
    let mut scrubbed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_inside = scrubbed.ends_with(|before: char| before.is_ascii_alphanumeric());
        let varying = if is_inside { None } else { varying(rest.as_bytes()) };
        match varying {
            Some((length, name)) => {
                scrubbed.push_str(name);
                rest = &rest[length..];
            }
            None => {
                scrubbed.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    scrubbed
}

/// How long an id or a time is with which a text begins, and what it is.
fn varying(text: &[u8]) -> Option<(usize, &'static str)> {
    let has_form = |form: &[u8]| {
        text.len() >= form.len()
            && form.iter().zip(text).all(|(form, byte)| match form {
                b'x' => byte.is_ascii_hexdigit(),
                b'9' => byte.is_ascii_digit(),
                b'a' => byte.is_ascii_alphabetic(),
                form => form == byte,
            })
    };
    let forms: [(&[u8], _); 3] = [
        (b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "<uuid>"),
        (b"9999-99-99T99:99:99.999Z", "<time>"),
        (b"aaa, 99 aaa 9999 99:99:99 GMT", "<time>"),
    ];
    let of_form = forms.into_iter().find(|(form, _)| has_form(form));
    if let Some((form, name)) = of_form {
        return Some((form.len(), name));
    }
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let fraction = match text.get(digits..) {
        Some([b'.', rest @ ..]) => 1 + rest.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    // Seconds since 1970, or milliseconds.
    (digits == 10 || digits == 13).then_some((digits + fraction, "<moment>"))
}
