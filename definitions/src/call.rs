//! `AtlasEngineCallWorkflow`, STANDARD: the phone call, and what the lead learns of it.
//!
//! Whether it rings is decided in one place, `InvokeOutboundCall`; a call of which nobody knows how
//! it went is never repeated.

use atlas_asl::{
    builder::{
        Catch, Choice, Ends, Expr, Fail, Leads, Machine, Pass, Retry, Standard, State, Succeed,
        Task, Variable, Wait, merge,
    },
    model::StateMachine,
};

use crate::{
    contract::{
        CallOutcome, CallOutcomeArguments, CallReferenceArguments, CallReport, CallReportArguments,
        CallRequest, InvokeOutboundCall, InvokeOutboundCallArguments, InvokeOutboundCallError,
        Outcome, UpdateLead, UpdateLeadError, records,
    },
    park::{FAILURE, catch_and_park, park},
};

/// The machine's name, as deployed.
pub const NAME: &str = "AtlasEngineCallWorkflow";

/// How long a call may last until its callback is taken for lost. There is no heartbeat: nothing
/// could send one, and the sweeper settles what is overdue.
pub const CALLBACK_TIMEOUT_SECONDS: u64 = 7200;
/// How long to wait before the next attempt.
pub const REDIAL_AFTER_SECONDS: u64 = 900;

const ATTEMPT: Variable<u32> = Variable::new("attempt");
const CALLBACK: Variable<CallOutcome> = Variable::new("callback");
const LEAD_STATUS: Variable<String> = Variable::new("leadStatus");

/// The definition.
pub fn definition() -> StateMachine {
    machine().build()
}

/// The machine, with its kind, its input and its output as types.
pub fn machine() -> Machine<Standard, CallRequest, CallReport> {
    let machine = Machine::standard::<CallRequest>()
        .comment("Calls the lead, again where the line was busy, and reports how it went.");
    let request = machine.input();
    machine
        .start("FirstAttempt", |request| {
            Pass::new().assign(&ATTEMPT, request.attempt()).next("InvokeOutboundCall")
        })
        .state("InvokeOutboundCall", invoke_outbound_call(&request))
        .state(
            "ShouldRedial",
            Choice::new()
                .when(
                    CALLBACK
                        .get()
                        .outcome()
                        .is_in(CallOutcome::REDIALLED)
                        .and(ATTEMPT.get().less_than(request.call().max_attempts())),
                    "WaitBeforeRedial",
                )
                .otherwise("UpdateLead"),
        )
        .state(
            "WaitBeforeRedial",
            Wait::seconds(REDIAL_AFTER_SECONDS)
                .assign(&ATTEMPT, ATTEMPT.get().plus(1))
                .next("InvokeOutboundCall"),
        )
        .state("UpdateLead", update_lead(&request))
        .state("Done", done(&request))
        .state("ParkOutcome", park_outcome(&request))
        .state(
            "OutcomeParked",
            Fail::with(
                "OutcomeParked",
                Expr::from("the outcome is kept as UNREPORTED under its interaction key, after ")
                    .concat(FAILURE.get().error()),
            ),
        )
}

fn invoke_outbound_call(request: &Expr<CallRequest>) -> State<Standard, Leads> {
    Task::lambda(InvokeOutboundCall)
        .wait_for_task_token(|token| InvokeOutboundCallArguments {
            interaction_key: request.interaction_key(),
            lead_id: request.lead_id(),
            scenario: request.scenario(),
            lead: request.lead(),
            call: request.call(),
            consent: request.consent(),
            caller_id: Some(request.caller_id()),
            attempt: ATTEMPT.get(),
            task_token: token.cast(),
        })
        .timeout_seconds(CALLBACK_TIMEOUT_SECONDS)
        .retry(
            Retry::on([
                InvokeOutboundCallError::Throttled,
                InvokeOutboundCallError::Unavailable,
                InvokeOutboundCallError::StoreUnavailable,
            ])
            .comment("The attempt keeps its ClientToken, so it rings once.")
            .interval_seconds(2)
            .max_attempts(6)
            .backoff_rate(2.0)
            .max_delay_seconds(60)
            .full_jitter(),
        )
        .retry(
            Retry::on_lambda_transient()
                .interval_seconds(2)
                .max_attempts(6)
                .backoff_rate(2.0)
                .max_delay_seconds(60)
                .full_jitter(),
        )
        .catch(
            Catch::on([
                InvokeOutboundCallError::DestinationNotAllowed,
                InvokeOutboundCallError::NotPermitted,
                InvokeOutboundCallError::CallNotAllowed,
                InvokeOutboundCallError::InputInvalid,
            ])
            .comment("Nobody was called.")
            .assign(&CALLBACK, |failure| without_contact(Outcome::NotPlaced, failure.error()))
            .next("UpdateLead"),
        )
        .catch_all(
            Catch::on_all()
                .comment("Somebody may have been called, so nobody is called again.")
                .assign(&CALLBACK, |failure| without_contact(Outcome::Unknown, failure.error()))
                .next("UpdateLead"),
        )
        .assign(&CALLBACK, |callback| callback)
        .next("ShouldRedial")
}

/// The outcome of an attempt that brought no callback.
fn without_contact(outcome: Outcome, error: Expr<String>) -> CallOutcomeArguments {
    CallOutcomeArguments {
        outcome: outcome.into(),
        contact_id: None,
        disconnect_reason: Some(error),
        connected_at: None,
        ended_at: None,
        talk_seconds: None,
    }
}

fn update_lead(request: &Expr<CallRequest>) -> State<Standard, Leads> {
    let call = CallReferenceArguments {
        interaction_key: request.interaction_key(),
        lead_id: request.lead_id(),
        attempt: ATTEMPT.get(),
    };
    Task::lambda(UpdateLead)
        .arguments(merge(CALLBACK.get(), call))
        .timeout_seconds(30)
        .retry(
            Retry::on([
                UpdateLeadError::Throttled,
                UpdateLeadError::Unavailable,
                UpdateLeadError::SecretsUnavailable,
                UpdateLeadError::StoreUnavailable,
            ])
            .comment("Nobody waits: some hours, spread out, until Salesforce is back.")
            .interval_seconds(15)
            .max_attempts(20)
            .backoff_rate(2.0)
            .max_delay_seconds(1800)
            .full_jitter(),
        )
        .retry(
            Retry::on_lambda_transient()
                .interval_seconds(5)
                .max_attempts(10)
                .backoff_rate(2.0)
                .max_delay_seconds(300)
                .full_jitter(),
        )
        .retry(Retry::on_timeout().interval_seconds(15).max_attempts(5).full_jitter())
        .catch_all(catch_and_park("ParkOutcome"))
        .assign(&LEAD_STATUS, |updated| updated.status())
        .next("Done")
}

fn done(request: &Expr<CallRequest>) -> State<Standard, Ends<CallReport>> {
    Succeed::output(CallReportArguments {
        interaction_key: request.interaction_key(),
        lead_id: request.lead_id(),
        outcome: CALLBACK.get().outcome(),
        attempts: ATTEMPT.get(),
        status: LEAD_STATUS.get(),
    })
}

fn park_outcome(request: &Expr<CallRequest>) -> State<Standard, Leads> {
    let sort_key = Expr::from(records::UNREPORTED_PREFIX).concat(ATTEMPT.get().json_text());
    park(&request.interaction_key(), sort_key, |item| {
        item.text("leadId", request.lead_id())
            .number("attempt", ATTEMPT.get())
            .text("callback", CALLBACK.get().json_text())
    })
    .next("OutcomeParked")
}
