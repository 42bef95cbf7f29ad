//! A number for CloudWatch, beside the durations that every call gives.

use super::{
    Service,
    sink::{Line, emit},
};

/// One number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// The service that it is about.
    pub service: Service,
    /// Its name, in capitals and small letters: `ApiUsage`.
    pub name: &'static str,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: Unit,
}

/// What a metric counts, in CloudWatch's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// A share, 0 to 100.
    Percent,
    /// Time.
    Milliseconds,
    /// Time that is long.
    Seconds,
}

impl Unit {
    /// CloudWatch's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Percent => "Percent",
            Self::Milliseconds => "Milliseconds",
            Self::Seconds => "Seconds",
        }
    }
}

/// Counts that something happened.
pub fn count(service: Service, name: &'static str) {
    metric(service, name, 1.0, Unit::Count);
}

/// Keeps a number.
pub fn metric(service: Service, name: &'static str, value: f64, unit: Unit) {
    emit(&Line::Metric(Metric { service, name, value, unit }));
}
