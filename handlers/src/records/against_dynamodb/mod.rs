//! The records against each implementation of DynamoDB: every condition and every transition.

mod tables;

mod attempts;
mod contacts;
mod erasure;
mod leads;
mod pace;
mod suppression;
