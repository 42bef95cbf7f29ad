//! `atlas executions watch`: an execution and what it starts, until it has ended.

use std::{
    collections::{BTreeSet, HashMap},
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
    time::Duration,
};

use atlas_view::{
    ExecutionView,
    view::{ChildKind, Status},
};

use super::Desk;
use crate::{
    arguments::{executions::Watch, operator::Logs},
    failure::{Failure, Outcome},
    label::clean,
    operator::{Clock, Mask, Subject, portrait, say_missing},
    terminal,
};

/// How often there is something new to see: AWS lets an account read 20 histories a second.
const LOOKED_EACH: Duration = Duration::from_secs(1);
/// More of what it starts would fit on no screen.
const MOST_WATCHED: usize = 16;

pub(super) async fn run(desk: &Desk, asked: Watch) -> Outcome {
    let execution_arn = desk.execution(&asked.which).await?;
    desk.may_show("watch", &execution_arn)?;
    let mut watched = vec![Subject::of(&desk.reached, &execution_arn, &asked.which.logs).await?];
    let mut known = BTreeSet::from([execution_arn]);
    let mut screen = Screen::new();
    loop {
        let views: Vec<ExecutionView> = watched.iter().map(Subject::view).collect();
        screen.show(&watched, &views, &desk.clock.again(), desk.mask)?;
        for child in views.iter().flat_map(|view| &view.children) {
            let is_new = child.kind == ChildKind::Execution && watched.len() < MOST_WATCHED;
            // What it started may be of another account, or gone.
            if is_new
                && known.insert(child.execution_arn.clone())
                && let Ok(subject) =
                    Subject::of(&desk.reached, &child.execution_arn, &Logs::default()).await
            {
                watched.push(subject);
            }
        }
        if watched.len() > views.len() {
            continue;
        }
        let of_all = &views[0];
        if of_all.status != "RUNNING" {
            say_missing(of_all);
            return Ok(match of_all.status.as_str() {
                "SUCCEEDED" => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            });
        }
        tokio::time::sleep(LOOKED_EACH).await;
        for (subject, view) in watched.iter_mut().zip(&views) {
            if view.status == "RUNNING" {
                subject.look_again(&desk.reached, &asked.which.logs).await?;
            }
        }
    }
}

/// What was shown last.
struct Screen {
    /// None where lines are added.
    redrawn: Option<usize>,
    /// How each visit stood when a line said so.
    said: HashMap<(String, u64), Status>,
    ended: BTreeSet<String>,
}

impl Screen {
    fn new() -> Self {
        let redrawn = io::stdout().is_terminal().then_some(0);
        Self { redrawn, said: HashMap::new(), ended: BTreeSet::new() }
    }

    fn show(
        &mut self,
        subjects: &[Subject],
        views: &[ExecutionView],
        clock: &Clock,
        mask: Mask,
    ) -> Result<(), Failure> {
        match self.redrawn {
            Some(lines) => {
                let drawn = drawn(subjects, views, clock, mask);
                let mut out = io::stdout().lock();
                if lines > 0 {
                    // Up to where it begins, and away with what is there (ECMA-48: CUU, ED).
                    write!(out, "\u{1b}[{lines}A\u{1b}[J")?;
                }
                out.write_all(drawn.as_bytes())?;
                out.flush()?;
                self.redrawn = Some(drawn.lines().count());
            }
            None => self.add_lines(views, clock, mask)?,
        }
        Ok(())
    }

    /// A line for each state that stands otherwise than was said, and for each execution that has ended.
    fn add_lines(
        &mut self,
        views: &[ExecutionView],
        clock: &Clock,
        mask: Mask,
    ) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        for view in views {
            let name = clean(&view.name);
            for visit in &view.visits {
                let key = (view.execution_arn.clone(), visit.id);
                if self.said.insert(key, visit.status) == Some(visit.status) {
                    continue;
                }
                let at = clock.show(visit.exited_at.unwrap_or(visit.entered_at));
                let state = clean(&portrait::name(visit));
                let status = portrait::word(visit.status);
                let waits = visit.waits.as_ref().map(|wait| portrait::waiting(wait, clock));
                let line =
                    format!("{at}\t{name}\t{state}\t{status}\t{}", waits.unwrap_or_default());
                writeln!(out, "{}", line.trim_end())?;
            }
            if view.status != "RUNNING" && self.ended.insert(view.execution_arn.clone()) {
                let at = clock.show_or_none(view.ended_at);
                let why = view.failure.as_ref().and_then(|failure| failure.error.as_deref());
                let why = clean(&mask.text(why.unwrap_or_default()));
                let line = format!("{at}\t{name}\t\t{}\t{why}", view.status);
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        out.flush()?;
        Ok(())
    }
}

/// All of them, cut to what the terminal shows.
fn drawn(subjects: &[Subject], views: &[ExecutionView], clock: &Clock, mask: Mask) -> String {
    let width = terminal::width();
    let (mut text, mut head) = (String::new(), 0);
    for (subject, view) in subjects.iter().zip(views) {
        text.push_str(&portrait::head(subject, view, clock, mask));
        if head == 0 {
            head = text.lines().count();
        }
        text.push_str(&portrait::states(view, clock, mask).drawn(width));
    }
    fitted(&text, head, width, terminal::height())
}

/// No line is broken by the terminal, where it would count as two, and there are no more than it has: the head
/// stays, and of what is below it the end.
fn fitted(text: &str, head: usize, width: usize, height: usize) -> String {
    let mut lines: Vec<String> =
        text.lines().map(|line| line.chars().take(width).collect()).collect();
    // Something of the states is seen below the longest head.
    let head = head.min(height / 2);
    if lines.len() > height {
        lines.drain(head..lines.len() - (height - head));
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_and_the_end_fit_on_the_terminal() {
        let text = format!("RUNNING: a of B\n  arn       {}\n1\n2\n3\n4\n5\n", "x".repeat(200));
        let cut = format!("RUNNING: a of B\n  arn       {}\n", "x".repeat(68));
        assert_eq!(fitted(&text, 2, 80, 5), format!("{cut}3\n4\n5\n"));
        assert_eq!(fitted(&text, 2, 80, 40), format!("{cut}1\n2\n3\n4\n5\n"));
        assert_eq!(fitted("a\nb\nc\nd\n", 4, 80, 3), "a\nc\nd\n");
    }
}
