//! A server in a process of its own, so that its time and its memory can be told from those of whoever
//! measures it.

use std::{
    fs,
    io::{self, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::mpsc::{Sender, channel},
    thread,
    time::{Duration, Instant},
};

use crate::failure::Failure;

/// Python takes seconds to load a server; a machine under load takes longer.
const START: Duration = Duration::from_secs(60);
/// Linux counts a process's time in hundredths of a second, whatever its clock does (`proc(5)`,
/// `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A server that ends when this is dropped.
#[derive(Debug)]
pub(super) struct ServerProcess {
    process: Child,
    pub(super) address: SocketAddr,
    /// When the process was started.
    pub(super) began: Instant,
}

impl ServerProcess {
    /// Starts one, and waits until it has said where it listens.
    pub(super) fn start(name: &str, mut command: Command) -> Result<Self, Failure> {
        let cannot = |error: io::Error| {
            Failure::ours(format_args!("cannot start the server of {name}: {error}"))
        };
        let (output, writer) = io::pipe().map_err(cannot)?;
        command.stdin(Stdio::null()).stdout(writer.try_clone().map_err(cannot)?).stderr(writer);
        let began = Instant::now();
        let process = command.spawn().map_err(cannot)?;
        // It holds the pipe's other end, and with it the reader below would never come to an end.
        drop(command);
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { process, address: unknown, began };
        let (sender, receiver) = channel();
        // Read to the end, for a server must not wait until somebody reads its log.
        thread::spawn(move || read(BufReader::new(output), &sender));
        server.address = receiver.recv_timeout(START).map_err(|_unsaid| {
            Failure::ours(format_args!("the server of {name} does not say where it listens"))
        })?;
        Ok(server)
    }

    /// The processor time that it has taken so far, where the system tells.
    pub(super) fn cpu(&self) -> Option<Duration> {
        cpu(&fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?)
    }

    /// The bytes that it holds in memory, where the system tells.
    pub(super) fn resident(&self) -> Option<u64> {
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

fn read(log: impl io::BufRead, sender: &Sender<SocketAddr>) {
    for line in log.lines().map_while(Result::ok) {
        if let Some(address) = address(&line) {
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
