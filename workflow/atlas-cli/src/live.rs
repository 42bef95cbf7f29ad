//! The states of a run on a terminal, as they come and go: what has ended stays, what runs is drawn
//! anew below it.

use std::{
    collections::HashMap,
    io::{self, Write},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use atlas_engine::Time;

use crate::{
    failure::say,
    host::Happened,
    label::fit,
    row_budget::RowBudget,
    span::SpanStatus,
    span_tracker::SpanTracker,
    terminal,
    tree::{Colour, tree_line},
};

/// More running states than this are counted.
const MOST_RUNNING: usize = 8;
/// How often what runs is drawn again, so that its time goes on.
const TICK: Duration = Duration::from_secs(1);

/// Draws until nothing can happen any more.
///
/// What is never begun is not introduced either.
pub(crate) fn show(
    happened: &Receiver<Happened>,
    introduction: &str,
    time: Time,
) -> io::Result<()> {
    let mut introduction = Some(introduction);
    let mut screen = Screen { colour: terminal::colour(), ..Screen::default() };
    loop {
        let first = match happened.recv_timeout(TICK) {
            Ok(first) => Some(first),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if let Some(first) = first {
            if let Some(introduction) = introduction.take() {
                writeln!(io::stdout(), "{introduction}\n")?;
            }
            screen.take_in(first);
            // What comes within a frame is drawn together.
            let frame = Instant::now() + Duration::from_millis(30);
            while let Ok(next) = happened.recv_timeout(frame - Instant::now().min(frame)) {
                screen.take_in(next);
            }
        }
        let now = match time {
            Time::Real => Some(now_millis()),
            Time::SkippingWaits => None,
        };
        screen.draw(&mut io::stdout().lock(), terminal::width(), now)?;
    }
    screen.conclude(&mut io::stdout().lock())
}

fn now_millis() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

#[derive(Default)]
struct Screen {
    executions: Vec<Followed>,
    by_arn: HashMap<Arc<str>, usize>,
    /// The machine whose states were printed last.
    last_machine: Option<usize>,
    /// Lines below what stays.
    drawn: usize,
    notes: Vec<String>,
    budget: RowBudget,
    colour: Colour,
}

struct Followed {
    name: String,
    tracker: SpanTracker,
    /// Spans that have not been printed for good, by their number.
    unprinted: Vec<usize>,
    /// How many spans were ever in `unprinted`.
    seen: usize,
}

impl Screen {
    fn take_in(&mut self, happened: Happened) {
        let (arn, event) = match happened {
            Happened::Event(arn, event) => (arn, event),
            Happened::Note(note) => return self.notes.push(note),
        };
        let executions = &mut self.executions;
        let index = *self.by_arn.entry(Arc::clone(&arn)).or_insert_with(|| {
            let name = arn.split(':').nth(6).unwrap_or_default().to_owned();
            let tracker = SpanTracker::new(&name);
            executions.push(Followed { tracker, name, unprinted: Vec::new(), seen: 0 });
            executions.len() - 1
        });
        let followed = &mut self.executions[index];
        followed.tracker.take_in(&event);
        let known = followed.tracker.spans.len();
        followed.unprinted.extend(followed.seen..known);
        followed.seen = known;
    }

    /// Draws everything anew that is not there for good. `now` lets what runs show for how long.
    fn draw(&mut self, out: &mut impl Write, width: usize, now: Option<i64>) -> io::Result<()> {
        // In one piece, so that no half of it is ever seen or left behind.
        let mut text = String::new();
        if self.drawn > 0 {
            text.push_str(&format!("\u{1b}[{}A\u{1b}[0J", self.drawn));
        }
        if !self.notes.is_empty() {
            out.write_all(std::mem::take(&mut text).as_bytes())?;
            out.flush()?;
            self.notes.drain(..).for_each(|note| say(&note));
        }
        let room = width.saturating_sub(3);
        let mut running = Vec::new();
        for (index, followed) in self.executions.iter_mut().enumerate() {
            let Followed { tracker, unprinted, name, .. } = followed;
            unprinted.retain(|number| {
                let span = &tracker.spans[*number];
                if span.status == SpanStatus::Running {
                    running.push(span.clone());
                    return true;
                }
                if self.budget.shows(span) {
                    if self.last_machine != Some(index) {
                        text.push_str(&format!("{}\n", fit(name, room)));
                        self.last_machine = Some(index);
                    }
                    text.push_str(&format!("  {}\n", tree_line(span, self.colour, room)));
                }
                false
            });
        }
        if self.last_machine.is_none()
            && let Some(first) = running.first()
        {
            text.push_str(&format!("{}\n", fit(&first.machine, room)));
            self.last_machine = Some(0);
        }
        let more = running.len().saturating_sub(MOST_RUNNING);
        self.drawn = 0;
        for mut span in running.into_iter().take(MOST_RUNNING) {
            span.ended_ms = now;
            text.push_str(&format!("  {}\n", tree_line(&span, self.colour, room)));
            self.drawn += 1;
        }
        let ended = self.budget.hidden;
        for (number, what) in [(more, "running"), (ended, "ended")] {
            if number > 0 {
                text.push_str(&format!("  … and {number} more {what}\n"));
                self.drawn += 1;
            }
        }
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// What was counted stays.
    fn conclude(self, out: &mut impl Write) -> io::Result<()> {
        self.notes.iter().for_each(|note| say(note));
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use atlas_asl::model::{StateName, StateType};
    use atlas_core::{
        Payload, Timestamp,
        history::{Detail, HistoryEvent},
    };

    use super::*;

    fn entered(id: atlas_core::history::EventId, at: i64) -> Happened {
        let detail = Detail::StateEntered {
            state_type: StateType::Wait,
            name: StateName::from(format!("Wait{id}")),
            input: Payload::empty(),
        };
        let timestamp = Timestamp::from_millis(at);
        Happened::Event(
            "arn:aws:states:us-east-1:000000000000:execution:m:e".into(),
            HistoryEvent { id, previous_event_id: 0, timestamp, detail },
        )
    }

    fn drawn(screen: &mut Screen, width: usize, now: i64) -> String {
        let mut out = Vec::new();
        screen.draw(&mut out, width, Some(now)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_runs_is_drawn_over_and_many_are_counted() {
        let mut screen = Screen::default();
        screen.take_in(entered(1, 1_000));
        let first = drawn(&mut screen, 60, 3_500);
        assert!(first.contains("▸ Wait1") && first.contains("2.50 s"), "{first:?}");
        let again = drawn(&mut screen, 60, 4_500);
        assert!(again.starts_with("\u{1b}[1A\u{1b}[0J") && again.contains("3.50 s"), "{again:?}");
        (2..=20).for_each(|id| screen.take_in(entered(id, 1_000)));
        let many = drawn(&mut screen, 60, 4_500);
        assert!(many.contains("… and 12 more running"), "{many:?}");
        assert_eq!(many.lines().count(), 9, "{many:?}");
        assert!(first.starts_with("m\n"), "{first:?}");
        for line in many.lines() {
            assert!(crate::label::columns(line.trim_start_matches("\u{1b}[1A\u{1b}[0J")) <= 60);
        }
    }
}
