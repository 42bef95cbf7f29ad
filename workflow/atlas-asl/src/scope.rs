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
