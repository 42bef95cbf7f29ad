//! A parsed call, and its evaluation from the inside out.

use std::{borrow::Cow, fmt, sync::Arc};

use serde_json::Value;

use super::{
    IntrinsicFailure, IntrinsicFailureKind, InvalidIntrinsic, arguments::Arguments, arrays,
    encoding, json, math, parse, strings,
};
use crate::{
    jsonpath::{Path, Root},
    scope::Scope,
    text_length::{MOST_BYTES, bytes_within},
};

/// The most bytes of all the arguments of a call that are no part of the scope, but made for it.
const MOST_MADE_BYTES: usize = 4 * MOST_BYTES;

/// A parsed call of an intrinsic function. Cheap to clone; compare and show it by its source.
#[derive(Clone)]
pub struct Intrinsic {
    source: Arc<str>,
    call: Arc<Call>,
}

/// One call.
pub(super) struct Call {
    pub(super) function: Function,
    pub(super) arguments: Vec<Argument>,
}

/// What stands between the parentheses of a call.
pub(super) enum Argument {
    /// A number, `true`, `false` or `null`.
    Literal(Value),
    /// A text in single quotes: its value, and as written for `States.Format`.
    Text { value: Value, written: String },
    /// A path.
    Path(Path),
    /// Another call.
    Call(Call),
}

macro_rules! functions {
    ($($variant:ident: $least:literal..=$most:literal => $run:path),+ $(,)?) => {
        /// The intrinsic functions; `States.` and the name is how a call is written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(clippy::upper_case_acronyms, reason = "the names are those of the functions")]
        pub(super) enum Function { $($variant),+ }

        impl Function {
            pub(super) fn from_name(name: &str) -> Option<Self> {
                match name { $(stringify!($variant) => Some(Self::$variant),)+ _ => None }
            }

            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }

            /// How many arguments it takes.
            pub(super) const fn arity(self) -> std::ops::RangeInclusive<usize> {
                match self { $(Self::$variant => $least..=$most),+ }
            }

            fn run(self, arguments: &Arguments<'_>, scope: &dyn Scope) -> Result<Value, String> {
                match self { $(Self::$variant => $run(arguments, scope)),+ }
            }
        }
    };
}

functions! {
    Format: 1..=1000 => strings::format,
    StringSplit: 2..=2 => strings::split,
    UUID: 0..=0 => strings::uuid,
    StringToJson: 1..=1 => json::parse,
    JsonToString: 1..=1 => json::print,
    JsonMerge: 3..=3 => json::merge,
    Array: 0..=1000 => arrays::array,
    ArrayPartition: 2..=2 => arrays::partition,
    ArrayContains: 2..=2 => arrays::contains,
    ArrayRange: 3..=3 => arrays::range,
    ArrayGetItem: 2..=2 => arrays::get_item,
    ArrayLength: 1..=1 => arrays::length,
    ArrayUnique: 1..=1 => arrays::unique,
    Base64Encode: 1..=1 => encoding::encode,
    Base64Decode: 1..=1 => encoding::decode,
    Hash: 2..=2 => encoding::hash,
    MathRandom: 2..=3 => math::random,
    MathAdd: 2..=2 => math::add,
}

impl Intrinsic {
    /// Parses a call: `States.Format('{}', $.name)`.
    pub fn parse(text: &str) -> Result<Self, InvalidIntrinsic> {
        Ok(Self { source: text.into(), call: Arc::new(parse::parse(text)?) })
    }

    /// The call as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The paths among its arguments, those of inner calls too, from left to right.
    pub fn paths(&self) -> Vec<&Path> {
        let mut paths = Vec::new();
        self.call.collect_paths(&mut paths);
        paths
    }

    /// Evaluates the call.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, IntrinsicFailure> {
        self.call
            .evaluate(scope)
            .map_err(|kind| IntrinsicFailure { call: self.source.to_string(), kind })
    }
}

impl Call {
    /// Recursion is as deep as the parser lets calls nest.
    fn evaluate(&self, scope: &dyn Scope) -> Result<Value, IntrinsicFailureKind> {
        let mut values = Vec::with_capacity(self.arguments.len());
        let mut left = MOST_MADE_BYTES;
        for argument in &self.arguments {
            let value = match argument {
                Argument::Literal(value) | Argument::Text { value, .. } => Cow::Borrowed(value),
                Argument::Path(path) => path.find(scope).map_err(|_| missing(path, scope))?,
                Argument::Call(call) => Cow::Owned(call.evaluate(scope)?),
            };
            if let Cow::Owned(made) = &value {
                left -= bytes_within(made, left).ok_or(IntrinsicFailureKind::TooLong)?;
            }
            values.push(value);
        }
        let written = self.arguments.first().and_then(|argument| match argument {
            Argument::Text { written, .. } => Some(written.as_str()),
            Argument::Literal(_) | Argument::Path(_) | Argument::Call(_) => None,
        });
        let arguments = Arguments { values, written };
        if matches!(self.function, Function::Array | Function::Format) {
            // They copy all of their arguments, which may be the whole input each.
            arguments.fit_together()?;
        }
        let value = self.function.run(&arguments, scope).map_err(IntrinsicFailureKind::Rejected)?;
        bytes_within(&value, MOST_BYTES).ok_or(IntrinsicFailureKind::TooLong)?;
        Ok(value)
    }

    fn collect_paths<'a>(&'a self, paths: &mut Vec<&'a Path>) {
        for argument in &self.arguments {
            match argument {
                Argument::Path(path) => paths.push(path),
                Argument::Call(call) => call.collect_paths(paths),
                Argument::Literal(_) | Argument::Text { .. } => {}
            }
        }
    }
}

fn missing(path: &Path, scope: &dyn Scope) -> IntrinsicFailureKind {
    let input = match path.root() {
        Root::Context => scope.context(),
        Root::Input | Root::Variable(_) | Root::Current => scope.input(),
    };
    IntrinsicFailureKind::MissingArgument {
        path: path.source().to_owned(),
        input: input.to_string(),
    }
}

impl PartialEq for Intrinsic {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Intrinsic {}

impl fmt::Debug for Intrinsic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Intrinsic({})", self.source)
    }
}

impl fmt::Display for Intrinsic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Intrinsic;
    use crate::scope::fixed::Fixed;

    fn evaluate(call: &str) -> Result<Value, String> {
        let mut scope = Fixed::of(json!({"text": "a{}b", "list": [1, 1.5, "x", 1], "o": {"a": 1}}));
        scope.context = json!({"Id": "run"});
        scope.variables.insert("name".to_owned(), json!("Ada"));
        let call = Intrinsic::parse(call).unwrap_or_else(|refused| panic!("{refused}"));
        call.evaluate(&scope).map_err(|failure| failure.kind.to_string())
    }

    #[test]
    fn calls_give_their_values() {
        for (call, expected) in [
            ("States.Format('Hi {}, {}!', $name, $$.Id)", json!("Hi Ada, run!")),
            (r"States.Format('\{\} \'{}\' \\', null)", json!(r"{} 'null' \")),
            ("States.Format($.text, 1.50)", json!("a1.5b")),
            ("States.Format('{}', $.o)", json!("{\"a\":1}")),
            ("States.Format('no place')", json!("no place")),
            ("States.StringToJson('[1, {\"a\": null}]')", json!([1, {"a": null}])),
            ("States.StringToJson('-0')", json!(0)),
            ("States.JsonToString($.list)", json!("[1,1.5,\"x\",1]")),
            (
                "States.JsonMerge($.o, States.StringToJson('{\"b\":2}'), false)",
                json!({"a": 1, "b": 2}),
            ),
            ("States.Array(1, 'a', null, true, $.o)", json!([1, "a", null, true, {"a": 1}])),
            ("States.ArrayPartition($.list, 3)", json!([[1, 1.5, "x"], [1]])),
            ("States.ArrayContains($.list, 'x')", json!(true)),
            ("States.ArrayRange(5, 1, -2)", json!([5, 3, 1])),
            ("States.ArrayRange(1, 5, -1)", json!([])),
            ("States.ArrayGetItem($.list, 1)", json!(1.5)),
            ("States.ArrayLength($.list[?(@ == 1)])", json!(2)),
            ("States.ArrayUnique($.list)", json!([1, 1.5, "x"])),
            ("States.Base64Encode('Data to encode')", json!("RGF0YSB0byBlbmNvZGU=")),
            ("States.Base64Decode('RGF0YSB0byBkZWNvZGU=')", json!("Data to decode")),
            (
                "States.Hash('input data', 'SHA-1')",
                json!("aaff4a450a104cd177d28d18d74485e8cae074b7"),
            ),
            ("States.Hash('', 'MD5')", json!("d41d8cd98f00b204e9800998ecf8427e")),
            ("States.MathAdd(111, -1)", json!(110)),
            ("States.StringSplit('1,2,,3', ',')", json!(["1", "2", "3"])),
            ("States.UUID()", json!("00000000-0000-4001-8000-000000000002")),
            ("States.MathRandom(5, 6)", json!(5)),
        ] {
            assert_eq!(evaluate(call), Ok(expected), "{call}");
        }
        assert_eq!(
            evaluate("States.MathRandom(0, 999, 3)"),
            evaluate("States.MathRandom(0, 999, 3)")
        );
    }

    #[test]
    fn calls_that_cannot_be_done_say_why() {
        let long = format!("States.Base64Encode('{}')", "é".repeat(10_001));
        for (call, part) in [
            ("States.Format('{} {}', 1)", "2 occurrences"),
            ("States.Format('none', 1)", "0 occurrences"),
            ("States.StringToJson('{')", "is not JSON"),
            ("States.ArrayRange(0, 1000, 1)", "more than 1000"),
            ("States.ArrayRange(0, 9, 0)", "must not be zero"),
            ("States.ArrayPartition($.list, 0)", "positive"),
            ("States.ArrayLength($.text)", "argument 1 must be an array, but was: \"a{}b\""),
            ("States.ArrayGetItem($.list, -1)", "out of bounds"),
            ("States.Hash('x', 'CRC')", "algorithm"),
            ("States.JsonMerge($.o, $.o, true)", "shallow"),
            ("States.MathRandom(6, 5)", "less than"),
            ("States.MathAdd('a', 1)", "a number"),
            ("States.Base64Decode('*')", "not Base64"),
            (&long, "10000"),
        ] {
            let failure = evaluate(call).unwrap_err();
            assert!(failure.contains(part), "{call}: {failure}");
        }
    }

    #[test]
    fn no_value_is_longer_than_a_document_may_be() {
        let text = |bytes: usize| Fixed::of(json!({ "t": "x".repeat(bytes), "l": [[], [1]] }));
        let check = |call: &str, bytes: usize, expected: Result<usize, &'static str>| {
            let call = Intrinsic::parse(call).unwrap();
            let value = call.evaluate(&text(bytes));
            let length = value.map(|value| value.to_string().len());
            assert_eq!(length.map_err(|failure| failure.error_name()), expected, "{call}");
        };
        let too_long = Err("States.DataLimitExceeded");
        check("States.Format('{}', $.t)", 262_142, Ok(262_144));
        check("States.Format('{}', $.t)", 262_143, too_long);
        check("States.Array($.t, $.t)", 131_068, Ok(262_143));
        check(&format!("States.Array({})", ["$.t"; 1_000].join(",")), 100_000, too_long);
        check(&format!("States.Format({})", ["$.t"; 1_000].join(",")), 100_000, too_long);
        check("States.ArrayLength(States.Array($.t, $.t))", 131_072, too_long);
        let wide = ["$.l[*].append($.t)"; 100].join(",");
        check(&format!("States.Array({wide})"), 100_000, too_long);
    }

    #[test]
    fn what_is_no_call_is_refused_with_the_place() {
        let deep = format!("{}1{}", "States.ArrayLength(".repeat(5000), ")".repeat(5000));
        for (text, position) in [
            ("Format('')", 1),
            ("States.Nope()", 8),
            ("States.UUID", 12),
            ("States.UUID(1)", 15),
            ("States.Format('a)", 16),
            ("States.Array(1 2)", 16),
            ("States.Array($.a[)", 14),
            ("States.Array(x)", 14),
            ("States.UUID() x", 15),
            (&deep, 198),
        ] {
            let refused = Intrinsic::parse(text).unwrap_err();
            assert_eq!(refused.position, position, "{}", refused.reason);
        }
    }
}
