//! The environment variables of a function's process (Lambda Developer Guide, "Defined runtime
//! environment variables").
//!
//! `AWS_EXECUTION_ENV` is not among them: Lambda does not set it for binaries. The trace id is in the
//! invocation alone.

use std::{collections::BTreeMap, ffi::OsString, net::SocketAddr, path::Path};

use super::settings::BinarySettings;
use crate::functions::LATEST;

/// Where programs and libraries are; all that a function sees of our own environment.
const OURS: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"];

/// What stands in it for one process.
pub(super) struct Named<'a> {
    pub(super) function: &'a str,
    pub(super) memory_megabytes: u32,
    pub(super) task_root: &'a Path,
    pub(super) log_stream: &'a str,
    pub(super) runtime_api: SocketAddr,
}

pub(super) fn of(settings: &BinarySettings, named: &Named<'_>) -> BTreeMap<OsString, OsString> {
    let mut variables: BTreeMap<OsString, OsString> = OURS
        .iter()
        .filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)))
        .collect();
    let mut set = |name: &str, value: &dyn AsRef<std::ffi::OsStr>| {
        variables.insert(name.into(), value.as_ref().to_owned());
    };
    // What the caller may set otherwise.
    set("LANG", &"en_US.UTF-8");
    set("TZ", &":UTC");
    set("AWS_REGION", &"us-east-1");
    set("AWS_DEFAULT_REGION", &"us-east-1");
    for (name, value) in &settings.variables {
        set(name, value);
    }
    if let Some(recording) = &settings.recording {
        for (name, value) in (recording.variables)(named.log_stream) {
            set(&name, &value);
        }
    }
    // What Lambda reserves.
    set("_HANDLER", &settings.handler);
    set("LAMBDA_TASK_ROOT", &named.task_root);
    set("LAMBDA_RUNTIME_DIR", &named.task_root);
    set("AWS_LAMBDA_RUNTIME_API", &named.runtime_api.to_string());
    set("AWS_LAMBDA_FUNCTION_NAME", &named.function);
    set("AWS_LAMBDA_FUNCTION_VERSION", &LATEST);
    set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &named.memory_megabytes.to_string());
    set("AWS_LAMBDA_INITIALIZATION_TYPE", &"on-demand");
    set("AWS_LAMBDA_LOG_GROUP_NAME", &format!("/aws/lambda/{}", named.function));
    set("AWS_LAMBDA_LOG_STREAM_NAME", &named.log_stream);
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lambda_reserves_is_set_over_what_the_caller_gives() {
        let mut settings = BinarySettings::new("/functions/Create");
        for (name, value) in [("AWS_REGION", "eu-west-2"), ("AWS_LAMBDA_FUNCTION_NAME", "Other")] {
            settings.variables.push((name.to_owned(), value.to_owned()));
        }
        let variables = of(
            &settings,
            &Named {
                function: "Create",
                memory_megabytes: 256,
                task_root: Path::new("/functions"),
                log_stream: "2026/11/21/[$LATEST]0",
                runtime_api: SocketAddr::from(([127, 0, 0, 1], 9_001)),
            },
        );
        let is_ours = |name: &str| OURS.contains(&name);
        let told: Vec<String> = variables
            .iter()
            .map(|(name, value)| (name.to_str().unwrap(), value.to_str().unwrap()))
            .filter(|(name, _)| !is_ours(name))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(
            told,
            [
                "AWS_DEFAULT_REGION=us-east-1",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
                "AWS_LAMBDA_FUNCTION_NAME=Create",
                "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
                "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
                "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/Create",
                "AWS_LAMBDA_LOG_STREAM_NAME=2026/11/21/[$LATEST]0",
                "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001",
                "AWS_REGION=eu-west-2",
                "LAMBDA_RUNTIME_DIR=/functions",
                "LAMBDA_TASK_ROOT=/functions",
                "LANG=en_US.UTF-8",
                "TZ=:UTC",
                "_HANDLER=bootstrap",
            ]
        );
    }
}
