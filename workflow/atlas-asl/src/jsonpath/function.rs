//! The functions that may end a path: `.length()`, `.max()` and the others of Jayway.

use std::fmt;

use serde_json::{Value, json};

use super::{PathFailureKind, evaluate::Evaluation, filter::Operand};

/// A function and its arguments.
#[derive(Debug)]
pub(crate) struct Function {
    name: Name,
    arguments: Vec<Operand>,
}

macro_rules! names {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        #[derive(Debug, Clone, Copy)]
        enum Name { $($variant),+ }

        impl Name {
            fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }

            const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

names! {
    Min = "min", Max = "max", Average = "avg", StandardDeviation = "stddev", Sum = "sum",
    Length = "length", Size = "size", Keys = "keys", Concat = "concat", Append = "append",
    First = "first", Last = "last", Index = "index",
}

impl Function {
    /// The function of this name, where Jayway has one.
    pub(super) fn new(name: &str, arguments: Vec<Operand>) -> Option<Self> {
        Some(Self { name: Name::parse(name)?, arguments })
    }

    /// Applies the function to a value.
    pub(super) fn apply(
        &self,
        value: &Value,
        document: &Value,
        evaluation: &Evaluation<'_>,
    ) -> Result<Value, PathFailureKind> {
        let mut arguments = Vec::with_capacity(self.arguments.len());
        for argument in &self.arguments {
            arguments.extend(argument.value(document, evaluation)?);
        }
        if let Name::Concat | Name::Append = self.name {
            evaluation.copy(value)?;
            arguments.iter().try_for_each(|argument| evaluation.copy(argument))?;
        }
        let elements = value.as_array().map(Vec::as_slice);
        match self.name {
            Name::Min => self.aggregate(elements, |numbers| {
                numbers.iter().copied().fold(f64::INFINITY, f64::min)
            }),
            Name::Max => self.aggregate(elements, |numbers| {
                numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max)
            }),
            Name::Average => self.aggregate(elements, mean),
            Name::StandardDeviation => self.aggregate(elements, |numbers| {
                let squares: Vec<f64> = numbers.iter().map(|number| number * number).collect();
                (mean(&squares) - mean(numbers).powi(2)).sqrt()
            }),
            // AWS finds nothing at `$.Jobs.sum()` (re:Post, question QUYiQKP0XfThWEc_ahsMnLOA).
            Name::Sum => Err(self.failure("Function with name: sum does not exist.")),
            Name::Length | Name::Size => Ok(match value {
                Value::Array(elements) => json!(elements.len()),
                Value::Object(members) => json!(members.len()),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Value::Null,
            }),
            Name::Keys => match value {
                Value::Object(members) => Ok(members.keys().cloned().map(Value::from).collect()),
                _ => Ok(Value::Null),
            },
            Name::Concat => Ok(elements
                .unwrap_or_default()
                .iter()
                .chain(arguments.iter().map(AsRef::as_ref))
                .filter_map(Value::as_str)
                .collect::<String>()
                .into()),
            Name::Append => match elements {
                Some(elements) => Ok(elements
                    .iter()
                    .cloned()
                    .chain(arguments.into_iter().map(|argument| argument.into_owned()))
                    .collect()),
                None => Ok(value.clone()),
            },
            Name::First => self.pick(elements, Some(0)),
            Name::Last => self.pick(elements, Some(-1)),
            Name::Index => {
                self.pick(elements, arguments.first().and_then(|argument| argument.as_i64()))
            }
        }
    }

    fn pick(
        &self,
        elements: Option<&[Value]>,
        index: Option<i64>,
    ) -> Result<Value, PathFailureKind> {
        elements
            .zip(index)
            .and_then(|(elements, index)| super::path::element(elements, index))
            .cloned()
            .ok_or_else(|| {
                self.failure("Aggregation function attempted to calculate value using empty array")
            })
    }

    /// A number made of the numbers of an array; what is no number in it is passed over.
    fn aggregate(
        &self,
        elements: Option<&[Value]>,
        combine: impl FnOnce(&[f64]) -> f64,
    ) -> Result<Value, PathFailureKind> {
        let numbers: Vec<f64> =
            elements.unwrap_or_default().iter().filter_map(Value::as_f64).collect();
        if numbers.is_empty() {
            return Err(
                self.failure("Aggregation function attempted to calculate value using empty array")
            );
        }
        Ok(json!(combine(&numbers)))
    }

    fn failure(&self, reason: &str) -> PathFailureKind {
        PathFailureKind::Function(reason.to_owned())
    }
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_str())
    }
}
