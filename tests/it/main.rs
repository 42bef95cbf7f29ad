//! What only a whole system shows, in one binary.

mod conformance;

mod engine_conformance;

mod recorded_services;

mod samples;
