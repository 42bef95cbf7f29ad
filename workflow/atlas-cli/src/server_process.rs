//! A server in a process of its own, so that its time and its memory can be told from those of whoever
//! measures it, and so that it can be killed.

use std::{
    collections::VecDeque,
    fs,
    io::{self, BufReader},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// Python takes seconds to load a server; a machine under load takes longer.
const START: Duration = Duration::from_secs(60);
/// As many of its lines are remembered.
const MOST_SAID: usize = 40;
/// Linux counts a process's time in hundredths of a second, whatever its clock does (`proc(5)`,
/// `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A server that ends when this is dropped.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    process: Child,
    pub(crate) address: SocketAddr,
    /// When the process was started.
    pub(crate) began: Instant,
    said: Arc<Mutex<VecDeque<String>>>,
}

/// Why a server does not serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotStarted {
    #[error("cannot start the process: {0}")]
    Process(#[from] io::Error),
    #[error("it does not say where it listens; it said:\n{0}")]
    Silent(String),
    #[error("it ended with {0}; it said:\n{1}")]
    Ended(ExitStatus, String),
}

impl ServerProcess {
    /// Starts one, and waits until it has said where it listens.
    pub(crate) fn start(mut command: Command) -> Result<Self, NotStarted> {
        let (output, writer) = io::pipe()?;
        command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        let began = Instant::now();
        let process = command.spawn()?;
        // It holds the pipe's other end, and with it the reader below would never come to an end.
        drop(command);
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let said = Arc::default();
        let mut server = Self { process, address: unknown, began, said };
        let (sender, receiver) = channel();
        let said = Arc::clone(&server.said);
        // Read to the end, for a server must not wait until somebody reads its log.
        thread::spawn(move || read(BufReader::new(output), &sender, &said));
        match receiver.recv_timeout(START) {
            Ok(address) => server.address = address,
            Err(RecvTimeoutError::Timeout) => return Err(NotStarted::Silent(server.said())),
            // Nothing more can be said: it has ended.
            Err(RecvTimeoutError::Disconnected) => {
                return Err(NotStarted::Ended(server.process.wait()?, server.said()));
            }
        }
        Ok(server)
    }

    /// The last of what it said, a line each.
    pub(crate) fn said(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.process.try_wait()
    }

    /// The processor time that it has taken so far, where the system tells.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        cpu(&fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?)
    }

    /// The bytes that it holds in memory, where the system tells.
    pub(crate) fn resident(&self) -> Option<u64> {
        resident(&fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?)
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read(log: impl io::BufRead, sender: &Sender<SocketAddr>, said: &Mutex<VecDeque<String>>) {
    for line in log.lines().map_while(Result::ok) {
        let address = address(&line);
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() == MOST_SAID {
            said.pop_front();
        }
        said.push_back(line);
        drop(said);
        if let Some(address) = address {
            // Only the first is waited for.
            let _ = sender.send(address);
        }
    }
}

/// The loopback address that a line names.
fn address(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://")?;
    let end = rest.find(|it: char| !it.is_ascii_digit() && it != '.' && it != ':');
    rest[..end.unwrap_or(rest.len())].parse().ok()
}

fn cpu(stat: &str) -> Option<Duration> {
    // The name, in parentheses, may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks = |field: usize| fields.split(' ').nth(field)?.parse::<u32>().ok();
    Some(TICK * (ticks(11)? + ticks(12)?))
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_one_that_a_server_says() {
        for (line, expected) in [
            ("ready on http://127.0.0.1:8083", Some("127.0.0.1:8083")),
            ("X=http://127.0.0.1:1/ (Ctrl-C)", Some("127.0.0.1:1")),
            ("see http://example.com", None),
            ("127.0.0.1:80", None),
        ] {
            assert_eq!(address(line).map(|found| found.to_string()).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn time_and_memory_are_read_as_linux_writes_them() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 100 0 0 0 150 25 0 0 20 0 3 0 999 1000 200";
        assert_eq!(cpu(stat), Some(Duration::from_millis(1_750)));
        assert_eq!(cpu("7"), None);
        assert_eq!(resident("Name:\ta\nVmRSS:\t   12 kB\n"), Some(12_288));
        assert_eq!(resident("Name:\ta\n"), None);
    }
}
