//! `lambda:invoke`, and `lambda:invoke.waitForTaskToken` on STANDARD.

use std::marker::PhantomData;

use super::Task;
use crate::builder::{
    Expr,
    kind::{Kind, Standard},
    node::Node,
    scope::substitution,
    step::{CallbackStep, Step},
};

crate::scalar!(TaskToken);

/// The token of a task that waits for its callback: `$states.context.Task.Token`.
#[derive(Debug, Clone, Copy)]
pub enum TaskToken {}

/// A Lambda task that does not yet have its arguments.
#[derive(Debug, Clone, Copy)]
#[must_use = "a Task without arguments cannot be added to a machine"]
pub struct LambdaTask<K, S>(PhantomData<fn() -> (K, S)>);

impl<K: Kind> Task<K> {
    /// Invokes the handler of a step: the contract says what it takes, gives and can raise.
    pub fn lambda<S: Step>(_step: S) -> LambdaTask<K, S> {
        LambdaTask(PhantomData)
    }
}

impl<K: Kind, S: Step> LambdaTask<K, S> {
    /// The payload. The result is what the handler answers.
    pub fn arguments(self, input: impl Into<Expr<S::Input>>) -> Task<K, S::Output, S::Error> {
        let arguments = invocation::<S>(input.into());
        Task::calling("arn:aws:states:::lambda:invoke", arguments, Some("Payload"))
    }
}

impl<S: CallbackStep> LambdaTask<Standard, S> {
    /// The payload, with the token in it that whoever ends the task sends back. The result is what
    /// is sent.
    ///
    /// Only STANDARD machines can wait:
    ///
    /// ```
    /// # use atlas_asl::builder::{*, scope::*};
    /// # shape! { /** What it takes. */ pub struct Call, CallArguments { /** The token. */ pub token: String } }
    /// # struct Dial;
    /// # impl Step for Dial { const HANDLER: &'static str = "Dial"; type Input = Call; type Output = String; type Error = UnknownError; }
    /// # impl CallbackStep for Dial {}
    /// let machine = Machine::standard::<Call>().state(
    ///     "Dial",
    ///     Task::lambda(Dial).wait_for_task_token(|token| CallArguments { token: token.cast() }).end(),
    /// );
    /// # let _: Machine<Standard, Call, String> = machine;
    /// ```
    ///
    /// ```compile_fail,E0308
    /// # use atlas_asl::builder::{*, scope::*};
    /// # shape! { /** What it takes. */ pub struct Call, CallArguments { /** The token. */ pub token: String } }
    /// # struct Dial;
    /// # impl Step for Dial { const HANDLER: &'static str = "Dial"; type Input = Call; type Output = String; type Error = UnknownError; }
    /// # impl CallbackStep for Dial {}
    /// let machine = Machine::express::<Call>().state(
    ///     "Dial",
    ///     Task::lambda(Dial).wait_for_task_token(|token| CallArguments { token: token.cast() }).end(),
    /// );
    /// # let _: Machine<Express, Call, String> = machine;
    /// ```
    pub fn wait_for_task_token<A: Into<Expr<S::Input>>>(
        self,
        input: impl FnOnce(Expr<TaskToken>) -> A,
    ) -> Task<Standard, S::Output, S::Error> {
        let token = Expr::whole("$states.context.Task.Token");
        let arguments = invocation::<S>(input(token).into());
        Task::calling("arn:aws:states:::lambda:invoke.waitForTaskToken", arguments, None)
    }
}

fn invocation<S: Step>(input: Expr<S::Input>) -> Node {
    let function = substitution(&format!("{}Arn", S::HANDLER));
    Node::Object(vec![
        ("FunctionName".to_owned(), function.into_node()),
        ("Payload".to_owned(), input.into_node()),
    ])
}
