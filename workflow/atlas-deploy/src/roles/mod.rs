//! The roles: a policy for each function, of the calls that it declares, and one for each machine, of its states.
//!
//! A resource is named as narrowly as IAM takes it; each `*` says why it is there.

mod function;
mod machine;
mod statement;

use definitions::{machines, resources::FUNCTIONS};
use serde_json::{Value, json};

use crate::template::Resources;

pub(crate) fn add(resources: &mut Resources) {
    for function in &FUNCTIONS {
        resources.insert(role_name(function.name), function::role(function));
    }
    for definition in &machines() {
        resources.insert(role_name(definition.name), machine::role(definition));
    }
}

/// The role of a function or a machine.
pub(crate) fn role_name(of: &str) -> String {
    format!("{of}Role")
}

/// A role that this service takes on, under conditions, for what these statements allow.
fn role(service: &str, condition: Value, statements: Vec<Value>) -> Value {
    json!({
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "Service": service },
                    "Action": "sts:AssumeRole",
                    "Condition": condition,
                }],
            },
            "Policies": [{
                "PolicyName": "Own",
                "PolicyDocument": { "Version": "2012-10-17", "Statement": statements },
            }],
        },
    })
}
