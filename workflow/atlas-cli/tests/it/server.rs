//! `atlas dev --data` in a process of its own, and what it is asked.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::harness::Folder;

/// `atlas dev` with an empty account that it keeps in `kept`, killed when it is dropped.
pub(crate) struct Server {
    process: Child,
    address: String,
    /// What it says before it is ready.
    pub(crate) introduction: Vec<String>,
}

impl Server {
    /// Starts one with these arguments as well.
    pub(crate) fn start(folder: &Folder, more: &[&str]) -> Self {
        Self::keeping(folder, &[&["--data", "kept"], more].concat())
    }

    /// Starts one that keeps what is asked for where these arguments say.
    pub(crate) fn keeping(folder: &Folder, arguments: &[&str]) -> Self {
        Self::with(folder, &[&["--no-sandbox"], arguments].concat())
    }

    /// Starts one with the lead-to-call machines and the services outside, in memory.
    pub(crate) fn of_pipeline(folder: &Folder, arguments: &[&str]) -> Self {
        Self::with(folder, &[&["--ephemeral"], arguments].concat())
    }

    /// The same, kept in `kept`.
    pub(crate) fn of_kept_pipeline(folder: &Folder, arguments: &[&str]) -> Self {
        Self::with(folder, &[&["--data", "kept"], arguments].concat())
    }

    fn with(folder: &Folder, arguments: &[&str]) -> Self {
        let arguments = [&["dev", "--listen", "127.0.0.1:0"], arguments].concat();
        let mut process = folder
            .command(&arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(process.stderr.take().unwrap()).lines().map(Result::unwrap);
        let mut introduction = Vec::new();
        let address = told.find_map(|line| {
            let address = line.strip_prefix("ready on http://").map(str::to_owned);
            introduction.push(line);
            address
        });
        Self { process, address: address.unwrap(), introduction }
    }

    /// The status line and the body that a request is answered with.
    pub(crate) fn ask(&self, operation: &str, request: &Value) -> (String, Value) {
        ask(&self.address, operation, request)
    }

    /// Where the Step Functions API is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the services outside are.
    pub(crate) fn services(&self) -> String {
        let said =
            self.introduction.iter().find_map(|line| line.strip_prefix("services outside: "));
        said.unwrap().split(',').next().unwrap().to_owned()
    }

    /// What a request is answered with that is not refused.
    pub(crate) fn call(&self, operation: &str, request: &Value) -> Value {
        let (status, answer) = self.ask(operation, request);
        assert_eq!(status, "HTTP/1.1 200 OK", "{operation}: {answer}");
        answer
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// As by `kill -9`.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The status line and the body that a Step Functions API answers a request with.
pub(crate) fn ask(address: &str, operation: &str, request: &Value) -> (String, Value) {
    ask_service(address, "states", &format!("AWSStepFunctions.{operation}"), request)
}

/// The same of another service.
pub(crate) fn ask_service(
    address: &str,
    service: &str,
    target: &str,
    request: &Value,
) -> (String, Value) {
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    );
    let body = request.to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: {scope}\r\n\
         X-Amz-Date: 20260101T000000Z\r\nContent-Type: application/x-amz-json-1.0\r\n\
         X-Amz-Target: {target}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), serde_json::from_str(body).unwrap())
}
