//! How much an expression may use, so that a hostile one ends with an error.
//!
//! The limits are those that users of AWS measured with `TestState` (floci-io/floci, issue 2737): a
//! range of 873,782 numbers is accepted and one of 873,783 refused, a text of 2^22 characters is
//! accepted and one of 2^23 refused, and an evaluation nests 100 levels. None is documented.

use jsonata_core::evaluator::EvaluatorOptions;

/// The most items that one sequence may have.
pub(super) const SEQUENCE_LENGTH: usize = 873_782;

/// The most bytes that one value may hold, eight for a number.
pub(super) const VALUE_BYTES: usize = SEQUENCE_LENGTH * 8;

/// The most bytes of what one evaluation makes for each item of its sequences, all of it together.
pub(super) const MADE_BYTES: usize = 8 * VALUE_BYTES;

/// How deep a value may nest that leaves the evaluator. AWS names no limit. The evaluator moves its own
/// values off the stack; what works on JSON afterwards, down to the freeing of it, does not.
pub(super) const LEVELS: usize = 1_000;

/// How deep an evaluation may nest: AWS accepts 100 levels. The evaluator does not count the
/// innermost one, nor the levels of what it compiles, so whatever AWS accepts passes.
const DEPTH: usize = 100;

/// The last resort against an endless tail recursion or nested loops over long sequences, which
/// nothing but a clock can end. Far above anything that fits the other bounds.
const MILLISECONDS: u64 = 5_000;

pub(super) const MEMORY_EXCEEDED: &str =
    "Expression evaluation memory limit exceeded: Check for excessive memory usage";
/// The end of this sentence, and all of the next, are those of JSONata's own runner: no answer of AWS
/// with them in full is at hand.
pub(super) const STACK_EXCEEDED: &str = "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive";
/// Ours: AWS's evaluator has other limits.
pub(super) const CANNOT: &str = "Expression cannot be evaluated: A number in it is out of range";
pub(super) const TIME_EXCEEDED: &str = "Expression evaluation timeout: Check for infinite loop";

pub(super) fn options() -> EvaluatorOptions {
    EvaluatorOptions {
        timeout_ms: Some(MILLISECONDS),
        cancel: None,
        max_stack_depth: Some(DEPTH),
        max_sequence_length: Some(SEQUENCE_LENGTH),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Evaluated;
    use super::super::testing::Fixed;
    use super::*;
    use serde_json::{Value, json};

    fn check(source: &str, expected: Result<Value, &str>) {
        let outcome = Fixed::new(json!({})).evaluate(source);
        match (outcome, expected) {
            (Ok(Evaluated::Value(value)), Ok(expected)) => assert_eq!(value, expected, "{source}"),
            (Err(failure), Err(expected)) => {
                assert_eq!((failure.code, failure.message.as_str()), (None, expected), "{source}");
            }
            (outcome, _) => panic!("{source}: {outcome:?}"),
        }
    }

    #[test]
    fn what_aws_accepts_passes_and_one_more_does_not() {
        let doubled = |times: usize| {
            format!(
                "$length(($p := function($s, $n) {{ $n = 0 ? $s : $p($s & $s, $n - 1) }}; $p('x', {times})))"
            )
        };
        let nested = |times: usize| {
            format!("($f := function($n) {{ $n = 0 ? 0 : 1 + $f($n - 1) }}; $f({times}))")
        };
        check("[1..873782] ~> $count()", Ok(json!(873_782)));
        check("[1..873783] ~> $count()", Err(MEMORY_EXCEEDED));
        check("$sum([1..900000])", Err(MEMORY_EXCEEDED));
        check(&doubled(22), Ok(json!(4_194_304)));
        check(&doubled(23), Err(MEMORY_EXCEEDED));
        check(&nested(31), Ok(json!(31)));
        check(&nested(40), Err(STACK_EXCEEDED));
    }

    #[test]
    fn hostile_expressions_end() {
        check("[1..9999999]", Err(MEMORY_EXCEEDED));
        check("$range(1, 9999999, 1)", Err(MEMORY_EXCEEDED));
        check("$pad('x', 3e8)", Err(MEMORY_EXCEEDED));
        check("$pad('x', -3e8)", Err(MEMORY_EXCEEDED));
        check("'x' ~> $pad(3e8)", Err(MEMORY_EXCEEDED));
        check("$reduce([1..40], function($a, $b) { $a & $a }, 'x')", Err(MEMORY_EXCEEDED));
        check("$reduce([1..40], function($a, $b) { [[$a, $a]] }, [])", Err(MEMORY_EXCEEDED));
        check("$reduce([1..100000], function($a, $b) { [[$a]] }, [])", Err(MEMORY_EXCEEDED));
        check("($f := function($x) { $x + $f($x + 1) }; $f(1))", Err(STACK_EXCEEDED));
        check("($f := function($x) { $f($x + 1) }; $f(1))", Err(TIME_EXCEEDED));
    }

    #[test]
    fn no_call_makes_more_than_one_value_may_hold() {
        let long = |call: &str| format!("($long := $pad('', 60000, 'a'); {call})");
        check(&long("$replace($long, 'a', $long)"), Err(MEMORY_EXCEEDED));
        check(&long("$replace($long, /a/, '$0' & $long)"), Err(MEMORY_EXCEEDED));
        check(&long("$long ~> $replace('a', $long)"), Err(MEMORY_EXCEEDED));
        check(&long("$length($replace($long, 'b', $long))"), Ok(json!(60_000)));
        check(&long("$length($replace($long, $replace('b', 'b', 'aa'), 'c'))"), Ok(json!(30_000)));
        check(&long("$join($split($long, ''), $long)"), Err(MEMORY_EXCEEDED));
        check(&long("$split($long, '') ~> $join($long)"), Err(MEMORY_EXCEEDED));
        check("$formatInteger(1e15, 'I')", Err(MEMORY_EXCEEDED));
        check("$formatInteger(1e15, 'i' & ';o')", Err(MEMORY_EXCEEDED));
        check("$fromMillis(0, '[f,999999999]')", Err(MEMORY_EXCEEDED));
        let longer = |call: &str| {
            let long = "$replace($pad('', 2000, 'a'), 'a', $pad('', 3000, 'b'))";
            format!("($long := {long}; {call})")
        };
        check(&longer("$count([1..900].($replace($long, 'q', 'x')))"), Err(MEMORY_EXCEEDED));
        check(&longer("$map([1..900], function() { $long })"), Err(MEMORY_EXCEEDED));
    }

    #[test]
    fn a_value_that_holds_itself_over_and_over_is_not_read_as_a_whole() {
        let held = |call: &str| {
            format!(
                "($held := $reduce([1..40], function($a, $b) {{ {{'a': $a, 'b': $a}} }}, 1); {call})"
            )
        };
        for call in [
            "$held = $held",
            "$held & ''",
            "$string($held)",
            "$count($held.**)",
            "$distinct([$held, 1])",
        ] {
            check(&held(call), Err(MEMORY_EXCEEDED));
        }
        check(&held("$type($held)"), Ok(json!("object")));
    }

    #[test]
    fn numbers_out_of_range_are_taken_for_the_last_within() {
        check("$substring('abc', 1e300)", Ok(json!("")));
        check("$substring('abc', 1, 1e300)", Ok(json!("bc")));
        check("$substring('abc', -1e300)", Ok(json!("abc")));
        check("'abc' ~> $substring(2e18)", Ok(json!("")));
        check("$fromMillis(0, '[Y,*-64]')", Err(MEMORY_EXCEEDED));
        check("$fromMillis(0, '[Y00000000000000000000]')", Err(MEMORY_EXCEEDED));
    }

    #[test]
    fn many_items_are_told_apart_at_once() {
        check("$count($distinct([1..100000]))", Ok(json!(100_000)));
        let kept = json!([1, "1", [[1]], {"a": 1, "b": 2}, null, true, 0]);
        let twice = r#"[1, "1", [[1]], {"a": 1, "b": 2}, null, true, -0, {"b": 2, "a": 1}, 0]"#;
        check(&format!("$distinct($append({twice}, [1..1]))"), Ok(kept.clone()));
        let many = format!("$append({twice}, $map([1..200], function() {{ 1 }}))");
        check(&format!("$distinct({many})"), Ok(kept));
    }
}
