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
    /// A part of the context object, for whoever needs no more of it: a scope that makes the object
    /// only when it is asked for need not make the rest. `None` where the object has no such part.
    fn context_part(&self, part: ContextPart) -> Option<&Value> {
        part.fields().iter().try_fold(self.context(), |value, field| value.get(field))
    }
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

/// A part of the context object that can be had alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextPart {
    /// What `Execution` holds beside its `Input`, which may be in it too.
    Execution,
    /// `Execution.Input`.
    ExecutionInput,
    /// `StateMachine`.
    StateMachine,
    /// `State`.
    State,
    /// `Map`.
    Map,
    /// `Task`.
    Task,
}

impl ContextPart {
    /// Each of them.
    pub const EACH: [Self; 6] = [
        Self::Execution,
        Self::ExecutionInput,
        Self::StateMachine,
        Self::State,
        Self::Map,
        Self::Task,
    ];

    /// The part in which these fields end, one within the other, and how many of them lead to it.
    /// `None` where they need more than one part, or one that is not known.
    pub fn of<'f>(fields: impl IntoIterator<Item = &'f str>) -> Option<(Self, usize)> {
        let mut fields = fields.into_iter();
        match fields.next()? {
            "Execution" => match fields.next()? {
                "Input" => Some((Self::ExecutionInput, 2)),
                _ => Some((Self::Execution, 1)),
            },
            "StateMachine" => Some((Self::StateMachine, 1)),
            "State" => Some((Self::State, 1)),
            "Map" => Some((Self::Map, 1)),
            "Task" => Some((Self::Task, 1)),
            _ => None,
        }
    }

    /// The fields of the context object that lead to it.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Execution => &["Execution"],
            Self::ExecutionInput => &["Execution", "Input"],
            Self::StateMachine => &["StateMachine"],
            Self::State => &["State"],
            Self::Map => &["Map"],
            Self::Task => &["Task"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ContextPart;

    #[test]
    fn fields_lead_to_the_smallest_part_that_holds_what_they_end_in() {
        for (fields, expected) in [
            ("Execution.Input.lead.phone", Some((ContextPart::ExecutionInput, 2))),
            ("Execution.Id", Some((ContextPart::Execution, 1))),
            ("Execution", None),
            ("Map.Item.Value", Some((ContextPart::Map, 1))),
            ("Task.Token", Some((ContextPart::Task, 1))),
            ("State", Some((ContextPart::State, 1))),
            ("Else", None),
            ("", None),
        ] {
            assert_eq!(ContextPart::of(fields.split('.')), expected, "{fields}");
        }
        for part in ContextPart::EACH {
            let fields = part.fields().iter().copied();
            assert_eq!(ContextPart::of(fields.chain(["x"])).map(|(part, _)| part), Some(part));
        }
    }
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
