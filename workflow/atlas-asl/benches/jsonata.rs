//! What one evaluation of a JSONata expression costs, in nanoseconds.

use std::hint::black_box;
use std::time::{Duration, Instant};

use atlas_asl::jsonata::{Expression, Session};
use atlas_asl::scope::Scope;
use serde_json::{Value, json};

struct Lead {
    input: Value,
    context: Value,
    call: Value,
    attempt: Value,
    most: Value,
}

impl Scope for Lead {
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
        match name {
            "call" => Some(&self.call),
            "attempt" => Some(&self.attempt),
            "maxAttempts" => Some(&self.most),
            _ => None,
        }
    }

    fn now_millis(&self) -> i64 {
        1_700_000_000_000
    }

    fn random(&self) -> u64 {
        1
    }
}

const CASES: &[(&str, &str)] = &[
    ("path", "$states.input.lead.phone"),
    ("comparison", "$attempt < $maxAttempts"),
    ("in and comparison", "$call.outcome in ['BUSY', 'NO_ANSWER'] and $attempt < $maxAttempts"),
    ("phone check", r"$contains($states.input.lead.phone, /^\+[1-9][0-9]{1,14}$/)"),
    ("concatenation", "'call-' & $states.input.interactionKey"),
    (
        "object of 10 fields",
        "{'a': $states.input.lead.phone, 'b': $states.input.lead.name, 'c': $attempt, 'd': $call.outcome, \
         'e': $states.input.interactionKey, 'f': $states.context.Execution.Name, 'g': $maxAttempts, \
         'h': $states.input.lead.phone, 'i': $states.input.lead.name, 'j': 1}",
    ),
    (
        "transform of 10 items",
        "{'total': $sum($states.input.items.(price * quantity)), \
          'names': $map($states.input.items, function($v) { $uppercase($v.name) })}",
    ),
];

fn main() {
    let items: Vec<Value> = (0..10)
        .map(|index| json!({"name": format!("item {index}"), "price": 2.5, "quantity": index}))
        .collect();
    let lead = Lead {
        input: json!({
            "interactionKey": "key-1",
            "lead": {"phone": "+4915112345678", "name": "Ada"},
            "items": items
        }),
        context: json!({"Execution": {"Name": "run"}}),
        call: json!({"outcome": "BUSY"}),
        attempt: json!(1),
        most: json!(3),
    };
    for (name, source) in CASES {
        let expression = Expression::parse(source).expect("the cases parse");
        let nanoseconds = measure(|| {
            let mut session = Session::new(&lead);
            black_box(session.evaluate(black_box(&expression)).expect("the cases evaluate"));
        });
        println!("{name:<22} {nanoseconds:>9.0} ns");
    }
}

/// The best of five rounds, so that a busy machine shows as little as possible.
fn measure(mut once: impl FnMut()) -> f64 {
    let started = Instant::now();
    let mut count = 0_u32;
    while started.elapsed() < Duration::from_millis(100) {
        once();
        count += 1;
    }
    let round = |once: &mut dyn FnMut()| {
        let started = Instant::now();
        for _ in 0..count {
            once();
        }
        started.elapsed().as_secs_f64() * 1e9 / f64::from(count)
    };
    (0..5).map(|_| round(&mut once)).fold(f64::INFINITY, f64::min)
}
