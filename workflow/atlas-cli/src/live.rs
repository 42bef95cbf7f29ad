//! The states of a run on a terminal, as they come and go: what has ended stays, what runs is drawn
//! anew below it.

use std::{
    collections::HashMap,
    io::{self, Write},
    sync::{Arc, mpsc::Receiver},
    time::Duration,
};

use crate::{
    host::Happened,
    label::clean,
    span::SpanStatus,
    span_tracker::SpanTracker,
    tree::{Colour, tree_line},
};

/// More running states than this are counted.
const MOST_RUNNING: usize = 8;

/// Draws until nothing can happen any more.
pub(crate) fn show(happened: Receiver<Happened>, colour: Colour) -> io::Result<()> {
    let mut screen = Screen { colour, ..Screen::default() };
    while let Ok(first) = happened.recv() {
        screen.take_in(first);
        // What comes within a frame is drawn together.
        while let Ok(next) = happened.recv_timeout(Duration::from_millis(20)) {
            screen.take_in(next);
        }
        screen.draw(&mut io::stdout().lock())?;
    }
    Ok(())
}

#[derive(Default)]
struct Screen {
    executions: Vec<Followed>,
    by_arn: HashMap<Arc<str>, usize>,
    /// The machine whose states were printed last.
    last_machine: Option<usize>,
    /// Lines below what stays.
    drawn: usize,
    colour: Colour,
}

struct Followed {
    name: String,
    tracker: SpanTracker,
    printed: Vec<bool>,
}

impl Screen {
    fn take_in(&mut self, (arn, event): Happened) {
        let executions = &mut self.executions;
        let index = *self.by_arn.entry(Arc::clone(&arn)).or_insert_with(|| {
            let name = arn.split(':').nth(6).unwrap_or_default().to_owned();
            executions.push(Followed {
                tracker: SpanTracker::new(&name),
                name,
                printed: Vec::new(),
            });
            executions.len() - 1
        });
        let followed = &mut self.executions[index];
        followed.tracker.take_in(&event);
        followed.printed.resize(followed.tracker.spans.len(), false);
    }

    fn draw(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.drawn > 0 {
            write!(out, "\u{1b}[{}A\u{1b}[0J", self.drawn)?;
        }
        for (index, followed) in self.executions.iter_mut().enumerate() {
            for (span, printed) in followed.tracker.spans.iter().zip(&mut followed.printed) {
                if *printed || span.status == SpanStatus::Running {
                    continue;
                }
                if self.last_machine != Some(index) {
                    writeln!(out, "{}", clean(&followed.name))?;
                    self.last_machine = Some(index);
                }
                writeln!(out, "  {}", tree_line(span, self.colour))?;
                *printed = true;
            }
        }
        let running: Vec<String> = self
            .executions
            .iter()
            .flat_map(|followed| &followed.tracker.spans)
            .filter(|span| span.status == SpanStatus::Running)
            .map(|span| tree_line(span, self.colour))
            .collect();
        for line in running.iter().take(MOST_RUNNING) {
            writeln!(out, "  {line}")?;
        }
        self.drawn = running.len().min(MOST_RUNNING);
        if let Some(more) = running.len().checked_sub(MOST_RUNNING).filter(|more| *more > 0) {
            writeln!(out, "  … and {more} more")?;
            self.drawn += 1;
        }
        out.flush()
    }
}
