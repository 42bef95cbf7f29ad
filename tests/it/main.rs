//! What only a whole system shows, in one binary.

mod conformance;

mod samples;
