//! The scenario that always works: no model, no cache, the lead's own words where there are any.

use atlas_asl::builder::{Condition, Expr};

use crate::contract::{Intake, Scenario, ScenarioArguments, Tone};

/// The template in the lead's language, where we have it, else in English.
pub(crate) fn expression(intake: &Expr<Intake>) -> Expr<Scenario> {
    let locale = intake.call().locale();
    let spanish: Condition = locale.matches("^es(-|$)");
    let either = |in_spanish: Expr<String>, in_english: Expr<String>| -> Expr<String> {
        spanish.then(in_spanish, in_english)
    };
    let name = intake.lead().first_name();
    let company = intake.lead().company();
    ScenarioArguments {
        opening: either(
            Expr::from("Hola, ")
                .concat(&name)
                .concat(". Le llamamos por la demostración que ha pedido."),
            Expr::from("Hello ")
                .concat(&name)
                .concat(", this is the call about the demo you asked for."),
        ),
        objective: either(
            Expr::from("Acordar una demostración para ").concat(&company).concat("."),
            Expr::from("Agree on a demo for ").concat(&company).concat("."),
        ),
        talking_points: spanish.then(
            vec![
                "Lo que quiere resolver".to_owned(),
                "Lo que la demostración enseña".to_owned(),
                "Una fecha que le convenga".to_owned(),
            ],
            vec![
                "What you would like to solve".to_owned(),
                "What the demo shows".to_owned(),
                "A date that suits you".to_owned(),
            ],
        ),
        tone: Tone::Friendly.into(),
        language: either(locale.clone(), "en-US".into()),
    }
    .into()
}
