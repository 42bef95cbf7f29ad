//! The language from outside: definitions recorded from AWS, and arbitrary ones, read and written.

mod arbitrary;
mod large;
mod recorded;
mod round_trip;
