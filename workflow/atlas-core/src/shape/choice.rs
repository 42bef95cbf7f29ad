//! Which rule of a Choice holds, and what the state hands on then.

use atlas_asl::jsonata::{FieldFailure, Session, describe};
use serde_json::Value;

use super::{
    paths::{effective_input, select},
    templates::{assign, evaluate, jsonata_output},
};
use crate::{
    branch::BranchId,
    failure::StateFailure,
    program::{ChoiceTest, CompiledChoice, Io, Template},
    scope::StateScope,
    states::Shaped,
    step::Cx,
};

/// The first rule that holds, and which one it is.
pub(crate) fn first_match<'r>(
    cx: &Cx<'_>,
    id: BranchId,
    rules: &'r [CompiledChoice],
) -> Result<Option<(usize, &'r CompiledChoice)>, StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value());
    let mut session = Session::new(&scope);
    for (index, rule) in rules.iter().enumerate() {
        let holds = match &rule.test {
            ChoiceTest::Literal(literal) => *literal,
            ChoiceTest::Rule(rule) => rule
                .matches(&scope)
                .map_err(|failure| StateFailure::runtime(failure.to_string()))?,
            ChoiceTest::Condition(expression) => {
                let field = format_args!("Choices[{index}]/Condition");
                let failed = |failure: &FieldFailure| {
                    let field = field.to_string();
                    let cause = describe(failure, expression.source(), &field);
                    StateFailure::evaluation(Some(field), cause)
                };
                match session.field(expression) {
                    Ok(Value::Bool(holds)) => holds,
                    Ok(value) => {
                        return Err(failed(&FieldFailure::UnexpectedType {
                            expected: "boolean",
                            value,
                        }));
                    }
                    Err(failure) => return Err(failed(&failure)),
                }
            }
        };
        if holds {
            return Ok(Some((index, rule)));
        }
    }
    Ok(None)
}

/// What a Choice hands on that has taken a rule: the rule's own `Assign` and `Output` count, not the
/// state's.
pub(crate) fn chosen(
    cx: &Cx<'_>,
    id: BranchId,
    index: usize,
    rule: &CompiledChoice,
) -> Result<Shaped, StateFailure> {
    match &cx.state(id).io {
        Io::JsonPath(io) => {
            let effective = effective_input(cx, id)?;
            let scope = StateScope::new(cx, id, effective.value());
            let assigned =
                assign(rule.assign.as_ref(), |template| evaluate(template, &scope, "Assign"))?;
            Ok(Shaped { output: select(cx, id, &io.output_path, effective.clone())?, assigned })
        }
        Io::Jsonata(_) => {
            let input = &cx.branch(id).input;
            let scope = StateScope::new(cx, id, input.value());
            let assign = match &rule.assign {
                Some(Template::Jsonata(template)) => Some(template),
                Some(Template::JsonPath(_)) | None => None,
            };
            jsonata_output(
                &scope,
                rule.output.as_ref(),
                assign,
                &format!("Choices[{index}]/"),
                input,
            )
        }
    }
}
