//! What a path or an expression can see while it is evaluated.

use serde_json::Value;

/// The names in scope, with time and randomness as the caller wants them to be.
///
/// JSONPath sees `input` as `$`, `context` as `$$` and variables as `$name`; JSONata sees the first
/// four as `$states.input`, `$states.context`, `$states.result` and `$states.errorOutput`.
pub trait Scope {
    /// The value that `$` stands for in JSONPath, `$states.input` in JSONata.
    fn input(&self) -> &Value;
    /// The context object.
    fn context(&self) -> &Value;
    /// `$states.result`, where there is one.
    fn result(&self) -> Option<&Value>;
    /// `$states.errorOutput`, where there is one.
    fn error_output(&self) -> Option<&Value>;
    /// The workflow variable of this name.
    fn variable(&self, name: &str) -> Option<&Value>;
    /// Milliseconds since the epoch: `$now`, `$millis`.
    fn now_millis(&self) -> i64;
    /// The next random number of the execution: `$random`, `$uuid`, `States.UUID`, `States.MathRandom`.
    fn random(&self) -> u64;
}

#[cfg(test)]
pub(crate) mod fixed {
    //! A scope of given values, for tests.

    use std::cell::Cell;

    use serde_json::{Map, Value};

    use super::Scope;

    /// Holds what a test puts into it; random numbers count up from 1.
    #[derive(Default)]
    pub(crate) struct Fixed {
        pub(crate) input: Value,
        pub(crate) context: Value,
        pub(crate) variables: Map<String, Value>,
        pub(crate) random: Cell<u64>,
    }

    impl Fixed {
        pub(crate) fn of(input: Value) -> Self {
            Self { input, ..Self::default() }
        }
    }

    impl Scope for Fixed {
        fn input(&self) -> &Value {
            &self.input
        }
        fn context(&self) -> &Value {
            &self.context
        }
        fn result(&self) -> Option<&Value> {
            None
        }
        fn error_output(&self) -> Option<&Value> {
            None
        }
        fn variable(&self, name: &str) -> Option<&Value> {
            self.variables.get(name)
        }
        fn now_millis(&self) -> i64 {
            0
        }
        fn random(&self) -> u64 {
            self.random.set(self.random.get() + 1);
            self.random.get()
        }
    }
}
