//! What the expressions of a state see: its data, its variables, the context object.

use std::{
    cell::{OnceCell, RefCell},
    fmt,
};

use atlas_asl::scope::Scope;
use serde_json::{Map, Value, json};

use crate::{
    TaskToken,
    branch::{Branch, BranchId, MapItem},
    program::Kind,
    step::Cx,
};

/// The scope of one evaluation.
pub(crate) struct StateScope<'a> {
    cx: &'a Cx<'a>,
    branch: &'a Branch,
    input: &'a Value,
    result: Option<&'a Value>,
    error_output: Option<&'a Value>,
    item: Option<&'a MapItem>,
    token: Option<&'a TaskToken>,
    context: Lent<'a>,
}

/// The part of the context object that all states of an execution share. The execution's input is in
/// it, so it is built once and lent to one scope after the other: a copy for each item of a Map would
/// take time in proportion to the square of the items.
#[derive(Default)]
pub(crate) struct SharedContext(RefCell<Option<Map<String, Value>>>);

impl SharedContext {
    /// Forgets it; the next scope builds it again.
    pub(crate) fn clear(&mut self) {
        self.0.take();
    }
}

impl fmt::Debug for SharedContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedContext(..)")
    }
}

/// The context object of one scope; what is shared of it goes back when the scope ends.
struct Lent<'a> {
    shared: &'a SharedContext,
    whole: OnceCell<Value>,
}

/// What is in the context object of one scope alone, in the order in which it is added.
const OF_SCOPE: [&str; 3] = ["State", "Map", "Task"];

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(Value::Object(mut context)) = self.whole.take() {
            // From the back, so that the order of the others stays.
            for field in OF_SCOPE.iter().rev() {
                context.remove(*field);
            }
            self.shared.0.replace(Some(context));
        }
    }
}

impl<'a> StateScope<'a> {
    /// The scope of a branch's state, with this as `$` and `$states.input`.
    pub(crate) fn new(cx: &'a Cx<'a>, id: BranchId, input: &'a Value) -> Self {
        let branch = cx.branch(id);
        Self {
            cx,
            branch,
            input,
            result: None,
            error_output: None,
            item: branch.item.as_deref(),
            token: branch.task().and_then(|task| task.token.as_ref()),
            context: Lent { shared: &cx.execution.context, whole: OnceCell::new() },
        }
    }

    pub(crate) fn with_result(self, result: &'a Value) -> Self {
        Self { result: Some(result), ..self }
    }

    pub(crate) fn with_error_output(self, error_output: &'a Value) -> Self {
        Self { error_output: Some(error_output), ..self }
    }

    pub(crate) fn with_item(self, item: &'a MapItem) -> Self {
        Self { item: Some(item), ..self }
    }

    pub(crate) fn with_token(self, token: Option<&'a TaskToken>) -> Self {
        Self { token, ..self }
    }

    fn shared_context(&self) -> Map<String, Value> {
        let (identity, began) = (&self.cx.execution.identity, self.cx.began());
        let mut context = Map::new();
        context.insert(
            "Execution".to_owned(),
            json!({
                "Id": *identity.execution_arn,
                "Input": began.input.value(),
                "StartTime": began.at.to_string(),
                "Name": *identity.execution_name,
                "RoleArn": *identity.role_arn,
                "RedriveCount": 0,
            }),
        );
        context.insert(
            "StateMachine".to_owned(),
            json!({ "Id": *identity.state_machine_arn, "Name": *identity.state_machine_name }),
        );
        context
    }

    fn context_object(&self) -> Value {
        let state = &self.cx.program.states[self.branch.state];
        let shared = self.context.shared.0.take();
        let mut context = shared.unwrap_or_else(|| self.shared_context());
        let mut of_state = Map::new();
        of_state.insert("Name".to_owned(), state.name.as_str().into());
        of_state.insert("EnteredTime".to_owned(), self.branch.entered_at.to_string().into());
        if matches!(state.kind, Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_)) {
            of_state.insert("RetryCount".to_owned(), self.branch.retry_count().into());
        }
        context.insert("State".to_owned(), Value::Object(of_state));
        if let Some(item) = self.item {
            context.insert(
                "Map".to_owned(),
                json!({ "Item": { "Index": item.index, "Value": item.value.value() } }),
            );
        }
        if let Some(token) = self.token {
            context.insert("Task".to_owned(), json!({ "Token": token.expose() }));
        }
        Value::Object(context)
    }
}

impl Scope for StateScope<'_> {
    fn input(&self) -> &Value {
        self.input
    }

    fn context(&self) -> &Value {
        self.context.whole.get_or_init(|| self.context_object())
    }

    fn result(&self) -> Option<&Value> {
        self.result
    }

    fn error_output(&self) -> Option<&Value> {
        self.error_output
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.branch.variables.get(name)
    }

    fn now_millis(&self) -> i64 {
        self.cx.now.as_millis()
    }

    fn random(&self) -> u64 {
        self.cx.random().next()
    }
}
