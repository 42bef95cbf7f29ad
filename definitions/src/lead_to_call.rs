//! `AtlasEngineWorkflow`, EXPRESS: from an intake to a call that is on its way, in seconds.
//!
//! A person waits for the phone to ring, so what is tried again is tried soon, and the sum of it
//! stays within the 300 s that an Express execution has. It may run more than once: every step is
//! idempotent, and the call is started by a name that only one execution can have.

use atlas_asl::{
    builder::{
        Branch, Catch, Choice, Ends, Expr, Express, Fail, Leads, Machine, Parallel, Pass, Retry,
        StartExecutionError, State, Succeed, Task, Variable, substitution,
    },
    model::StateMachine,
};

use crate::{
    contract::{
        CallContext, CallContextArguments, CallLocaleArguments, CallRequestArguments, CallWorkflow,
        CalleeArguments, CreateLead, CreateLeadArguments, CreateLeadError, CreateLeadOutput,
        GenerateScenario, GenerateScenarioArguments, GenerateScenarioError, GenerateScenarioOutput,
        GenerateScenarioOutputArguments, Intake, LeadReport, LeadReportArguments, Origin, Scenario,
        ScenarioOriginArguments, error_names, records,
    },
    park::{FAILURE, catch_and_park, park},
    template_scenario,
};

/// The machine's name, as deployed.
pub const NAME: &str = "AtlasEngineWorkflow";

/// The number to call from.
pub(crate) const CALLER_ID: &str = "CallerId";

/// `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`; a version or an alias follows.
const PARTS_OF_A_MACHINES_ARN: u32 = 7;

const LEAD_ID: Variable<String> = Variable::new("leadId");
const SCENARIO: Variable<Scenario> = Variable::new("scenario");
const ORIGIN: Variable<Origin> = Variable::new("origin");
const CALL_CONTEXT: Variable<CallContext> = Variable::new("callContext");
const CALL_MACHINE: Variable<String> = Variable::new("callMachine");

/// The definition.
pub fn definition() -> StateMachine {
    machine().build()
}

/// The machine, with its kind, its input and its output as types.
pub fn machine() -> Machine<Express, Intake, LeadReport> {
    let machine = Machine::express::<Intake>()
        .comment("Takes a lead to a call that is on its way: Salesforce, a scenario, the call.")
        .timeout_seconds(300);
    let intake = machine.input();
    machine
        .start("CheckLead", |intake| {
            Choice::new().when(Intake::is_well_formed(&intake), "Prepare").otherwise("InvalidLead")
        })
        .state(
            "InvalidLead",
            Fail::with(
                error_names::INPUT_INVALID,
                "a field of the lead is missing or malformed; nothing was called",
            ),
        )
        .state("Prepare", prepare(&intake))
        .state("StartCall", start_call(&intake))
        .state("CallAlreadyStarted", call_already_started(&intake))
        .state("ParkLead", park_lead(&intake))
        .state(
            "LeadParked",
            Fail::with(
                "LeadParked",
                Expr::from("the lead is kept as PARKED under its interaction key, after ")
                    .concat(FAILURE.get().error()),
            ),
        )
}

fn prepare(intake: &Expr<Intake>) -> State<Express, Leads> {
    Parallel::passing(intake)
        .branch(create_lead())
        .branch(generate_scenario(intake))
        .branch(prepare_call_context())
        .assign(&LEAD_ID, |outputs| outputs.first().lead_id())
        .assign(&SCENARIO, |outputs| outputs.second().scenario())
        .assign(&ORIGIN, |outputs| outputs.second().origin())
        .assign(&CALL_CONTEXT, |outputs| outputs.third())
        .catch_all(catch_and_park("ParkLead"))
        .next("StartCall")
}

fn create_lead() -> Branch<Express, Intake, CreateLeadOutput> {
    Branch::new().start("CreateLead", |intake: Expr<Intake>| {
        Task::lambda(CreateLead)
            .arguments(CreateLeadArguments {
                interaction_key: intake.interaction_key(),
                lead: intake.lead(),
                source: intake.source(),
            })
            .timeout_seconds(10)
            .retry(
                Retry::on([
                    CreateLeadError::Unavailable,
                    CreateLeadError::SecretsUnavailable,
                    CreateLeadError::StoreUnavailable,
                ])
                .interval_seconds(1)
                .max_attempts(4)
                .backoff_rate(2.0)
                .max_delay_seconds(8)
                .full_jitter(),
            )
            .retry(
                Retry::on([CreateLeadError::Throttled])
                    .comment("Slowly: each try counts against the limit that was reached.")
                    .interval_seconds(5)
                    .max_attempts(4)
                    .backoff_rate(2.0)
                    .max_delay_seconds(40)
                    .full_jitter(),
            )
            .retry(soon(Retry::on_lambda_transient()))
            .retry(Retry::on_timeout().interval_seconds(1).max_attempts(1))
            .end()
    })
}

fn generate_scenario(
    execution_input: &Expr<Intake>,
) -> Branch<Express, Intake, GenerateScenarioOutput> {
    Branch::new()
        .start("GenerateScenario", |intake: Expr<Intake>| {
            Task::lambda(GenerateScenario)
                .arguments(GenerateScenarioArguments {
                    lead: intake.lead(),
                    call: CallLocaleArguments { locale: intake.call().locale() }.into(),
                })
                .timeout_seconds(10)
                .retry(
                    Retry::on([
                        GenerateScenarioError::Throttled,
                        GenerateScenarioError::Unavailable,
                        GenerateScenarioError::InvalidScenario,
                        GenerateScenarioError::StoreUnavailable,
                    ])
                    .interval_seconds(1)
                    .max_attempts(1)
                    .full_jitter(),
                )
                .retry(soon(Retry::on_lambda_transient()))
                .catch_all(
                    Catch::on_all()
                        .comment("A model outage never stops a call.")
                        .next("UseTemplateScenario"),
                )
                .end()
        })
        .state(
            "UseTemplateScenario",
            Pass::new()
                .output(GenerateScenarioOutputArguments {
                    scenario: template_scenario::expression(execution_input),
                    origin: Origin::Template.into(),
                    model_id: None,
                })
                .end(),
        )
}

fn prepare_call_context() -> Branch<Express, Intake, CallContext> {
    Branch::new().start("PrepareCallContext", |intake: Expr<Intake>| {
        Pass::new()
            .output(CallContextArguments {
                destination: intake.lead().phone(),
                caller_id: substitution(CALLER_ID),
                locale: intake.call().locale(),
                attempt: 1.into(),
            })
            .end()
    })
}

fn start_call(intake: &Expr<Intake>) -> State<Express, Ends<LeadReport>> {
    let context = CALL_CONTEXT.get();
    Task::start_execution(CallWorkflow)
        .name(call_name(intake))
        .input(CallRequestArguments {
            interaction_key: intake.interaction_key(),
            lead_id: LEAD_ID.get(),
            scenario: SCENARIO.get(),
            lead: CalleeArguments { phone: context.destination() }.into(),
            call: intake.call(),
            consent: intake.consent(),
            caller_id: context.caller_id(),
            attempt: context.attempt(),
        })
        .timeout_seconds(5)
        .retry(
            Retry::on([StartExecutionError::ExecutionAlreadyExists])
                .comment("Trying again would not change it.")
                .max_attempts(0),
        )
        .retry_all(soon(Retry::on_all()))
        .catch(
            Catch::on([StartExecutionError::ExecutionAlreadyExists])
                .comment("A second run is harmless: the first has started the call.")
                .assign(&CALL_MACHINE, |_| substitution("AtlasEngineCallWorkflowArn"))
                .next("CallAlreadyStarted"),
        )
        .catch_all(catch_and_park("ParkLead"))
        .output(|started| report(intake, started.execution_arn()))
        .end()
}

fn call_already_started(intake: &Expr<Intake>) -> State<Express, Ends<LeadReport>> {
    // The name is fixed, so the ARN of the execution is known without asking for it. The machine is named by a version,
    // `…:stateMachine:NAME:3`, of which the ARN of an execution says nothing.
    let execution = CALL_MACHINE
        .get()
        .first_parts(":", PARTS_OF_A_MACHINES_ARN)
        .replace(":stateMachine:", ":execution:")
        .concat(":")
        .concat(call_name(intake));
    Succeed::output(report(intake, execution))
}

fn park_lead(intake: &Expr<Intake>) -> State<Express, Leads> {
    park(&intake.interaction_key(), records::PARKED, |item| item.text("intake", intake.json_text()))
        .next("LeadParked")
}

fn report(intake: &Expr<Intake>, call_execution_arn: Expr<String>) -> Expr<LeadReport> {
    LeadReportArguments {
        interaction_key: intake.interaction_key(),
        lead_id: LEAD_ID.get(),
        scenario: ScenarioOriginArguments { origin: ORIGIN.get() }.into(),
        call_execution_arn,
    }
    .into()
}

fn call_name(intake: &Expr<Intake>) -> Expr<String> {
    Expr::from("call-").concat(intake.interaction_key().text())
}

/// Soon, since a person waits.
fn soon<E>(retry: Retry<E>) -> Retry<E> {
    retry.interval_seconds(1).max_attempts(3).backoff_rate(2.0).full_jitter()
}

#[cfg(test)]
mod tests {
    use atlas_asl::model::{Count, Retrier, StateKind};

    use super::*;

    /// The longest that a Task can take: every attempt until its timeout, every retry used up.
    fn longest_seconds(name: &str) -> f64 {
        let machine = definition();
        let states = machine.states();
        let found = states.iter().find(|located| located.name.as_str() == name).unwrap();
        let StateKind::Task(task) = &found.state.kind else { panic!("{name} is no Task") };
        let Some(Count::Literal(timeout)) = task.timeout else { panic!("{name} has no timeout") };
        let retries: u64 = task.retry.iter().map(|retrier| retrier.max_attempts.unwrap_or(3)).sum();
        (retries + 1) as f64 * timeout as f64 + task.retry.iter().map(longest_delays).sum::<f64>()
    }

    fn longest_delays(retrier: &Retrier) -> f64 {
        let interval = retrier.interval_seconds.unwrap_or(1) as f64;
        let limit = retrier.max_delay_seconds.map_or(f64::MAX, |seconds| seconds as f64);
        (0..retrier.max_attempts.unwrap_or(3))
            .map(|retry| {
                (interval * retrier.backoff_rate.unwrap_or(2.0).powf(retry as f64)).min(limit)
            })
            .sum()
    }

    #[test]
    fn a_lead_is_parked_before_the_execution_is_cut_off_whatever_fails() {
        let longest: f64 =
            ["CreateLead", "StartCall", "ParkLead"].into_iter().map(longest_seconds).sum();
        assert!(longest <= 300.0, "{longest} s");
        assert!(longest_seconds("GenerateScenario") <= longest_seconds("CreateLead"));
    }
}
