//! What the roles of a template allow: one action on one pattern of ARNs each.

use serde_json::Value;

use super::Stack;

/// One action that a role allows on what fits a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The function or the machine whose role it is.
    pub holder: String,
    /// The action, such as `dynamodb:PutItem`.
    pub action: String,
    /// The pattern: an ARN, in which `*` stands for any text.
    pub resource: String,
}

/// A role is written otherwise than this is able to read, so nothing can be said of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the role `{role}` has a statement that cannot be read: {what}")]
pub struct UnreadableTemplate {
    /// Which role.
    pub role: String,
    /// What was expected there.
    pub what: &'static str,
}

/// Everything that the roles of a template allow in a stack.
///
/// # Errors
/// Where a role holds what is not understood here, such as a condition or a denial.
pub fn grants(template: &Value, stack: &Stack) -> Result<Vec<Grant>, UnreadableTemplate> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    let roles = resources.filter(|(_, resource)| resource["Type"] == "AWS::IAM::Role");
    let mut grants = Vec::new();
    for (name, role) in roles {
        let unreadable = |what| UnreadableTemplate { role: name.clone(), what };
        let properties = &role["Properties"];
        if properties.get("ManagedPolicyArns").is_some() {
            return Err(unreadable("no managed policy, of which nothing is known here"));
        }
        let holder = name.strip_suffix("Role").ok_or(unreadable("a name that ends with `Role`"))?;
        let policies = properties["Policies"].as_array().ok_or(unreadable("a list of policies"))?;
        for policy in policies {
            let statements = policy["PolicyDocument"]["Statement"].as_array();
            for statement in statements.ok_or(unreadable("a list of statements"))? {
                if statement["Effect"] != "Allow" || statement.get("Condition").is_some() {
                    return Err(unreadable("an allowance without conditions"));
                }
                let actions =
                    statement["Action"].as_array().ok_or(unreadable("a list of actions"))?;
                let resource = stack.text(&statement["Resource"]);
                let resource = resource.ok_or(unreadable("a resource that the stack knows"))?;
                for action in actions {
                    let action = action.as_str().ok_or(unreadable("the name of an action"))?;
                    grants.push(Grant {
                        holder: holder.to_owned(),
                        action: action.to_owned(),
                        resource: resource.clone(),
                    });
                }
            }
        }
    }
    Ok(grants)
}
