//! An account that `atlas executions` is asked of.

use serde_json::{Value, json};

use crate::{
    harness::{Folder, Ran},
    server::ask,
};

/// An endpoint, and whoever asks there.
pub(super) struct Account<'a> {
    pub(super) folder: &'a Folder,
    pub(super) url: String,
    pub(super) more: Vec<(String, String)>,
}

impl<'a> Account<'a> {
    pub(super) fn new(folder: &'a Folder, url: impl Into<String>) -> Self {
        Self { folder, url: url.into(), more: Vec::new() }
    }

    /// `atlas` with the endpoint, no credentials, and a state folder of its own.
    pub(super) fn atlas(&self, arguments: &[&str]) -> Ran {
        self.atlas_reading(arguments, "")
    }

    pub(super) fn atlas_reading(&self, arguments: &[&str], input: &str) -> Ran {
        let own = |name: &str, value: String| (name.to_owned(), value);
        let folder = self.folder.path("").display().to_string();
        let mut variables = vec![
            own("AWS_ENDPOINT_URL_SFN", self.url.clone()),
            own("XDG_STATE_HOME", format!("{folder}/state")),
            own("AWS_CONFIG_FILE", format!("{folder}/none")),
            own("AWS_SHARED_CREDENTIALS_FILE", format!("{folder}/none")),
            own("USER", "ada".to_owned()),
        ];
        variables.extend(self.more.iter().cloned());
        self.folder.atlas_with(&variables, arguments, input)
    }

    pub(super) fn executions(&self, arguments: &[&str]) -> Ran {
        self.atlas(&[&["executions"], arguments].concat())
    }

    /// Makes a STANDARD machine, and gives its ARN.
    pub(super) fn machine(&self, name: &str, definition: &Value) -> String {
        self.machine_of_type(name, "STANDARD", definition)
    }

    pub(super) fn machine_of_type(&self, name: &str, kind: &str, definition: &Value) -> String {
        let made = self.call(
            "CreateStateMachine",
            &json!({
                "name": name, "type": kind, "definition": definition.to_string(),
                "roleArn": "arn:aws:iam::123456789012:role/machines",
            }),
        );
        made["stateMachineArn"].as_str().unwrap().to_owned()
    }

    pub(super) fn call(&self, operation: &str, request: &Value) -> Value {
        let address = self.url.trim_start_matches("http://");
        let (status, answer) = ask(address, operation, request);
        assert!(status.contains(" 200 "), "{operation}: {status} {answer}");
        answer
    }

    /// Starts an execution, and gives its ARN.
    pub(super) fn start(&self, machine: &str, name: &str, input: &str) -> String {
        let started = ["start", machine, "--name", name, "--input", input];
        let ran = self.executions(&started).exits(0);
        ran.out.trim().to_owned()
    }

    /// Starts one, and waits until it has ended.
    pub(super) fn run(&self, machine: &str, name: &str, input: &str) -> String {
        let arn = self.start(machine, name, input);
        self.executions(&["watch", &arn]);
        arn
    }
}

/// A machine that ends at once.
pub(super) fn passes() -> Value {
    json!({ "StartAt": "Only", "States": { "Only": { "Type": "Pass", "End": true } } })
}

/// A machine that waits for long.
pub(super) fn waits() -> Value {
    json!({ "StartAt": "Long", "States": { "Long": { "Type": "Wait", "Seconds": 3600, "End": true } } })
}

/// A machine that fails.
pub(super) fn fails() -> Value {
    json!({ "StartAt": "Before", "States": {
        "Before": { "Type": "Pass", "Next": "Broken" },
        "Broken": { "Type": "Fail", "Error": "Order.Lost", "Cause": "ask ada@example.com or +14155550123" }
    } })
}
