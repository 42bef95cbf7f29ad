//! Tests of the whole system; they stand in `it`.
