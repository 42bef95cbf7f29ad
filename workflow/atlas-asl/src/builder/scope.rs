//! What an expression can refer to: variables, the context object, an error, a substitution.

use std::marker::PhantomData;

use serde_json::{Map, Value};

use super::{
    Expr,
    node::Node,
    typed::{Fields, Typed},
};

/// A workflow variable that holds a `T`: assigned by states, read by those after them.
#[derive(Debug)]
pub struct Variable<T> {
    name: &'static str,
    value: PhantomData<fn() -> T>,
}

impl<T: Typed> Variable<T> {
    /// The variable of this name, without its `$`.
    pub const fn new(name: &'static str) -> Self {
        Self { name, value: PhantomData }
    }

    /// Its value.
    pub fn get(&self) -> Expr<T> {
        Expr::whole(format!("${}", self.name))
    }

    pub(super) fn add_to(&self, assign: &mut Option<Value>, value: &Expr<T>) {
        if let Value::Object(members) = assign.get_or_insert_with(|| Value::Object(Map::default()))
        {
            members.insert(self.name.to_owned(), value.to_template());
        }
    }
}

/// `$states.errorOutput`: what a `Catch` caught.
#[derive(Debug, Clone, Copy)]
pub struct ErrorOutput;

/// A reference to an error output.
#[derive(Debug, Clone)]
pub struct ErrorOutputFields(Node);

impl ErrorOutput {
    pub(super) fn expression() -> Expr<Self> {
        Expr::whole("$states.errorOutput")
    }
}

impl Typed for ErrorOutput {
    type Fields = ErrorOutputFields;
    type Argument = Expr<Self>;
}

impl Fields for ErrorOutputFields {
    fn of(node: Node) -> Self {
        Self(node)
    }

    fn node(&self) -> &Node {
        &self.0
    }
}

impl ErrorOutputFields {
    /// `Error`: the name.
    pub fn error(&self) -> Expr<String> {
        Expr::from_node(self.0.field("Error"))
    }

    /// `Cause`: the words. Some errors have none.
    pub fn cause(&self) -> Expr<Option<String>> {
        Expr::from_node(self.0.field("Cause"))
    }
}

/// The context object, `$states.context`.
pub mod context {
    use super::Expr;

    /// `Execution.Id`: the ARN of the execution.
    pub fn execution_id() -> Expr<String> {
        Expr::whole("$states.context.Execution.Id")
    }

    /// `Execution.Name`.
    pub fn execution_name() -> Expr<String> {
        Expr::whole("$states.context.Execution.Name")
    }

    /// `Execution.StartTime`, RFC 3339.
    pub fn execution_start_time() -> Expr<String> {
        Expr::whole("$states.context.Execution.StartTime")
    }

    /// `State.Name`.
    pub fn state_name() -> Expr<String> {
        Expr::whole("$states.context.State.Name")
    }

    /// `State.EnteredTime`, RFC 3339.
    pub fn state_entered_time() -> Expr<String> {
        Expr::whole("$states.context.State.EnteredTime")
    }

    /// `State.RetryCount`: how often the task was tried again.
    pub fn state_retry_count() -> Expr<u64> {
        Expr::whole("$states.context.State.RetryCount")
    }

    /// `StateMachine.Id`: the ARN of the machine.
    pub fn state_machine_id() -> Expr<String> {
        Expr::whole("$states.context.StateMachine.Id")
    }

    /// Seconds since the epoch, when the expression is evaluated.
    pub fn now_seconds() -> Expr<u64> {
        Expr::whole("$floor($millis() / 1000)")
    }
}

/// The text that a deployment puts in for `${name}`: an ARN, a table's name.
///
/// SAM's `DefinitionSubstitutions`, CDK's `definitionSubstitutions` and Terraform's `templatefile`
/// all write it so.
pub fn substitution(name: &str) -> Expr<String> {
    Expr::json(Value::String(format!("${{{name}}}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_render_as_the_paths_that_aws_knows() {
        let check = |expression: String, expected: &str| assert_eq!(expression, expected);
        check(Variable::<u32>::new("attempt").get().to_jsonata(), "$attempt");
        check(ErrorOutput::expression().error().to_jsonata(), "$states.errorOutput.Error");
        check(substitution("CallsTableName").to_jsonata(), "'${CallsTableName}'");
        check(
            context::now_seconds()
                .plus(substitution("Days").number_or(90).times(86_400))
                .to_jsonata(),
            "$floor($millis() / 1000) + ($contains('${Days}', /^[0-9]+$/) \
             ? $number('${Days}') : 90) * 86400",
        );
    }
}
