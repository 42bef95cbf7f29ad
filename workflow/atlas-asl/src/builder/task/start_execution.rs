//! `states:startExecution`, and on STANDARD its `.sync` and `.sync:2`.

use std::marker::PhantomData;

use super::Task;
use crate::builder::{
    Expr,
    kind::{Kind, Standard},
    node::Node,
    scope::substitution,
    step::{Child, StartExecutionError},
    typed::{Fields, Typed},
};

/// A task that starts an execution and does not yet say with what.
#[derive(Debug, Clone)]
#[must_use = "a Task without an input cannot be added to a machine"]
pub struct StartExecutionTask<K, C> {
    name: Option<Node>,
    marker: PhantomData<fn() -> (K, C)>,
}

/// What a started execution is known by.
#[derive(Debug, Clone, Copy)]
pub enum StartedExecution {}

/// A reference to a started execution.
#[derive(Debug, Clone)]
pub struct StartedExecutionFields(Node);

impl Typed for StartedExecution {
    type Fields = StartedExecutionFields;
    type Argument = Expr<Self>;
}

impl Fields for StartedExecutionFields {
    fn of(node: Node) -> Self {
        Self(node)
    }

    fn node(&self) -> &Node {
        &self.0
    }
}

impl StartedExecutionFields {
    /// `ExecutionArn`.
    pub fn execution_arn(&self) -> Expr<String> {
        Expr::from_node(self.0.field("ExecutionArn"))
    }

    /// `StartDate`.
    pub fn start_date(&self) -> Expr<String> {
        Expr::from_node(self.0.field("StartDate"))
    }
}

impl<K: Kind> Task<K> {
    /// Starts an execution of another machine: its contract says what it takes and gives.
    pub fn start_execution<C: Child>(_child: C) -> StartExecutionTask<K, C> {
        StartExecutionTask { name: None, marker: PhantomData }
    }
}

impl<K: Kind, C: Child> StartExecutionTask<K, C> {
    /// `Name`: of a STANDARD machine, one name starts one execution.
    pub fn name(mut self, name: impl Into<Expr<String>>) -> Self {
        self.name = Some(name.into().into_node());
        self
    }

    /// Starts it and goes on. The result says which execution it is.
    pub fn input(
        self,
        input: impl Into<Expr<C::Input>>,
    ) -> Task<K, StartedExecution, StartExecutionError> {
        let arguments = self.start(input.into());
        Task::calling("arn:aws:states:::states:startExecution", arguments, None)
    }

    fn start(self, input: Expr<C::Input>) -> Node {
        let machine = substitution(&format!("{}Arn", C::MACHINE));
        let mut arguments = vec![("StateMachineArn".to_owned(), machine.into_node())];
        arguments.extend(self.name.map(|name| ("Name".to_owned(), name)));
        arguments.push(("Input".to_owned(), input.into_node()));
        Node::Object(arguments)
    }
}

impl<C: Child> StartExecutionTask<Standard, C> {
    /// Starts it and waits until it has ended (`.sync:2`). The result is its output.
    ///
    /// Only STANDARD machines can wait:
    ///
    /// ```
    /// # use atlas_asl::builder::*;
    /// # struct Nightly;
    /// # impl Child for Nightly { const MACHINE: &'static str = "Nightly"; type Input = u32; type Output = String; }
    /// let machine = Machine::standard::<u32>()
    ///     .start("Run", |input| Task::start_execution(Nightly).sync2(input).end());
    /// # let _: Machine<Standard, u32, String> = machine;
    /// ```
    ///
    /// ```compile_fail,E0308
    /// # use atlas_asl::builder::*;
    /// # struct Nightly;
    /// # impl Child for Nightly { const MACHINE: &'static str = "Nightly"; type Input = u32; type Output = String; }
    /// let machine = Machine::express::<u32>()
    ///     .start("Run", |input| Task::start_execution(Nightly).sync2(input).end());
    /// # let _: Machine<Express, u32, String> = machine;
    /// ```
    pub fn sync2(
        self,
        input: impl Into<Expr<C::Input>>,
    ) -> Task<Standard, C::Output, StartExecutionError> {
        let arguments = self.start(input.into());
        Task::calling("arn:aws:states:::states:startExecution.sync:2", arguments, Some("Output"))
    }

    /// Starts it and waits until it has ended (`.sync`). The result is its output as JSON text.
    ///
    /// Only STANDARD machines can wait:
    ///
    /// ```
    /// # use atlas_asl::builder::*;
    /// # struct Nightly;
    /// # impl Child for Nightly { const MACHINE: &'static str = "Nightly"; type Input = u32; type Output = u32; }
    /// let machine = Machine::standard::<u32>()
    ///     .start("Run", |input| Task::start_execution(Nightly).sync(input).end());
    /// # let _: Machine<Standard, u32, String> = machine;
    /// ```
    ///
    /// ```compile_fail,E0308
    /// # use atlas_asl::builder::*;
    /// # struct Nightly;
    /// # impl Child for Nightly { const MACHINE: &'static str = "Nightly"; type Input = u32; type Output = u32; }
    /// let machine = Machine::express::<u32>()
    ///     .start("Run", |input| Task::start_execution(Nightly).sync(input).end());
    /// # let _: Machine<Express, u32, String> = machine;
    /// ```
    pub fn sync(
        self,
        input: impl Into<Expr<C::Input>>,
    ) -> Task<Standard, String, StartExecutionError> {
        let arguments = self.start(input.into());
        Task::calling("arn:aws:states:::states:startExecution.sync", arguments, Some("Output"))
    }
}
