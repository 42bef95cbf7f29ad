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
/// How long a lead that waits for its turn with Connect waits at most before it asks again.
///
/// Connect takes 2 requests a second and carries 10 calls, so 1,000 leads that come at once are called over
/// minutes to hours. Nobody hands out turns: each lead asks again after anything up to this long, on average
/// after half of it. 1,000 that wait then ask 6.7 times a second together: often enough that no free second is
/// lost while 300 or more wait, and few enough that the table which counts the turns never notices. A lead that
/// is alone again with a free line waits 2.5 minutes on average. The first delays grow from 2 seconds, so that a
/// handful of leads is through in seconds and a thousand thin themselves out within a minute.
pub const TURN_DELAY_SECONDS: u64 = 300;
/// How often a lead asks for its turn.
///
/// A call makes sense as long as it is allowed: the handler looks at the callee's calling hours each time before
/// it asks for a turn, and those are at most 13 hours in a row, 8 to 21. 400 delays make 16.4 hours on average
/// and less than 13 in one of 10^12 cases, so that what ends a long wait is the gate (`Call.NotAllowed`, which is
/// NOT_PLACED) and never the count (which would be UNKNOWN). It stays within the 7 days for which Connect knows
/// a `ClientToken`. Each try costs three events of history; a test holds the worst case below half of 25,000.
///
/// Whom Lambda turns away, as it does where more calls are to be placed at once than the function has instances
/// reserved, waits in the same way: nobody was called. Only a function that lets nobody in at all gets to the count.
pub const TURN_ATTEMPTS: u64 = 400;

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
            Retry::on([InvokeOutboundCallError::Throttled])
                .or_on_lambda_throttling()
                .comment("Nobody was called: the lead waits for its turn, until its calling hours are over.")
                .interval_seconds(2)
                .max_attempts(TURN_ATTEMPTS)
                .backoff_rate(2.0)
                .max_delay_seconds(TURN_DELAY_SECONDS)
                .full_jitter(),
        )
        .retry(
            Retry::on([
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
            Retry::on_lambda_faults()
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

#[cfg(test)]
mod tests {
    use atlas_asl::{
        builder::{LAMBDA_THROTTLED, LAMBDA_TRANSIENT_ERRORS},
        model::{Retrier, StateKind},
    };

    use super::*;
    use crate::contract::MAX_ATTEMPTS;

    fn retriers() -> Vec<Retrier> {
        let definition = definition();
        let states = definition.states();
        let call = states.iter().find(|located| located.name.as_str() == "InvokeOutboundCall");
        let StateKind::Task(task) = &call.unwrap().state.kind else { panic!("it is a Task") };
        task.retry.clone()
    }

    /// The delays before jitter, in seconds.
    fn delays(retrier: &Retrier) -> Vec<f64> {
        let number = |field: Option<u64>| f64::from(u32::try_from(field.unwrap()).unwrap());
        let cap = number(retrier.max_delay_seconds);
        let mut delay = number(retrier.interval_seconds);
        let mut delays = Vec::new();
        for _ in 0..retrier.max_attempts.unwrap() {
            delays.push(delay.min(cap));
            delay *= retrier.backoff_rate.unwrap();
        }
        delays
    }

    #[test]
    fn a_lead_waits_for_its_turn_longer_than_calls_are_allowed_in_a_row_and_shorter_than_a_token_lives()
     {
        let retriers = retriers();
        let turn = ["Connect.Throttled", LAMBDA_THROTTLED];
        let turn = retriers.iter().find(|one| one.error_equals == turn).unwrap();
        let delays = delays(turn);
        // Full jitter: each delay is uniform, with half as mean and a twelfth of the square as variance.
        let mean = delays.iter().sum::<f64>() / 2.0;
        let deviation = (delays.iter().map(|delay| delay * delay).sum::<f64>() / 12.0).sqrt();
        let hours = |seconds: f64| seconds / 3600.0;
        assert!(hours(mean - 7.0 * deviation) > 13.0, "{} ± {}", hours(mean), hours(deviation));
        assert!(hours(delays.iter().sum()) < 7.0 * 24.0);
    }

    #[test]
    fn every_error_has_one_retrier() {
        let retriers = retriers();
        let mut retried: Vec<_> = retriers.iter().flat_map(|one| &one.error_equals).collect();
        let together = retried.len();
        retried.sort();
        retried.dedup();
        assert_eq!(retried.len(), together, "{retried:?}");
        for transient in LAMBDA_TRANSIENT_ERRORS {
            assert!(retried.iter().any(|name| *name == transient), "{transient}");
        }
    }

    #[test]
    fn the_history_of_the_worst_case_stays_below_half_of_its_limit() {
        // TaskScheduled, TaskStarted, TaskFailed; a retry has no event of its own.
        const EVENTS_OF_A_TRY: u64 = 3;
        // The state's own two, the Choice's, the Wait's, and what submits and ends the last try.
        const EVENTS_OF_AN_ATTEMPT: u64 = 12;
        let tries: u64 = retriers().iter().map(|one| one.max_attempts.unwrap()).sum();
        let attempt = tries * EVENTS_OF_A_TRY + EVENTS_OF_AN_ATTEMPT;
        let worst = attempt * u64::from(MAX_ATTEMPTS);
        assert!(worst < 12_500, "{worst}");
    }
}
