//! Amazon Lex V2: its events and answers in types of ours (the known crates have V1 only), and what
//! the bot says.

mod event;
mod response;

mod demo;
mod phone;
mod phrases;
mod talk;

mod call_scenarios;
mod start_workflow;

#[cfg(test)]
mod against_dynamodb;

pub use self::{
    call_scenarios::DynamoDbCallScenarios,
    demo::DEMO_INTENT,
    event::{InputMode, Intent, InvocationSource, LexEvent, Slot},
    response::{
        DialogAction, DialogActionType, IntentState, LexResponse, Message, ResponseIntent,
        ResponseSessionState,
    },
    start_workflow::StepFunctionsWorkflow,
    talk::TALK_INTENTS,
};
pub(crate) use self::{
    demo::demo,
    phone::{called_about, phone},
    phrases::{Phrase, phrase},
    talk::talk,
};
