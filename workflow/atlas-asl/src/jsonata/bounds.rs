//! How much an expression may use, so that a hostile one ends with an error.
//!
//! The limits are those that AWS holds, as measured with `TestState`: a range of 873,782 numbers is
//! accepted and one of 873,783 refused, a text of 2^22 characters is accepted and one of 2^23 refused.

use jsonata_core::evaluator::EvaluatorOptions;

/// The most items that one sequence may have.
pub(super) const SEQUENCE_LENGTH: usize = 873_782;

/// The most bytes that one value may hold, eight for a number.
pub(super) const VALUE_BYTES: usize = SEQUENCE_LENGTH * 8;

/// How deep an evaluation may nest, in the evaluator's own count. AWS accepts 100 levels, and the
/// evaluator counts some of them more than once; what AWS accepts must pass.
const DEPTH: usize = 400;

/// The last resort against an endless tail recursion or nested loops over long sequences, which
/// nothing but a clock can end. Far above anything that fits the other bounds.
const MILLISECONDS: u64 = 5_000;

pub(super) const MEMORY_EXCEEDED: &str =
    "Expression evaluation memory limit exceeded: Check for excessive memory usage";
pub(super) const STACK_EXCEEDED: &str = "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive";
pub(super) const TIME_EXCEEDED: &str = "Expression evaluation timeout: Check for infinite loop";

pub(super) fn options() -> EvaluatorOptions {
    EvaluatorOptions {
        timeout_ms: Some(MILLISECONDS),
        cancel: None,
        max_stack_depth: Some(DEPTH),
        max_sequence_length: Some(SEQUENCE_LENGTH),
    }
}
