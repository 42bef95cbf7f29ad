//! The names of the log groups that a deployment makes, for whoever looks something up in them.

use definitions::{machines, resources::FUNCTIONS};

use crate::{functions, machines as deployed};

/// Those of the functions and of the machines, of a stack of this name.
pub fn log_groups(stack: &str) -> Vec<String> {
    let of_functions = FUNCTIONS.iter().map(functions::log_group_path);
    let of_machines = machines().into_iter().map(|machine| deployed::log_group_path(machine.name));
    of_functions.chain(of_machines).map(|path| path.replace("${AWS::StackName}", stack)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::template;

    #[test]
    fn they_are_those_of_the_template() {
        let template = template("packages", None);
        let resources = template["Resources"].as_object().unwrap().values();
        let groups = resources.filter(|it| it["Type"] == "AWS::Logs::LogGroup");
        let paths = groups.map(|it| it["Properties"]["LogGroupName"]["Fn::Sub"].as_str().unwrap());
        let expected: BTreeSet<String> =
            paths.map(|path| path.replace("${AWS::StackName}", "Leads")).collect();
        assert_eq!(log_groups("Leads").into_iter().collect::<BTreeSet<_>>(), expected);
        assert!(expected.contains("/aws/lambda/Leads-CreateLeadHandler"), "{expected:?}");
    }
}
