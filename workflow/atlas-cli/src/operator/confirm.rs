//! Asks before something is done that cannot be taken back.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::failure::Failure;

/// Whether it may be done: `yes` was given, or somebody at a terminal says so.
pub(crate) fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    answered(&format!("{question} [y/N] "), "--yes", |answer| {
        matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes")
    })
}

/// The same where a letter would be typed too soon: this word has to be.
pub(crate) fn confirm_typed(question: &str, word: &str, flags: &str) -> Result<(), Failure> {
    answered(&format!("{question} type `{word}` to do so: "), flags, |answer| answer == word)
}

fn answered(
    question: &str,
    flags: &str,
    is_agreed: impl FnOnce(&str) -> bool,
) -> Result<(), Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::ours(format_args!(
            "nothing was done: nobody can be asked here; expected {flags}"
        )));
    }
    let mut asking = io::stderr().lock();
    let asked = asking.write_all(question.as_bytes()).and_then(|()| asking.flush());
    let mut answer = String::new();
    asked.and_then(|()| io::stdin().lock().read_line(&mut answer).map(drop))?;
    if is_agreed(answer.trim()) { Ok(()) } else { Err(Failure::theirs("nothing was done")) }
}
