//! The template as others see it: committed beside the definitions, judged by cfn-lint, expanded by the SAM
//! translator, the machines beside it judged by asl-validator.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod committed;

mod expanded;

mod judged;
