//! What the expressions of a state see: its data, its variables, the context object.

use std::{
    cell::{OnceCell, RefCell},
    fmt,
};

use atlas_asl::scope::{ContextPart, Scope};
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
    /// The given context object with the item in it.
    given: OnceCell<Value>,
}

/// The parts of the context object that all states of an execution share.
#[derive(Default)]
pub(crate) struct SharedContext {
    execution: OnceCell<Value>,
    state_machine: OnceCell<Value>,
    /// The object with both, and the execution's input, for whoever asks for all of it. It is built
    /// once and lent to one scope after the other: a copy for each item of a Map would take time in
    /// proportion to the square of the items.
    whole: RefCell<Option<Map<String, Value>>>,
}

impl SharedContext {
    /// Forgets it; the next scope builds it again.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl fmt::Debug for SharedContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedContext(..)")
    }
}

/// The context object of one scope, or parts of it; what is shared of it goes back when the scope
/// ends.
struct Lent<'a> {
    shared: &'a SharedContext,
    whole: OnceCell<Value>,
    state: OnceCell<Value>,
    map: OnceCell<Option<Value>>,
    task: OnceCell<Option<Value>>,
}

/// What is in the context object of one scope alone, in the order in which it is added.
const OF_SCOPE: [&str; 3] = ["State", "Map", "Task"];

impl<'a> Lent<'a> {
    fn new(shared: &'a SharedContext) -> Self {
        Self {
            shared,
            whole: OnceCell::new(),
            state: OnceCell::new(),
            map: OnceCell::new(),
            task: OnceCell::new(),
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(Value::Object(mut context)) = self.whole.take() {
            // From the back, so that the order of the others stays.
            for field in OF_SCOPE.iter().rev() {
                context.remove(*field);
            }
            self.shared.whole.replace(Some(context));
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
            context: Lent::new(&cx.execution.context),
            given: OnceCell::new(),
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

    /// `Execution`, with its input or without.
    fn execution(&self, input: Option<&Value>) -> Value {
        let (identity, began) = (&self.cx.execution.identity, self.cx.began());
        let mut execution = Map::new();
        execution.insert("Id".to_owned(), json!(*identity.execution_arn));
        if let Some(input) = input {
            execution.insert("Input".to_owned(), input.clone());
        }
        execution.insert("StartTime".to_owned(), began.at.to_string().into());
        execution.insert("Name".to_owned(), json!(*identity.execution_name));
        execution.insert("RoleArn".to_owned(), json!(*identity.role_arn));
        let redrives = self.cx.execution.redrives();
        execution.insert("RedriveCount".to_owned(), redrives.len().into());
        if let Some(last) = redrives.last() {
            execution.insert("RedriveTime".to_owned(), last.to_string().into());
        }
        Value::Object(execution)
    }

    fn state_machine(&self) -> Value {
        let identity = &self.cx.execution.identity;
        json!({ "Id": *identity.state_machine_arn, "Name": *identity.state_machine_name })
    }

    fn state(&self) -> Value {
        let state = &self.cx.program.states[self.branch.state];
        let mut of_state = Map::new();
        of_state.insert("Name".to_owned(), state.name.as_str().into());
        of_state.insert("EnteredTime".to_owned(), self.branch.entered_at.to_string().into());
        if matches!(state.kind, Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_)) {
            of_state.insert("RetryCount".to_owned(), self.branch.retry_count().into());
        }
        Value::Object(of_state)
    }

    fn map(&self) -> Option<Value> {
        let item = self.item?;
        Some(json!({ "Item": { "Index": item.index, "Value": item.value.value() } }))
    }

    fn task(&self) -> Option<Value> {
        self.token.map(|token| json!({ "Token": token.expose() }))
    }

    fn context_object(&self) -> Value {
        let shared = self.context.shared.whole.take();
        let mut context = shared.unwrap_or_else(|| {
            let execution = self.execution(Some(self.cx.began().input.value()));
            let mut context = Map::new();
            context.insert("Execution".to_owned(), execution);
            context.insert("StateMachine".to_owned(), self.state_machine());
            context
        });
        let of_scope = [Some(self.state()), self.map(), self.task()];
        for (field, value) in OF_SCOPE.into_iter().zip(of_scope) {
            context.extend(value.map(|value| (field.to_owned(), value)));
        }
        Value::Object(context)
    }
}

impl StateScope<'_> {
    fn given<'s>(&'s self, given: &'s Value) -> &'s Value {
        let (Some(map), Value::Object(fields)) = (self.map(), given) else { return given };
        self.given.get_or_init(|| {
            let mut fields = fields.clone();
            fields.insert("Map".to_owned(), map);
            Value::Object(fields)
        })
    }
}

impl Scope for StateScope<'_> {
    fn input(&self) -> &Value {
        self.input
    }

    fn context(&self) -> &Value {
        if let Some(given) = &self.cx.execution.given_context {
            return self.given(given);
        }
        self.context.whole.get_or_init(|| self.context_object())
    }

    fn context_part(&self, part: ContextPart) -> Option<&Value> {
        if self.cx.execution.given_context.is_some() {
            let fields = part.fields().iter();
            return fields.copied().try_fold(self.context(), |value, field| value.get(field));
        }
        let Lent { shared, state, map, task, .. } = &self.context;
        match part {
            ContextPart::Execution => Some(shared.execution.get_or_init(|| self.execution(None))),
            ContextPart::ExecutionInput => Some(self.cx.began().input.value()),
            ContextPart::StateMachine => {
                Some(shared.state_machine.get_or_init(|| self.state_machine()))
            }
            ContextPart::State => Some(state.get_or_init(|| self.state())),
            ContextPart::Map => map.get_or_init(|| self.map()).as_ref(),
            ContextPart::Task => task.get_or_init(|| self.task()).as_ref(),
        }
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
