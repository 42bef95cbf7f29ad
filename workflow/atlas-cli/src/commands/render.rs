//! `atlas render`: the lead-to-call definitions as files that SAM, CDK and Terraform take.

use crate::{
    arguments::Render,
    failure::Outcome,
    kept_files::{self, Kept},
};

pub(crate) fn run(arguments: &Render) -> Outcome {
    kept_files::keep(&Kept {
        folder: &arguments.out,
        files: definitions::rendered(),
        check: arguments.check,
        command: "atlas render",
    })
}
