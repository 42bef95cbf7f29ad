//! What one cold start took, and what is said of many.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use atlas_core::Payload;
use atlas_engine::Place;
use atlas_lambda::{
    BinarySettings, FunctionSettings, Functions, InvocationRecord, InvokeRequest, Recording,
};
use serde_json::Value;

use super::world::Broken;
use crate::bench::percentile;

/// Longer than the slowest function starts on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// All that a function is told of its memory; nobody holds it to that here.
const NAME: &str = "Measured";

/// One cold start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    /// From the start of the process until it asked for its first invocation.
    pub(crate) ready: Duration,
    /// From the start of the process until its first invocation was answered.
    pub(crate) answer: Duration,
    /// The most memory that it held until then, in MB, where the system tells it.
    pub(crate) megabytes: Option<f64>,
}

impl Sample {
    /// Starts a function, and ends it when it has answered. Gives its answer as well.
    pub(super) async fn take(
        mut binary: BinarySettings,
        event: Value,
    ) -> Result<(Self, Value), Broken> {
        let seen: Arc<Mutex<Option<InvocationRecord>>> = Arc::default();
        let noted = Arc::clone(&seen);
        binary.init_timeout = PATIENCE;
        binary.recording = Some(Recording {
            take: Arc::new(move |record| {
                *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(record);
            }),
            variables: Arc::new(|_| Vec::new()),
        });
        let settings = FunctionSettings { timeout: PATIENCE, ..FunctionSettings::default() };
        let mut functions = Functions::new();
        functions.add_binary(NAME, settings, binary).map_err(Broken::new)?;
        let name = NAME.parse().map_err(Broken::new)?;
        let request = InvokeRequest::new(name, Place::default(), Payload::from(event));
        let invoked = functions.invoke(request).await;
        functions.close().await;
        let outcome = invoked.map_err(Broken::new)?.outcome.ok_or_else(Broken::unanswered)?;
        let answer = outcome.map_err(Broken::new)?;
        let answer = answer.json().cloned().unwrap_or_default();
        let record = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        let record = record.ok_or_else(Broken::unanswered)?;
        let init = record.init.ok_or_else(Broken::unanswered)?;
        let sample = Self {
            ready: init.process + init.runtime,
            answer: record.ended_at.duration_since(init.started_at).map_err(Broken::new)?,
            megabytes: record.used_megabytes,
        };
        Ok((sample, answer))
    }
}

/// What is said of many: the median, and the tenth and the ninetieth of a hundred.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figures {
    pub(crate) runs: usize,
    pub(crate) ready: [Duration; 3],
    pub(crate) answer: [Duration; 3],
    /// The median alone: it hardly differs.
    pub(crate) megabytes: Option<f64>,
}

impl Figures {
    pub(crate) fn of(samples: &[Sample]) -> Self {
        let spread = |of: fn(&Sample) -> Duration| {
            let mut all: Vec<Duration> = samples.iter().map(of).collect();
            all.sort_unstable();
            [50, 10, 90].map(|percent| percentile(&all, percent))
        };
        let mut megabytes: Vec<f64> =
            samples.iter().filter_map(|sample| sample.megabytes).collect();
        megabytes.sort_unstable_by(f64::total_cmp);
        Self {
            runs: samples.len(),
            ready: spread(|sample| sample.ready),
            answer: spread(|sample| sample.answer),
            megabytes: megabytes.get(megabytes.len() / 2).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_slow_start_does_not_move_what_is_said() {
        let sample = |milliseconds| Sample {
            ready: Duration::from_millis(milliseconds),
            answer: Duration::from_millis(2 * milliseconds),
            megabytes: Some(8.0),
        };
        let samples: Vec<Sample> = (1..=9).map(sample).chain([sample(500)]).collect();
        let figures = Figures::of(&samples);
        assert_eq!(figures.ready, [5, 1, 9].map(Duration::from_millis));
        assert_eq!(figures.answer, [10, 2, 18].map(Duration::from_millis));
        assert_eq!((figures.runs, figures.megabytes), (10, Some(8.0)));
    }
}
