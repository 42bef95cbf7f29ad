//! The template as a whole, and the files of a deployment.

use definitions::rendered;
use serde_json::{Map, Value, json};

use crate::{
    alarms, dashboard, events, functions, machines, outputs, parameters, queues, roles, secrets,
    tables, yaml,
};

/// The name of the template's file.
pub const TEMPLATE_FILE: &str = "template.yaml";

/// Resources in the order in which they are read.
pub(crate) type Resources = Map<String, Value>;

/// The template, with its comments. Packages are looked for below `packages`, a path from the template's folder. Under
/// another `revision` every function, and with them every machine, is published as a new version.
pub fn template(packages: &str, revision: Option<&str>) -> Value {
    let mut resources = Resources::new();
    machines::add(&mut resources);
    functions::add(packages, revision, &mut resources);
    roles::add(&mut resources);
    events::add(&mut resources);
    queues::add(&mut resources);
    tables::add(&mut resources);
    secrets::add(&mut resources);
    alarms::add(&mut resources);
    dashboard::add(&mut resources);
    json!({
        "#": "Rendered by `atlas deploy template` from the definitions and from what the functions declare: change \
              those, and render it again.",
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": "Atlas Engine: a lead from the chat to the ringing phone.",
        "Metadata": parameters::metadata(),
        "Parameters": parameters::parameters(),
        "Conditions": parameters::conditions(),
        "Globals": functions::globals(),
        "Resources": resources,
        "Outputs": outputs::outputs(),
    })
}

/// Everything that is deployed beside the packages, by file name: the template and the machines.
pub fn files(packages: &str, revision: Option<&str>) -> Vec<(String, String)> {
    let mut files = vec![(TEMPLATE_FILE.to_owned(), yaml::render(&template(packages, revision)))];
    files.extend(rendered());
    files
}
