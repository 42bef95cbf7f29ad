//! A function's process: how it is started, ended, and how its end is worded.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

/// Starts a process in a group of its own, so that what it starts ends with it.
///
/// Its standard input is a pipe that nothing is written to: it ends when we end, however we do.
pub(super) fn start(
    program: &Path,
    arguments: &[String],
    folder: &Path,
    variables: BTreeMap<OsString, OsString>,
) -> io::Result<Child> {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// The group of a process that has just been started.
pub(super) fn group_of(child: &Child) -> Option<Pid> {
    Pid::from_raw(i32::try_from(child.id()?).ok()?)
}

/// Kills a process and all that it started in its group.
pub(super) fn kill_group(group: Pid) {
    // What has ended already cannot be killed.
    let _ended = kill_process_group(group, Signal::KILL);
}

/// Why a binary was not started, as Lambda words it.
pub(super) fn why_not_started(program: &Path, error: &io::Error) -> String {
    let program = program.display();
    if error.kind() == io::ErrorKind::NotFound {
        return format!("Couldn't find valid bootstrap(s): [{program}]");
    }
    let said = error.to_string().to_lowercase();
    let said = said.split(" (os error").next().unwrap_or_default();
    format!("fork/exec {program}: {said}")
}

/// How a process ended, as Lambda words it; `None` where it ended well.
pub(super) fn how_it_ended(status: ExitStatus) -> Option<String> {
    if let Some(signal) = status.signal() {
        let dumped = if status.core_dumped() { " (core dumped)" } else { "" };
        return Some(match signal_name(signal) {
            Some(name) => format!("signal: {name}{dumped}"),
            None => format!("signal: signal {signal}{dumped}"),
        });
    }
    match status.code() {
        Some(0) => None,
        code => Some(format!("exit status {}", code.unwrap_or(-1))),
    }
}

/// Signals by the names that Go, in which Lambda's side is written, gives them.
fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match Signal::from_named_raw(signal)? {
        Signal::HUP => "hangup",
        Signal::INT => "interrupt",
        Signal::QUIT => "quit",
        Signal::ILL => "illegal instruction",
        Signal::TRAP => "trace/breakpoint trap",
        Signal::ABORT => "aborted",
        Signal::BUS => "bus error",
        Signal::FPE => "floating point exception",
        Signal::KILL => "killed",
        Signal::USR1 => "user defined signal 1",
        Signal::SEGV => "segmentation fault",
        Signal::USR2 => "user defined signal 2",
        Signal::PIPE => "broken pipe",
        Signal::ALARM => "alarm clock",
        Signal::TERM => "terminated",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_worded_as_lambda_words_it() {
        for (status, expected) in [
            (0, None),
            (1 << 8, Some("exit status 1")),
            (101 << 8, Some("exit status 101")),
            (9, Some("signal: killed")),
            (6 | 0x80, Some("signal: aborted (core dumped)")),
            (40, Some("signal: signal 40")),
        ] {
            assert_eq!(how_it_ended(ExitStatus::from_raw(status)).as_deref(), expected);
        }
    }

    #[test]
    fn what_cannot_be_started_is_worded_as_lambda_words_it() {
        let why = |code| why_not_started(Path::new("/f"), &io::Error::from_raw_os_error(code));
        assert_eq!(why(2), "Couldn't find valid bootstrap(s): [/f]");
        assert_eq!(why(8), "fork/exec /f: exec format error");
        assert_eq!(why(13), "fork/exec /f: permission denied");
    }
}
