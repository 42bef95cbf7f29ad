//! The contract that a machine calls by: what a step takes, gives and can raise.

use std::hash::Hash;

use super::typed::Typed;

/// A step that a Lambda function does.
pub trait Step {
    /// The name of its handler, as deployed: `CreateLeadHandler`. Its ARN is the substitution
    /// `${CreateLeadHandlerArn}`.
    const HANDLER: &'static str;
    /// What it takes.
    type Input: Typed;
    /// What it gives.
    type Output: Typed;
    /// What it can raise.
    type Error: ErrorNames;
}

/// A step that is over only when somebody sends its task token back. Its [`Step::Output`] is what
/// is sent; what the function answers is not looked at.
pub trait CallbackStep: Step {}

/// A machine that another machine can start.
pub trait Child {
    /// Its name, as deployed. Its ARN is the substitution `${…Arn}`.
    const MACHINE: &'static str;
    /// What its execution takes.
    type Input: Typed;
    /// What its execution gives.
    type Output: Typed;
}

/// The errors that can be raised, and the names that `Retry` and `Catch` match on. See `raises!`.
pub trait ErrorNames: Copy + Eq + Hash + 'static {
    /// Every one of them.
    const ALL: &'static [Self];
    /// Every name.
    const NAMES: &'static [&'static str];

    /// The name, which is public API.
    fn name(&self) -> &'static str;
}

crate::raises! {
    /// What the integration `states:startExecution` can raise.
    pub enum StartExecutionError {
        /// An execution of this name has run or runs with another input.
        ExecutionAlreadyExists = "StepFunctions.ExecutionAlreadyExistsException",
        /// Too many executions.
        ExecutionLimitExceeded = "StepFunctions.ExecutionLimitExceededException",
        /// Not an ARN of a machine.
        InvalidArn = "StepFunctions.InvalidArnException",
        /// The input is no JSON, or too long.
        InvalidExecutionInput = "StepFunctions.InvalidExecutionInputException",
        /// The name is too long, or holds what a name may not hold.
        InvalidName = "StepFunctions.InvalidNameException",
        /// There is no such machine.
        StateMachineDoesNotExist = "StepFunctions.StateMachineDoesNotExistException",
        /// The machine is being deleted.
        StateMachineDeleting = "StepFunctions.StateMachineDeletingException",
    }
}

crate::raises! {
    /// What the integration `dynamodb:putItem` can raise and a machine can handle.
    pub enum PutItemError {
        /// The condition of the put did not hold.
        ConditionalCheckFailed = "DynamoDB.ConditionalCheckFailedException",
        /// DynamoDB failed.
        InternalServerError = "DynamoDB.InternalServerErrorException",
        /// The table's throughput is used up.
        ThroughputExceeded = "DynamoDB.ProvisionedThroughputExceededException",
        /// The account's throughput is used up.
        RequestLimitExceeded = "DynamoDB.RequestLimitExceededException",
        /// There is no such table.
        ResourceNotFound = "DynamoDB.ResourceNotFoundException",
    }
}

crate::raises! {
    /// What an activity's worker raises is the worker's affair: nothing is known here.
    pub enum UnknownError {
        /// Any error of a task.
        TaskFailed = "States.TaskFailed",
    }
}
