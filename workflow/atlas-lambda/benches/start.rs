//! How fast a function's binary starts, how much memory it takes, and how long its file is:
//! `ATLAS_FUNCTION=target/release/CreateLeadHandler cargo bench -p atlas-lambda`.
//!
//! It is invoked with `ATLAS_FUNCTION_PAYLOAD`, or `{}`; an error is an answer too. Of our environment
//! it is given the variables that `ATLAS_FUNCTION_VARIABLES` names, separated by commas.

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
    let (mut cold, mut warm, mut peak, mut answer) = (Vec::new(), Vec::new(), 0, String::new());
    for _ in 0..STARTS {
        let functions = functions(program);
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

fn functions(program: &Path) -> Functions {
    let mut binary = BinarySettings::new(program);
    let names = env::var("ATLAS_FUNCTION_VARIABLES").unwrap_or_default();
    for name in names.split(',').filter(|name| !name.is_empty()) {
        let value = env::var(name).expect("`ATLAS_FUNCTION_VARIABLES` is to name variables");
        binary.variables.push((name.to_owned(), value));
    }
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
