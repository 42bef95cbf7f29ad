//! A circuit breaker with a deadline: a model that is down is asked now and then, not by everybody.
//!
//! Closed, every question passes. After some failures in a row it opens: questions fail at once. After
//! a pause one question tries; its answer closes the breaker, its failure opens it for another pause.
//! A model that throttles or talks nonsense is not down, so neither counts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{LanguageModel, ModelError, Question};
use crate::{
    clock::Clock,
    observe::{Service, Unit, count, metric},
};

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct BreakerSettings {
    /// This many failures in a row open it.
    pub failures: u32,
    /// How long it stays open before one question tries.
    pub pause: SignedDuration,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { failures: 3, pause: SignedDuration::from_secs(10) }
    }
}

/// A model behind a breaker.
pub struct Breaker {
    model: Arc<dyn LanguageModel>,
    clock: Arc<dyn Clock>,
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Until when nobody may ask; one trial moves it on, so that a trial that is never finished does
    /// not keep the breaker open for ever.
    open_until: Option<Timestamp>,
}

impl Breaker {
    /// Puts a model behind a breaker.
    pub fn new(
        model: Arc<dyn LanguageModel>,
        clock: Arc<dyn Clock>,
        settings: BreakerSettings,
    ) -> Self {
        Self { model, clock, settings, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole between any two statements, so a panic elsewhere broke nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self) -> Result<(), ModelError> {
        let now = self.clock.now();
        let mut state = self.state();
        match state.open_until {
            Some(until) if now < until => {
                count(Service::Bedrock, "BreakerRefusals");
                Err(ModelError::Unavailable("it failed repeatedly and is given a pause".to_owned()))
            }
            Some(_) => {
                state.open_until = Some(self.pause_from(now));
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn settle(&self, answer: &Result<Value, ModelError>) {
        let now = self.clock.now();
        let mut state = self.state();
        if answer.is_err() {
            count(Service::Bedrock, "ModelFailures");
        }
        match answer {
            Ok(_) | Err(ModelError::Invalid(_)) => {
                if state.open_until.is_some() {
                    count(Service::Bedrock, "BreakerClosed");
                }
                *state = State::default();
            }
            Err(ModelError::Throttled(_)) => {}
            Err(ModelError::Unavailable(_)) => {
                state.failures = state.failures.saturating_add(1);
                if state.failures >= self.settings.failures {
                    if state.failures == self.settings.failures {
                        count(Service::Bedrock, "BreakerOpened");
                    }
                    state.open_until = Some(self.pause_from(now));
                }
            }
        }
    }

    fn pause_from(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(self.settings.pause).unwrap_or(Timestamp::MAX)
    }
}

#[async_trait]
impl LanguageModel for Breaker {
    fn id(&self) -> &str {
        self.model.id()
    }

    async fn ask(&self, question: &Question) -> Result<Value, ModelError> {
        let answer = self.ask_if_admitted(question).await;
        // Each question counts, so that the average is the share that something else has to stand in for.
        let share = if answer.is_err() { 100.0 } else { 0.0 };
        metric(Service::Bedrock, "Unanswered", share, Unit::Percent);
        answer
    }
}

impl Breaker {
    async fn ask_if_admitted(&self, question: &Question) -> Result<Value, ModelError> {
        self.admit()?;
        let answer = match tokio::time::timeout(question.deadline, self.model.ask(question)).await {
            Ok(answer) => answer,
            Err(_) => Err(ModelError::Unavailable(format!(
                "no answer within {} ms",
                question.deadline.as_millis()
            ))),
        };
        self.settle(&answer);
        answer
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        bedrock::{Topic, scenario_question},
        observe::{Line, scoped},
        test_doubles::{FakeModel, ManualClock},
    };

    #[tokio::test(start_paused = true)]
    async fn an_outage_costs_the_deadline_to_few() {
        let down = || Err(ModelError::Unavailable("503".to_owned()));
        let clock = Arc::new(ManualClock::default());
        let model = Arc::new(FakeModel::new(vec![down(), down(), down(), down(), Ok(json!({}))]));
        let breaker = Breaker::new(model.clone(), clock.clone(), BreakerSettings::default());
        let question = scenario_question(&Topic::of("pricing", &[]), "en-US");
        let check = async |after: i64, works: bool, asked: usize| {
            clock.advance(SignedDuration::from_secs(after));
            assert_eq!(breaker.ask(&question).await.is_ok(), works, "after {after} s");
            assert_eq!(model.asked(), asked, "after {after} s");
        };
        check(0, false, 1).await;
        check(0, false, 2).await;
        check(0, false, 3).await;
        check(0, false, 3).await; // open
        check(9, false, 3).await;
        check(1, false, 4).await; // the one that tries
        check(0, false, 4).await;
        check(10, true, 5).await; // closed
    }

    #[tokio::test(start_paused = true)]
    async fn the_average_of_what_is_measured_is_the_share_without_an_answer() {
        let down = || Err(ModelError::Unavailable("503".to_owned()));
        let model = Arc::new(FakeModel::new(vec![Ok(json!({})), down(), down(), down()]));
        let breaker =
            Breaker::new(model, Arc::new(ManualClock::default()), BreakerSettings::default());
        let question = scenario_question(&Topic::of("pricing", &[]), "en-US");
        let lines: Arc<Mutex<Vec<Line>>> = Arc::default();
        scoped(lines.clone(), async {
            // The last is not even asked.
            for _ in 0..5 {
                let _ = breaker.ask(&question).await;
            }
        })
        .await;
        let lines = lines.lock().unwrap();
        let shares: Vec<f64> = lines
            .iter()
            .filter_map(|line| match line {
                Line::Metric(one) if one.name == "Unanswered" => Some(one.value),
                _ => None,
            })
            .collect();
        assert_eq!(shares, [0.0, 100.0, 100.0, 100.0, 100.0]);
    }

    #[tokio::test(start_paused = true)]
    async fn throttles_and_nonsense_are_no_outage() {
        let throttled = || Err(ModelError::Throttled("429".to_owned()));
        let nonsense = || Err(ModelError::Invalid("no tool".to_owned()));
        let answers = vec![throttled(), throttled(), throttled(), nonsense(), nonsense()];
        let model = Arc::new(FakeModel::new(answers));
        let clock = Arc::new(ManualClock::default());
        let breaker = Breaker::new(model.clone(), clock, BreakerSettings::default());
        let question = scenario_question(&Topic::of("pricing", &[]), "en-US");
        for _ in 0..5 {
            breaker.ask(&question).await.unwrap_err();
        }
        assert_eq!(model.asked(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_model_that_hangs_costs_the_deadline_and_no_more() {
        let model = Arc::new(FakeModel::hanging());
        let clock = Arc::new(ManualClock::default());
        let breaker = Breaker::new(model, clock, BreakerSettings::default());
        let mut question = scenario_question(&Topic::of("pricing", &[]), "en-US");
        question.deadline = std::time::Duration::from_millis(10);
        let error = breaker.ask(&question).await.unwrap_err();
        assert!(matches!(error, ModelError::Unavailable(_)), "{error}");
    }
}
