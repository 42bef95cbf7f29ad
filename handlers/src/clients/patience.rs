//! How long each client waits. Every sum stays below the time of the step that it works for.

use std::time::Duration;

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};

/// How long a client waits, and how often it tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// For a connection.
    connect: Duration,
    /// For one try, with its connection.
    attempt: Duration,
    /// How often it tries: two for a blip, the state machine does the rest.
    attempts: u32,
    /// For all tries, and the pause between them.
    operation: Duration,
}

impl Patience {
    /// For the tables, the secret and Step Functions: `CreateLead` has 10 seconds.
    pub(crate) const STEP: Self = Self::of(1_000, 2_000, 2, 5_000);
    /// For Connect, which takes most of a second: the call waits for it, and nothing else does.
    pub(crate) const CALL: Self = Self::of(2_000, 8_000, 2, 17_000);
    /// For the model: `GenerateScenario` has 10 seconds and tries once more, and the template stands
    /// behind it. A second try here would be a third.
    pub(crate) const MODEL: Self = Self::of(1_000, 6_000, 1, 6_000);
    /// Where a visitor waits for the answer.
    pub(crate) const VISITOR: Self = Self::of(500, 1_000, 2, 2_000);
    /// Where somebody on the phone waits for it.
    pub(crate) const CALLER: Self = Self::of(500, 700, 2, 1_500);

    const fn of(connect: u64, attempt: u64, attempts: u32, operation: u64) -> Self {
        Self {
            connect: Duration::from_millis(connect),
            attempt: Duration::from_millis(attempt),
            attempts,
            operation: Duration::from_millis(operation),
        }
    }

    pub(super) fn timeouts(self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.connect)
            .read_timeout(self.attempt)
            .operation_attempt_timeout(self.attempt)
            .operation_timeout(self.operation)
            .build()
    }

    pub(super) fn retries(self) -> RetryConfig {
        RetryConfig::standard().with_max_attempts(self.attempts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_hears_of_a_failure_before_its_own_time_is_up() {
        let check = |patience: Patience, seconds: u64| {
            assert!(patience.connect <= patience.attempt, "{patience:?}");
            assert!(patience.attempt <= patience.operation, "{patience:?}");
            assert!(patience.operation < Duration::from_secs(seconds), "{patience:?}");
        };
        check(Patience::STEP, 10);
        check(Patience::MODEL, 10);
        check(Patience::CALL, 30);
        check(Patience::VISITOR, 3);
        check(Patience::CALLER, 2);
    }
}
