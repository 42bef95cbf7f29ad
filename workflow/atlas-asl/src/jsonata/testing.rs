//! A scope for the tests, with fixed values.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::{Evaluated, EvaluationFailure, Expression, Session};
use crate::scope::Scope;

pub(super) struct Fixed {
    input: Value,
    context: Value,
    result: Option<Value>,
    variables: Map<String, Value>,
    draws: Cell<u64>,
}

impl Fixed {
    pub(super) fn new(input: Value) -> Self {
        Self {
            input,
            context: json!({"Execution": {"Name": "run"}}),
            result: None,
            variables: Map::new(),
            draws: Cell::new(0),
        }
    }

    pub(super) fn with_result(mut self, result: Value) -> Self {
        self.result = Some(result);
        self
    }

    pub(super) fn with_variable(mut self, name: &str, value: Value) -> Self {
        self.variables.insert(name.to_owned(), value);
        self
    }

    pub(super) fn evaluate(&self, source: &str) -> Result<Evaluated, EvaluationFailure> {
        let expression = Expression::parse(source).expect(source);
        Session::new(self).evaluate(&expression)
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
        self.result.as_ref()
    }

    fn error_output(&self) -> Option<&Value> {
        None
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.variables.get(name)
    }

    fn now_millis(&self) -> i64 {
        1_700_000_000_123
    }

    fn random(&self) -> u64 {
        self.draws.set(self.draws.get() + 1);
        self.draws.get()
    }
}
#[test]
fn probe() {
    let scope = Fixed::new(json!({"big": 9007199254740993_i64, "f": 1.0, "s": "abc", "arr":[1,2]}));
    let chain = |n: usize| vec!["1"; n].join("+");
    let mut all: Vec<String> = [
        "$not($missing)",
        "1/0",
        "[1/0]",
        "$eval('1')",
        "$states.input.big",
        "$map([1], function($x){$states.input.big})",
        "$string(1e20)",
        "$",
        "$$",
        "a",
        "$sum('a')",
        "$abs('a')",
        "$length(1)",
        "$uppercase(1)",
        "$join(1,2)",
        "$substring(1,2)",
        "$number('x')",
        "$number([1])",
        "1 + 'a'",
        "'a' < 1",
        "{'a': true} < 1",
        "$map([1,'a'], function($v){$v < 2})",
        "$x(1)",
        "[1..900000] ~> $count()",
        "[1..873782] ~> $count()",
        "[1..873783] ~> $count()",
        "[1..9999999]",
        "[1..99999999]",
        "$pad('x', 3e8)",
        "$random(42)",
        "$random()",
        "$uuid()",
        "$now()",
        "$now('[Y]')",
        "$millis()",
        "$hash('input','SHA-1')",
        "$parse('{\"a\":1}').a",
        "$parse('{\"a\":1,\"a\":2}')",
        "$partition([1,2,3],2)",
        "$range(0,6,2)",
        "$range(3,3,1)",
        "$map(['a','b'], $hash)",
        "$length(($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $p('x', 22)))",
        "$length(($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $p('x', 23)))",
        "$states.input.arr.$string()",
        "$error('boom')",
        "$assert(false, 'no')",
        "-'a'",
        "$sort([1,'a'])",
        "['a'..2]",
        "$sqrt(-1)",
        "$split('a', 1)",
        "$contains(1,'a')",
        "$match('a')",
        "$string(function($x){$x})",
        "$reduce([1..40], function($a,$b){$a & $a}, 'x')",
        "($f := function($x){$f($x+1)}; $f(1))",
        "($f := function($x){$x + $f($x+1)}; $f(1))",
        "($f := function($n){ $n = 0 ? 0 : 1 + $f($n-1) }; $f(31))",
        "($f := function($n){ $n = 0 ? 0 : 1 + $f($n-1) }; $f(100))",
        "$reduce([1..60], function($a,$b){[[$a,$a]]}, [])",
        "$sum([1..873782])",
        "$parseInteger('abc','0')",
        "$formatNumber(1,'x')",
        "'a' & 1.5",
        "$shuffle([1,2,3])",
        "$string($states.input)",
        "1 in 1",
        "$base64decode('!!!')",
    ]
    .iter()
    .map(|s| s.to_string())
    .collect();
    all.push(chain(100));
    all.push(chain(101));
    all.push(chain(200));
    all.push("$states.input.s & ".repeat(120) + "'x'");
    for source in all {
        let t = std::time::Instant::now();
        let r = scope.evaluate(&source);
        let s: String = format!("{r:?}").chars().take(200).collect();
        println!(
            "{:>8?}ms {} => {s}",
            t.elapsed().as_millis(),
            source.chars().take(80).collect::<String>()
        );
    }
}
