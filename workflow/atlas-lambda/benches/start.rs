//! How fast a function's binary starts, how much memory it takes, and how long its file is:
//!
//! ```text
//! cargo build --profile lambda -p handlers --bin UpdateLeadHandler
//! ATLAS_FUNCTION=target/lambda/UpdateLeadHandler cargo bench -p atlas-lambda
//! ```
//!
//! It is invoked with `ATLAS_FUNCTION_PAYLOAD`, or `{}`; an error is an answer too. Its environment is the
//! file that `ATLAS_FUNCTION_ENVIRONMENT` names, as `atlas sandbox` prints one. Without it everything outside
//! is a peer on loopback that knows nothing, so that the function's own start is measured.

use std::{
    env, fs,
    path::Path,
    time::{Duration, Instant},
};

use atlas_core::Payload;
use atlas_engine::Place;
use atlas_lambda::{BinarySettings, FunctionSettings, Functions, InvokeRequest};

/// How many processes are started, one after the other.
const STARTS: usize = 50;

/// What a handler does not start without.
const NEEDED: [(&str, &str); 12] = [
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "nobody"),
    ("AWS_SECRET_ACCESS_KEY", "nobody"),
    ("SALESFORCE_SECRET_ID", "salesforce"),
    ("CONNECT_INSTANCE_ID", "instance"),
    ("CONNECT_CONTACT_FLOW_ID", "flow"),
    ("BEDROCK_MODEL_ID", "model"),
    ("PHONE_HASH_KEY", "0123456789abcdef"),
    ("ATLAS_ENGINE_WORKFLOW_ARN", "arn:aws:states:us-east-1:000000000000:stateMachine:M"),
    ("RESPONSE_QUEUE_URL", "http://127.0.0.1/000000000000/responses"),
    ("CALLING_FROM", "00:00"),
    ("CALLING_UNTIL", "24:00"),
];

fn main() {
    let Some(program) = env::var_os("ATLAS_FUNCTION") else {
        println!("nothing to measure: name a function's binary in `ATLAS_FUNCTION`");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime of one thread needs nothing that could be missing");
    runtime.block_on(measure(Path::new(&program)));
}

async fn measure(program: &Path) {
    let file = fs::metadata(program).expect("`ATLAS_FUNCTION` is to name a binary");
    let payload = env::var("ATLAS_FUNCTION_PAYLOAD").unwrap_or_else(|_| "{}".to_owned());
    let payload = Payload::parse(payload).expect("`ATLAS_FUNCTION_PAYLOAD` is to be JSON");
    let variables = match env::var_os("ATLAS_FUNCTION_ENVIRONMENT") {
        Some(path) => variables_of(Path::new(&path)),
        None => nowhere().await,
    };
    let (mut cold, mut warm, mut peak, mut answer) = (Vec::new(), Vec::new(), 0, String::new());
    for _ in 0..STARTS {
        let functions = functions(program, &variables);
        let (took, answered) = invoke(&functions, &payload).await;
        cold.push(took);
        answer = answered;
        peak = peak.max(peak_of_children());
        warm.push(invoke(&functions, &payload).await.0);
        functions.close().await;
    }
    println!("{}: {answer}", program.display());
    println!("  {:<24}{:>9.2} MB", "file", file.len() as f64 / 1e6);
    println!("  {:<24}{}", "spawn to first answer", spread(cold));
    println!("  {:<24}{}", "second answer", spread(warm));
    println!("  {:<24}{:>9.2} MiB", "peak memory at the first", peak as f64 / 1_024.0);
}

/// Lines like `export NAME=value`.
fn variables_of(file: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(file).expect("`ATLAS_FUNCTION_ENVIRONMENT` is to name a file");
    let lines = text.lines().filter_map(|line| line.trim_start_matches("export ").split_once('='));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A peer that answers all that it is asked: it does not know.
async fn nowhere() -> Vec<(String, String)> {
    let unknown = || async { (axum::http::StatusCode::NOT_FOUND, "{}") };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(unknown)).await });
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut variables: Vec<_> = NEEDED.iter().map(|(name, value)| own(name, value)).collect();
    variables.push(own("AWS_ENDPOINT_URL", &format!("http://{address}")));
    variables
}

fn functions(program: &Path, variables: &[(String, String)]) -> Functions {
    let mut binary = BinarySettings::new(program);
    binary.variables.extend_from_slice(variables);
    let settings = FunctionSettings { timeout: Duration::from_secs(30), ..Default::default() };
    let mut functions = Functions::new();
    functions.add_binary("Measured", settings, binary).expect("it is the first function");
    functions
}

/// How long an invocation took, and whether it succeeded.
async fn invoke(functions: &Functions, payload: &Payload) -> (Duration, String) {
    let name = "Measured".parse().expect("it is a name");
    let request = InvokeRequest::new(name, Place::default(), payload.clone());
    let started = Instant::now();
    let invoked = functions.invoke(request).await.expect("nothing limits the function");
    let took = started.elapsed();
    let answer = match invoked.outcome.expect("who waits has an outcome") {
        Ok(_) => "answered".to_owned(),
        Err(error) => error.to_string(),
    };
    (took, answer)
}

/// The most memory, in KiB, that any process of ours has had, as `/proc` tells.
fn peak_of_children() -> u64 {
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return 0 };
    let children =
        tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
    children
        .flat_map(|children| children.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|child| {
            let status = fs::read_to_string(format!("/proc/{child}/status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().strip_suffix(" kB")?.parse().ok()
        })
        .max()
        .unwrap_or(0)
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1e3;
    format!(
        "{:>9.2} ms median, {:.2} to {:.2} from the 10th to the 90th percent",
        at(50),
        at(10),
        at(90)
    )
}
