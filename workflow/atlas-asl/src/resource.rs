//! What the `Resource` of a Task names: an integration, a function, an activity.

use std::fmt;

/// A `Resource`, taken apart.
///
/// Placeholders such as `${CreateLeadHandlerArn}` may stand for an ARN or for parts of one; what they
/// stand for cannot be known, so a text that is nothing but a placeholder is a function's ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// `arn:aws:states:::SERVICE:ACTION[.PATTERN]`: an optimised integration.
    Integration {
        /// The service: `lambda`, `states`, `dynamodb`.
        service: String,
        /// The action: `invoke`, `startExecution`.
        action: String,
        /// How the state waits.
        pattern: Pattern,
    },
    /// `arn:aws:states:::aws-sdk:SERVICE:ACTION[.PATTERN]`.
    AwsSdk {
        /// The service, as the SDK for Java spells it, in lower case.
        service: String,
        /// The action, in camel case.
        action: String,
        /// How the state waits.
        pattern: Pattern,
    },
    /// A Lambda function by its ARN.
    Function {
        /// The whole ARN.
        arn: String,
    },
    /// `arn:aws:states:REGION:ACCOUNT:activity:NAME`.
    Activity {
        /// The whole ARN.
        arn: String,
    },
}

/// How a Task waits for what it called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// For the answer.
    RequestResponse,
    /// `.sync`: for the job's end; a nested execution's output is text.
    Sync,
    /// `.sync:2`: for the job's end; a nested execution's output is JSON.
    Sync2,
    /// `.waitForTaskToken`: for whoever was given the token.
    WaitForTaskToken,
}

impl Pattern {
    /// What stands behind the action: empty, `.sync`, `.sync:2`, `.waitForTaskToken`.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::RequestResponse => "",
            Self::Sync => ".sync",
            Self::Sync2 => ".sync:2",
            Self::WaitForTaskToken => ".waitForTaskToken",
        }
    }
}

/// A text that is no `Resource`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a resource ARN; expected `arn:aws:states:::SERVICE:ACTION`, \
     `arn:aws:states:::aws-sdk:SERVICE:ACTION`, a Lambda function's ARN or an activity's ARN"
)]
pub struct InvalidResource(pub String);

impl Resource {
    /// Takes a `Resource` apart. Whether AWS has such a service and action is not asked.
    pub fn parse(text: &str) -> Result<Self, InvalidResource> {
        let invalid = || InvalidResource(text.to_owned());
        if text.starts_with("${") && text.ends_with('}') {
            return Ok(Self::Function { arn: text.to_owned() });
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, service, region, account, rest] = parts.as_slice() else {
            return Err(invalid());
        };
        if partition.is_empty() || rest.is_empty() {
            return Err(invalid());
        }
        match *service {
            "lambda" => {
                let known = rest.starts_with("function:") && rest.len() > "function:".len();
                known.then(|| Self::Function { arn: text.to_owned() }).ok_or_else(invalid)
            }
            "states" if region.is_empty() && account.is_empty() => {
                integration(rest).ok_or_else(invalid)
            }
            "states" => {
                let known = rest.starts_with("activity:") && rest.len() > "activity:".len();
                known.then(|| Self::Activity { arn: text.to_owned() }).ok_or_else(invalid)
            }
            _ => Err(invalid()),
        }
    }

    /// How the state waits.
    pub const fn pattern(&self) -> Pattern {
        match self {
            Self::Integration { pattern, .. } | Self::AwsSdk { pattern, .. } => *pattern,
            Self::Function { .. } | Self::Activity { .. } => Pattern::RequestResponse,
        }
    }

    /// Whether an answer from outside, later than the call's own, ends the task.
    pub const fn waits(&self) -> bool {
        !matches!(self.pattern(), Pattern::RequestResponse)
    }

    /// `resourceType` in a history: `lambda`, `aws-sdk:sfn`.
    pub fn resource_type(&self) -> String {
        match self {
            Self::Integration { service, .. } => service.clone(),
            Self::AwsSdk { service, .. } => format!("aws-sdk:{service}"),
            Self::Function { .. } => "lambda".to_owned(),
            Self::Activity { .. } => "activity".to_owned(),
        }
    }

    /// `resource` in a history: `invoke.waitForTaskToken`, or the whole ARN.
    pub fn resource_name(&self) -> String {
        match self {
            Self::Integration { action, pattern, .. } | Self::AwsSdk { action, pattern, .. } => {
                format!("{action}{}", pattern.suffix())
            }
            Self::Function { arn } | Self::Activity { arn } => arn.clone(),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integration { .. } | Self::AwsSdk { .. } => {
                write!(f, "{}:{}", self.resource_type(), self.resource_name())
            }
            Self::Function { arn } | Self::Activity { arn } => f.write_str(arn),
        }
    }
}

fn integration(rest: &str) -> Option<Resource> {
    let (service, action, is_sdk) = match rest.strip_prefix("aws-sdk:") {
        Some(sdk) => {
            let (service, action) = sdk.split_once(':')?;
            (service, action, true)
        }
        None => {
            let (service, action) = rest.split_once(':')?;
            (service, action, false)
        }
    };
    let (action, pattern) = match action.split_once('.') {
        None => (action, Pattern::RequestResponse),
        Some((action, "sync")) => (action, Pattern::Sync),
        Some((action, "sync:2")) => (action, Pattern::Sync2),
        Some((action, "waitForTaskToken")) => (action, Pattern::WaitForTaskToken),
        Some(_) => return None,
    };
    if service.is_empty() || action.is_empty() || action.contains(':') {
        return None;
    }
    let (service, action) = (service.to_owned(), action.to_owned());
    Some(if is_sdk {
        Resource::AwsSdk { service, action, pattern }
    } else {
        Resource::Integration { service, action, pattern }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_known_by_its_parts() {
        for (text, resource_type, name, pattern) in [
            ("arn:aws:states:::lambda:invoke", "lambda", "invoke", Pattern::RequestResponse),
            (
                "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "lambda",
                "invoke.waitForTaskToken",
                Pattern::WaitForTaskToken,
            ),
            (
                "arn:aws-cn:states:::states:startExecution.sync:2",
                "states",
                "startExecution.sync:2",
                Pattern::Sync2,
            ),
            (
                "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
                "aws-sdk:sfn",
                "sendTaskSuccess",
                Pattern::RequestResponse,
            ),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST",
                "lambda",
                "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST",
                Pattern::RequestResponse,
            ),
            ("${CreateLead}", "lambda", "${CreateLead}", Pattern::RequestResponse),
        ] {
            let resource = Resource::parse(text).unwrap();
            assert_eq!(resource.resource_type(), resource_type, "{text}");
            assert_eq!(resource.resource_name(), name, "{text}");
            assert_eq!(resource.pattern(), pattern, "{text}");
        }
    }

    #[test]
    fn a_text_that_names_nothing_is_refused() {
        for text in [
            "",
            "CreateLead",
            "arn:aws:states:::lambda",
            "arn:aws:states:::lambda:invoke.later",
            "arn:aws:lambda:us-east-1:123456789012:function:",
            "arn:aws:states:us-east-1:123456789012:stateMachine:x",
            "arn:aws:s3:::bucket",
        ] {
            assert!(Resource::parse(text).is_err(), "{text}");
        }
    }
}
