//! `atlas deploy`: what a deployment to AWS is made of, as files.

use crate::{
    arguments::{Deploy, Revision, Template, TemplateFormat},
    failure::{Failure, Outcome},
    kept_files::{self, Kept},
};

pub(crate) fn run(arguments: &Deploy) -> Outcome {
    match arguments {
        Deploy::Template(arguments) => template(arguments),
    }
}

fn template(arguments: &Template) -> Outcome {
    match arguments.format {
        TemplateFormat::Sam => kept_files::keep(&Kept {
            folder: &arguments.out,
            files: atlas_deploy::files(
                arguments.packages.trim_end_matches('/'),
                arguments.revision.as_ref().map(Revision::as_str),
            ),
            check: arguments.check,
            command: "atlas deploy template",
        }),
        // A second template would have to say all of the first again, and nothing here could hold it to that.
        TemplateFormat::Terraform => Err(Failure::ours(
            "no Terraform is written: roles, versions and alarms would stand in two places and part. Terraform \
             deploys the SAM template as it is (`aws_cloudformation_stack` with `sam package`'s output), or takes the \
             two .asl.json files with `templatefile`, whose placeholders are the same",
        )),
        TemplateFormat::CdkJson => Err(Failure::ours(
            "no CDK project is written: roles, versions and alarms would stand in two places and part. CDK includes \
             the SAM template as it is (`CfnInclude`), or takes the two .asl.json files with \
             `DefinitionBody.fromFile` and `definitionSubstitutions`",
        )),
    }
}
