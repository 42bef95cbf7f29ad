//! A folder for one test, and `atlas` at work in it.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::Value;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// A folder of its own for one test.
pub(crate) struct Folder(PathBuf);

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.0.join(name.as_ref())
    }

    pub(crate) fn write(&self, name: impl AsRef<OsStr>, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `atlas` here, with nothing on standard input.
    pub(crate) fn atlas<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Ran {
        self.atlas_reading(arguments, "")
    }

    /// Runs `atlas` here, with this on standard input.
    pub(crate) fn atlas_reading<A: AsRef<OsStr>>(&self, arguments: &[A], input: &str) -> Ran {
        run(&mut self.command(arguments), input)
    }

    /// Runs `atlas` here with these variables, and this on standard input.
    pub(crate) fn atlas_with(
        &self,
        variables: &[(String, String)],
        arguments: &[&str],
        input: &str,
    ) -> Ran {
        let mut command = self.command(arguments);
        command.envs(variables.iter().cloned());
        run(&mut command, input)
    }

    /// The command, to be started otherwise.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atlas"));
        command.args(arguments).current_dir(&self.0);
        command.env("RUST_BACKTRACE", "1").env_remove("COLUMNS").env_remove("NO_COLOR");
        command
    }
}

/// A sandbox of the outside services that ends with the test.
pub(crate) struct Sandbox {
    process: Child,
    /// Where it is reached.
    pub(crate) url: String,
    /// What it prints for whoever shall reach it.
    pub(crate) variables: Vec<(String, String)>,
}

impl Sandbox {
    /// Starts one, and waits until it answers.
    pub(crate) fn start(folder: &Folder) -> Self {
        Self::misconfigured(folder, &[])
    }

    /// The same with these things wrong with its services.
    pub(crate) fn misconfigured(folder: &Folder, planted: &[&str]) -> Self {
        let planted = planted.iter().flat_map(|name| ["--misconfigured", name]);
        let arguments: Vec<&str> =
            ["sandbox", "--listen", "127.0.0.1:0"].into_iter().chain(planted).collect();
        let mut process = folder
            .command(&arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(process.stderr.take().unwrap()).lines().map(Result::unwrap);
        let url =
            told.into_iter().find_map(|line| Some(line.strip_prefix("ready on ")?.to_owned()));
        let url = url.expect("it says where it is ready");
        // All of them were printed before it was ready; the last names the queue's countries.
        let mut variables = Vec::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
            variables.push((name.to_owned(), value.to_owned()));
            if name == "ALLOWED_COUNTRIES" {
                break;
            }
        }
        Self { process, url, variables }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs a command with this on standard input.
fn run(command: &mut Command, input: &str) -> Ran {
    run_within(PATIENCE, command, input)
}

/// Runs a command that may take so long.
pub(crate) fn run_within(patience: Duration, command: &mut Command, input: &str) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to_child = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writing = std::thread::spawn(move || {
        // A command that reads nothing closes its end.
        let _ = to_child.write_all(input.as_bytes());
    });
    let out = collect(child.stdout.take().unwrap());
    let err = collect(child.stderr.take().unwrap());
    // Both are closed when it ends.
    let collected = [out, err].map(|stream| stream.recv_timeout(patience));
    let [Ok(out), Ok(err)] = collected else {
        child.kill().unwrap();
        panic!("it did not end");
    };
    let code = child.wait().unwrap().code().expect("nothing kills it");
    writing.join().unwrap();
    Ran { code, out, err }
}

/// All that comes out of a stream, once it is closed.
fn collect(mut from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8(bytes).expect("what atlas prints is UTF-8");
        // Nobody asks any more where it took too long.
        let _ = sender.send(text);
    });
    receiver
}

impl Ran {
    /// Standard output as a JSON document.
    pub(crate) fn document(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    /// It refused in one line on stderr that holds all of these, and printed nothing else.
    #[track_caller]
    pub(crate) fn refuses(self, code: i32, words: &[&str]) {
        let said = &self.err;
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.out, "", "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("atlas: ") && said.ends_with('\n'), "{said:?}");
        for word in words {
            assert!(said.contains(word), "`{word}` is missing in {said:?}");
        }
        for word in ["panicked", "backtrace", "RUST_", "Os {"] {
            assert!(!said.contains(word), "{said}");
        }
    }
}
