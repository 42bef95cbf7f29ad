//! `Choice`: the first rule whose condition holds, else the default.

use super::{
    Expr,
    kind::{Kind, Leads, State},
    operations::Condition,
    scope::Variable,
    typed::Typed,
};
use crate::model::{self, ChoiceRule, StateKind, StateName, Test};

/// A rule that does not yet lead anywhere. [`When::next`] makes it a [`Rule`].
#[derive(Debug, Clone)]
#[must_use = "a rule does something once a Choice has it"]
pub struct When(ChoiceRule);

/// One element of `Choices`.
#[derive(Debug, Clone)]
#[must_use = "a rule does something once a Choice has it"]
pub struct Rule(ChoiceRule);

impl Rule {
    /// Taken when this holds.
    pub fn when(condition: impl Into<Condition>) -> When {
        When(ChoiceRule {
            comment: None,
            test: Some(Test::Condition(condition.into().to_template())),
            next: None,
            assign: None,
            output: None,
        })
    }
}

impl When {
    /// Why.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.0.comment = Some(comment.into());
        self
    }

    /// Assigns a variable when the rule is taken.
    pub fn assign<T: Typed>(mut self, variable: &Variable<T>, value: impl Into<Expr<T>>) -> Self {
        variable.add_to(&mut self.0.assign, &value.into());
        self
    }

    /// What the state gives when the rule is taken; its input where this is not said.
    pub fn output<T: Typed>(mut self, value: impl Into<Expr<T>>) -> Self {
        self.0.output = Some(value.into().to_template());
        self
    }

    /// Where it leads.
    pub fn next(mut self, state: impl Into<StateName>) -> Rule {
        self.0.next = Some(state.into());
        Rule(self.0)
    }
}

/// A Choice state that does not yet say what happens when no rule holds.
#[derive(Debug, Clone, Default)]
#[must_use = "a Choice without its otherwise cannot be added to a machine"]
pub struct Choice {
    rules: Vec<ChoiceRule>,
}

impl Choice {
    /// No rule yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule.
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule.0);
        self
    }

    /// Adds a rule that only leads elsewhere.
    pub fn when(self, condition: impl Into<Condition>, next: impl Into<StateName>) -> Self {
        self.rule(Rule::when(condition).next(next))
    }

    /// `Default`.
    pub fn otherwise<K: Kind>(self, next: impl Into<StateName>) -> State<K, Leads> {
        self.close(Some(next.into()))
    }

    /// No `Default`: where no rule holds the execution fails with `States.NoChoiceMatched`.
    pub fn otherwise_fail<K: Kind>(self) -> State<K, Leads> {
        self.close(None)
    }

    fn close<K: Kind>(self, default: Option<StateName>) -> State<K, Leads> {
        let choice = model::Choice { choices: self.rules, default };
        State::new(model::State::new(StateKind::Choice(choice)))
    }
}
