//! The step in a machine.

use atlas_asl::{
    builder::{Catch, Ends, Expr, Leads, Machine, Pass, Retry, Standard, State, Succeed, Task},
    model::StateMachine,
};

use super::contract::{NotifySales, NotifySalesArguments, NotifySalesError, NotifySalesInput};

fn notify_sales(request: &Expr<NotifySalesInput>) -> State<Standard, Leads> {
    Task::lambda(NotifySales)
        .arguments(NotifySalesArguments {
            interaction_key: request.interaction_key(),
            lead_id: request.lead_id(),
            outcome: request.outcome(),
        })
        .timeout_seconds(10)
        .retry(
            Retry::on([NotifySalesError::Unavailable])
                .interval_seconds(5)
                .max_attempts(3)
                .full_jitter(),
        )
        .retry(Retry::on_lambda_transient().interval_seconds(2).max_attempts(3).full_jitter())
        .catch_all(
            Catch::on_all()
                .comment("The lead has its outcome; a note is not worth more.")
                .next("Done"),
        )
        .next("Done")
}

/// Begins with the step and ends after it.
pub(crate) fn definition() -> StateMachine {
    machine().build()
}

fn machine() -> Machine<Standard, NotifySalesInput, NotifySalesInput> {
    let machine = Machine::standard::<NotifySalesInput>();
    let request = machine.input();
    machine
        .start("Begin", |_| Pass::new().next("NotifySales"))
        .state("NotifySales", notify_sales(&request))
        .state("Done", done(&request))
}

fn done(request: &Expr<NotifySalesInput>) -> State<Standard, Ends<NotifySalesInput>> {
    Succeed::output(NotifySalesArguments {
        interaction_key: request.interaction_key(),
        lead_id: request.lead_id(),
        outcome: request.outcome(),
    })
}
