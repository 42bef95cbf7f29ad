//! What is seen of executions, made once for as long as nothing happens to them. Only a few are
//! remembered: those that somebody looks at.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use atlas_core::{Outcome, Timestamp, history::HistoryEvent};
use atlas_engine::{Description, Engine};
use atlas_view::{Event, ExecutionView, History, Told, view};
use serde_json::{Value, json};

use super::fault::Fault;

/// So many events are remembered the views of, together.
const MOST_EVENTS: u64 = 200_000;
/// And so many views.
const MOST_VIEWS: usize = 64;

/// The views that were asked for last, the newest first.
#[derive(Default)]
pub(crate) struct Views(Mutex<VecDeque<(Key, Arc<ExecutionView>)>>);

/// An execution as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    execution_arn: Arc<str>,
    /// Another execution may have its ARN, once it is forgotten.
    started_at: Timestamp,
    events: usize,
}

/// An execution, and what is seen of it.
pub(super) struct Seen {
    pub(super) description: Description,
    pub(super) view: Arc<ExecutionView>,
}

impl Views {
    /// What is seen of an execution now.
    pub(super) fn look(&self, engine: &Engine, execution_arn: &str) -> Result<Seen, Fault> {
        let description = engine.describe(execution_arn)?;
        let mut events = 0;
        engine.history_part(execution_arn, |all| {
            events = all.len();
            &[]
        })?;
        let key = Key {
            execution_arn: Arc::clone(&description.execution_arn),
            started_at: description.started_at,
            events,
        };
        if let Some(view) = self.known(&key) {
            return Ok(Seen { description, view });
        }
        let view = view(
            &told(&description),
            &history_of(&engine.history(execution_arn)?),
            definition(&description).as_ref(),
        );
        let view = Arc::new(view);
        self.remember(Key { events: usize::try_from(view.events).unwrap_or(events), ..key }, &view);
        Ok(Seen { description, view })
    }

    /// Forgets what was seen of an execution.
    pub(super) fn forget(&self, execution_arn: &str) {
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        views.retain(|(known, _)| *known.execution_arn != *execution_arn);
    }

    fn known(&self, key: &Key) -> Option<Arc<ExecutionView>> {
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = views.iter().position(|(known, _)| known == key)?;
        let found = views.remove(place)?;
        let view = Arc::clone(&found.1);
        views.push_front(found);
        Some(view)
    }

    fn remember(&self, key: Key, view: &Arc<ExecutionView>) {
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        views.retain(|(known, _)| known.execution_arn != key.execution_arn);
        views.push_front((key, Arc::clone(view)));
        let mut events = 0;
        let fits = views.iter().take(MOST_VIEWS).take_while(|(_, view)| {
            events += view.events;
            events <= MOST_EVENTS
        });
        // One is remembered whatever its size.
        let fitting = fits.count().max(1);
        views.truncate(fitting);
    }
}

impl fmt::Debug for Views {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Views").finish_non_exhaustive()
    }
}

/// What `DescribeExecution` tells, but for the documents.
pub(super) fn told(description: &Description) -> Told {
    let failure = description.outcome.as_ref().and_then(Outcome::failure);
    let (redrive_status, redrive_status_reason) = match description.redrivable {
        Ok(()) => ("REDRIVABLE", None),
        Err(why) => ("NOT_REDRIVABLE", Some(why.to_string())),
    };
    Told {
        execution_arn: description.execution_arn.to_string(),
        name: Some(description.name.to_string()),
        state_machine_arn: Some(description.state_machine_arn.to_string()),
        status: Some(description.status().to_owned()),
        started_ms: Some(description.started_at.as_millis()),
        ended_ms: description.ended_at.map(Timestamp::as_millis),
        input: None,
        output: None,
        error: failure.and_then(|failure| failure.error.clone()),
        cause: failure.and_then(|failure| failure.cause.clone()),
        redrive_count: Some(description.redrives.len() as u64),
        redrive_status: Some(redrive_status.to_owned()),
        redrive_status_reason,
        map_run_arn: description.child_of.as_ref().map(|it| it.map_run_arn.to_string()),
        parent_arn: description.started_by.as_deref().map(str::to_owned),
    }
}

/// A history, as a view is made from it.
pub(super) fn history_of(events: &[HistoryEvent]) -> History {
    History::of(events.iter().map(|event| {
        Event::of_api(&of_api(event)).expect("the engine's events are those of the API")
    }))
}

/// An event as `GetExecutionHistory` tells it.
pub(super) fn of_api(event: &HistoryEvent) -> Value {
    event.to_json(json!(event.timestamp.as_millis() as f64 / 1000.0))
}

/// The definition that an execution runs: that of its machine, or of the processor of its map.
pub(super) fn definition(description: &Description) -> Option<Value> {
    let machine = serde_json::from_str::<Value>(&description.machine.text).ok()?;
    match &description.child_of {
        Some(child) => machine.pointer(&child.pointer).cloned(),
        None => Some(machine),
    }
}
