//! The functions that Step Functions adds to JSONata, and those whose time or chance it must control.
//!
//! What each does with a missing or wrong argument is what users of AWS measured with `TestState`
//! (floci-io/floci, issue 2662); the recordings show only calls that succeed.

use std::cell::Cell;
use std::rc::Rc;

use jiff::Timestamp;
use jsonata_core::evaluator::{Evaluator, EvaluatorError};
use jsonata_core::value::JValue;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::bounds;
use super::convert::into_evaluator;
use super::guards::{self, Meter};
use super::unique_keys::parse_strictly;

type Answer = Result<JValue, EvaluatorError>;

/// Time and chance for one evaluation.
pub(super) struct Impure {
    pub(super) now_millis: i64,
    /// Where the numbers of `$random`, `$uuid` and `$shuffle` come from.
    pub(super) seed: u64,
}

/// Whether a function draws random numbers.
pub(super) fn draws(name: &str) -> bool {
    matches!(name, "random" | "uuid" | "shuffle")
}

/// Makes those of the functions known that an expression names.
pub(super) fn register<'n>(
    evaluator: &mut Evaluator,
    names: impl Iterator<Item = &'n str>,
    impure: &Impure,
) {
    let draws = Rc::new(Draws(Cell::new(impure.seed)));
    let meter = Rc::new(Meter::default());
    let now = impure.now_millis;
    for name in names {
        let known = match name {
            "partition" => evaluator.register_fn(name, partition),
            "range" => evaluator.register_fn(name, range),
            "hash" => evaluator.register_fn(name, hash),
            "parse" => evaluator.register_fn(name, parse),
            "uuid" => {
                let draws = Rc::clone(&draws);
                evaluator.register_fn(name, move |arguments: &[JValue]| uuid(arguments, &draws))
            }
            "random" => {
                let draws = Rc::clone(&draws);
                evaluator.register_fn_override(name, move |arguments: &[JValue]| {
                    random(arguments, &draws)
                })
            }
            "shuffle" => {
                let draws = Rc::clone(&draws);
                evaluator.register_fn_override(name, move |arguments: &[JValue]| {
                    shuffle(arguments, &draws)
                })
            }
            "millis" => {
                evaluator.register_fn_override(name, move |_: &[JValue]| Ok(JValue::from_i64(now)))
            }
            "now" => evaluator.register_fn_override(name, move |_: &[JValue]| instant(now)),
            // AWS switches `$eval` off, so that its name is bound to nothing.
            "eval" => evaluator.register_fn_override(name, |_: &[JValue]| {
                failed("T1006: Attempted to invoke a non-function")
            }),
            _ => match guards::find(name) {
                Some(guard) => {
                    let meter = Rc::clone(&meter);
                    evaluator
                        .register_fn(name, move |arguments: &[JValue]| guard(arguments, &meter))
                }
                None => Ok(()),
            },
        };
        known.expect("none of these functions takes part in the evaluator's compiled form");
    }
}

fn failed(message: impl Into<String>) -> Answer {
    Err(EvaluatorError::EvaluationError(message.into()))
}

fn signature(function: &str, argument: usize) -> EvaluatorError {
    EvaluatorError::TypeError(format!(
        "T0410: Argument {argument} of function \"{function}\" does not match function signature"
    ))
}

/// An argument, `None` where it is missing or undefined.
fn argument(arguments: &[JValue], index: usize) -> Option<&JValue> {
    arguments.get(index).filter(|value| !value.is_undefined())
}

fn no_more_than(arguments: &[JValue], most: usize, function: &str) -> Result<(), EvaluatorError> {
    match argument(arguments, most) {
        Some(_) => Err(signature(function, most + 1)),
        None => Ok(()),
    }
}

/// A whole number; AWS cuts a fraction off.
fn whole(value: Option<&JValue>, function: &str, index: usize) -> Result<i64, EvaluatorError> {
    let number = value.and_then(JValue::as_f64).ok_or_else(|| signature(function, index))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast cuts and saturates, as Java's does"
    )]
    let whole = number as i64;
    Ok(whole)
}

fn partition(arguments: &[JValue]) -> Answer {
    no_more_than(arguments, 2, "partition")?;
    let items = match argument(arguments, 0) {
        None => return Ok(JValue::Undefined),
        Some(JValue::Array(items)) => items,
        Some(_) => {
            return failed(
                "T0412: Argument 1 of function \"partition\" must be an array of undefined",
            );
        }
    };
    if items.is_empty() {
        return Ok(JValue::Undefined);
    }
    let size = match argument(arguments, 1) {
        None => items.len(),
        size => match usize::try_from(whole(size, "partition", 2)?) {
            Ok(0) => return Ok(JValue::Undefined),
            Ok(size) => size,
            Err(_) => return failed("D3137: Second argument must be zero or greater"),
        },
    };
    let chunks = items.chunks(size).map(|chunk| JValue::array(chunk.to_vec())).collect();
    Ok(JValue::array(chunks))
}

fn range(arguments: &[JValue]) -> Answer {
    no_more_than(arguments, 3, "range")?;
    let start = whole(argument(arguments, 0), "range", 1)?;
    let end = whole(argument(arguments, 1), "range", 2)?;
    let Some(step) = argument(arguments, 2) else {
        return Ok(JValue::Undefined);
    };
    let step = whole(Some(step), "range", 3)?;
    if step == 0 || (step > 0 && start > end) || (step < 0 && start < end) {
        return Ok(JValue::Undefined);
    }
    let count = (i128::from(end) - i128::from(start)) / i128::from(step) + 1;
    if count == 1 {
        return Ok(JValue::from_i64(start));
    }
    if usize::try_from(count).map_or(true, |count| count > bounds::SEQUENCE_LENGTH) {
        return failed(bounds::MEMORY_EXCEEDED);
    }
    let items = std::iter::successors(Some(start), |value| value.checked_add(step))
        .take(usize::try_from(count).unwrap_or(0))
        .map(JValue::from_i64)
        .collect();
    Ok(JValue::array(items))
}

fn hash(arguments: &[JValue]) -> Answer {
    no_more_than(arguments, 2, "hash")?;
    let text =
        argument(arguments, 0).and_then(JValue::as_str).ok_or_else(|| signature("hash", 1))?;
    let algorithm = match argument(arguments, 1) {
        None => return Ok(JValue::Undefined),
        Some(name) => name.as_str().ok_or_else(|| signature("hash", 2))?,
    };
    let digest = match algorithm {
        "MD5" => hexadecimal(&Md5::digest(text)),
        "SHA-1" => hexadecimal(&Sha1::digest(text)),
        "SHA-256" => hexadecimal(&Sha256::digest(text)),
        "SHA-384" => hexadecimal(&Sha384::digest(text)),
        "SHA-512" => hexadecimal(&Sha512::digest(text)),
        other => {
            return failed(format!(
                "D3137: Hash algorithm '{other}' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5"
            ));
        }
    };
    Ok(JValue::string(digest))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes every text");
        text
    })
}

/// Stricter than most readers: nothing after the value, no key twice.
fn parse(arguments: &[JValue]) -> Answer {
    no_more_than(arguments, 1, "parse")?;
    let Some(text) = argument(arguments, 0) else {
        return Ok(JValue::Undefined);
    };
    let text = text.as_str().ok_or_else(|| signature("parse", 1))?;
    match parse_strictly(text) {
        Some(value) => Ok(into_evaluator(&value)),
        None => failed("D3137: Invalid JSON"),
    }
}

fn uuid(arguments: &[JValue], draws: &Draws) -> Answer {
    no_more_than(arguments, 0, "uuid")?;
    let high = draws.next() & !0xf000 | 0x4000;
    let low = draws.next() & !(0b11 << 62) | (0b10 << 62);
    Ok(JValue::string(format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )))
}

fn random(arguments: &[JValue], draws: &Draws) -> Answer {
    no_more_than(arguments, 1, "random")?;
    let number = match argument(arguments, 0) {
        None => fraction(draws.next() >> 11),
        seed => seeded(whole(seed, "random", 1)?),
    };
    Ok(JValue::Number(number))
}

/// A number of 53 bits as a fraction of one.
#[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
fn fraction(bits: u64) -> f64 {
    bits as f64 / (1_u64 << 53) as f64
}

/// The first number that Java's generator gives for a seed, which is what AWS answers: 48 bits of
/// state, two steps for one number (`java.util.Random`, documented algorithm).
fn seeded(seed: i64) -> f64 {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;
    let step = |state: u64| state.wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
    let first = step((seed.cast_unsigned() ^ MULTIPLIER) & MASK);
    let second = step(first);
    fraction(((first >> 22) << 27) + (second >> 21))
}

fn shuffle(arguments: &[JValue], draws: &Draws) -> Answer {
    no_more_than(arguments, 1, "shuffle")?;
    let Some(value) = argument(arguments, 0) else {
        return Ok(JValue::Undefined);
    };
    let mut items = match value {
        JValue::Array(items) => items.to_vec(),
        single => vec![single.clone()],
    };
    for last in (1..items.len()).rev() {
        let below = u64::try_from(last + 1).expect("a length fits 64 bits");
        let other = usize::try_from(draws.next() % below).expect("below a length");
        items.swap(last, other);
    }
    Ok(JValue::array(items))
}

fn instant(now_millis: i64) -> Answer {
    match Timestamp::from_millisecond(now_millis) {
        Ok(now) => Ok(JValue::string(now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())),
        Err(error) => failed(error.to_string()),
    }
}

/// Numbers drawn from one seed (the SplitMix64 generator).
struct Draws(Cell<u64>);

impl Draws {
    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Evaluated;
    use super::super::testing::Fixed;
    use serde_json::{Value, json};

    /// A value, `None` for undefined, or a failure's text.
    fn check(source: &str, expected: Result<Option<Value>, &str>) {
        let outcome = Fixed::new(json!({"fst": [1, 2, 3, 4], "snd": 2})).evaluate(source);
        let outcome = match &outcome {
            Ok(Evaluated::Value(value)) => Ok(Some(value.clone())),
            Ok(Evaluated::Undefined) => Ok(None),
            Ok(Evaluated::Unsupported) => panic!("{source} gave a function"),
            Err(failure) => match &failure.code {
                Some(code) => Err(format!("{code}: {}", failure.message)),
                None => Err(failure.message.clone()),
            },
        };
        assert_eq!(outcome, expected.map_err(str::to_owned), "{source}");
    }

    #[test]
    fn partition_cuts_an_array() {
        let source = "$partition($states.input.fst, $states.input.snd)";
        check(source, Ok(Some(json!([[1, 2], [3, 4]]))));
        check("$partition([1, 2, 3], 2.9)", Ok(Some(json!([[1, 2], [3]]))));
        check("$partition([1, 2])", Ok(Some(json!([[1, 2]]))));
        check("$partition([], 2)", Ok(None));
        check("$partition([1], -0.5)", Ok(None));
        check("$partition([1], -2)", Err("D3137: Second argument must be zero or greater"));
        check(
            "$partition(1, 2)",
            Err("T0412: Argument 1 of function \"partition\" must be an array of undefined"),
        );
    }

    #[test]
    fn range_counts_with_its_end() {
        check("$range(0, 6, 2)", Ok(Some(json!([0, 2, 4, 6]))));
        check("$range(5, 1, -2)", Ok(Some(json!([5, 3, 1]))));
        check("$range(3, 3, 1)", Ok(Some(json!(3))));
        check("$range(1, 5, 0)", Ok(None));
        check("$range(1, 5)", Ok(None));
        check(
            "$range($missing, 5, 1)",
            Err("T0410: Argument 1 of function \"range\" does not match function signature"),
        );
    }

    #[test]
    fn hash_knows_five_algorithms() {
        let md5 = "a43c1b0aa53a0c908810c06ab1ff3967";
        check("$hash('input', 'MD5')", Ok(Some(json!(md5))));
        let sha1 = "140f86aae51ab9e1cda9b4254fe98a74eb54c1a1";
        check("$hash('input', 'SHA-1')", Ok(Some(json!(sha1))));
        check("$length($hash('', 'SHA-256'))", Ok(Some(json!(64))));
        check("$length($hash('', 'SHA-384'))", Ok(Some(json!(96))));
        check("$length($hash('', 'SHA-512'))", Ok(Some(json!(128))));
        check(
            "$hash('', 'sha-1')",
            Err(
                "D3137: Hash algorithm 'sha-1' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5",
            ),
        );
    }

    #[test]
    fn parse_takes_one_json_value() {
        check("$parse('{\"a\": [1, null]}').a[0]", Ok(Some(json!(1))));
        check("$exists($parse('{\"a\": null}').a)", Ok(Some(json!(true))));
        check("$parse($missing)", Ok(None));
        for text in ["", "1 2", "{\\\"a\\\":1,\\\"a\\\":2}", "nul"] {
            check(&format!("$parse(\"{text}\")"), Err("D3137: Invalid JSON"));
        }
    }

    #[test]
    fn chance_and_time_come_from_the_scope() {
        check("$random(42)", Ok(Some(json!(0.727_563_680_032_868_1))));
        check("$random() = $random()", Ok(Some(json!(false))));
        check("$uuid() = $uuid()", Ok(Some(json!(false))));
        check(
            "$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)",
            Ok(Some(json!(true))),
        );
        check("$millis()", Ok(Some(json!(1_700_000_000_123_i64))));
        check("$now()", Ok(Some(json!("2023-11-14T22:13:20.123Z"))));
        check("$now('[Y0001]-[M01]', '+0200')", Ok(Some(json!("2023-11"))));
        check("$count($shuffle([1, 2, 3]))", Ok(Some(json!(3))));
    }

    #[test]
    fn eval_is_no_function() {
        check("$eval('1 + 1')", Err("T1006: Attempted to invoke a non-function"));
        check("$map(['1'], $eval)", Err("T1006: Attempted to invoke a non-function"));
    }

    #[test]
    fn nothing_takes_more_arguments_than_it_has() {
        for (name, call, index) in [
            ("uuid", "$uuid(1)", 1),
            ("random", "$random(1, 2)", 2),
            ("hash", "$hash('a', 'MD5', 1)", 3),
            ("parse", "$parse('1', 1)", 2),
        ] {
            let text = format!(
                "T0410: Argument {index} of function \"{name}\" does not match function signature"
            );
            check(call, Err(&text));
        }
    }
}
