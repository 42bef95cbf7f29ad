//! `Map`, INLINE: one flow for each of many items.

use std::marker::PhantomData;

use serde_json::Value;

use super::{
    Expr,
    handling::{Handling, retry_and_catch},
    kind::{Ends, Kind, Leads, Marker, State},
    machine::Branch,
    scope::Variable,
    typed::Typed,
};
use crate::model::{
    self, Count, Items, ProcessorConfig, ProcessorMode, StateKind, StateName, ToleratedFailure,
    Transition,
};

/// The items of a Map that does not yet say what is done with each.
#[derive(Debug, Clone)]
#[must_use = "a Map without a processor cannot be added to a machine"]
pub struct Map<I: Typed, T: Typed> {
    items: Value,
    selector: Option<Value>,
    marker: Marker<(I, T)>,
}

/// A Map state that does not yet lead anywhere: its iterations give an `R` each, the state an `O`.
#[derive(Debug, Clone)]
#[must_use = "a Map that leads nowhere cannot be added to a machine"]
pub struct MapEach<K, R: Typed, O: Typed = Vec<R>> {
    map: model::Map,
    handling: Handling,
    marker: Marker<(K, R, O)>,
}

impl<I: Typed> Map<I, I> {
    /// Over these items.
    ///
    /// The processor is of the machine's kind, as the branches of a Parallel are.
    ///
    /// ```
    /// # use atlas_asl::builder::*;
    /// # shape! { /** Items. */ pub struct Order, OrderArguments { /** Lines. */ pub lines: Vec<u32> } }
    /// let machine = Machine::express::<Order>().start("Each", |order| {
    ///     let double = Branch::new()
    ///         .start("Double", |line: Expr<u32>| Pass::new().output(line.times(2)).end());
    ///     Map::over(order.lines()).process(double).max_concurrency(5).end()
    /// });
    /// # let _: Machine<Express, Order, Vec<u32>> = machine;
    /// ```
    ///
    /// ```compile_fail,E0308
    /// # use atlas_asl::builder::*;
    /// # shape! { /** Items. */ pub struct Order, OrderArguments { /** Lines. */ pub lines: Vec<u32> } }
    /// let machine = Machine::express::<Order>().start("Each", |order| {
    ///     let double = Branch::new()
    ///         .start("Double", |line: Expr<u32>| Task::activity::<u32, u32>("DoubleArn", line).end());
    ///     Map::over(order.lines()).process(double).max_concurrency(5).end()
    /// });
    /// # let _: Machine<Express, Order, Vec<u32>> = machine;
    /// ```
    pub fn over(items: impl Into<Expr<Vec<I>>>) -> Self {
        Self { items: items.into().to_template(), selector: None, marker: PhantomData }
    }

    /// What an iteration gets, made of its item and its index, instead of the item.
    pub fn select<T: Typed, X: Into<Expr<T>>>(
        self,
        input: impl FnOnce(Expr<I>, Expr<u64>) -> X,
    ) -> Map<I, T> {
        let item = Expr::whole("$states.context.Map.Item.Value");
        let index = Expr::whole("$states.context.Map.Item.Index");
        let selector = Some(input(item, index).into().to_template());
        Map { items: self.items, selector, marker: PhantomData }
    }
}

impl<I: Typed, T: Typed> Map<I, T> {
    /// What is done with each.
    pub fn process<K: Kind, R: Typed>(self, processor: Branch<K, T, R>) -> MapEach<K, R> {
        let (comment, flow) = processor.into_parts();
        let map = model::Map {
            processor: flow,
            processor_comment: comment,
            processor_config: Some(ProcessorConfig {
                mode: Some(ProcessorMode::Inline),
                execution_type: None,
            }),
            items: Some(Items::Value(self.items)),
            item_selector: self.selector,
            ..model::Map::default()
        };
        MapEach { map, handling: Handling::default(), marker: PhantomData }
    }
}

impl<K: Kind, R: Typed, O: Typed> MapEach<K, R, O> {
    /// `MaxConcurrency`: how many iterations run at once.
    pub fn max_concurrency(mut self, iterations: u64) -> Self {
        self.map.max_concurrency = Some(Count::Literal(iterations));
        self
    }

    /// `ToleratedFailurePercentage`.
    pub fn tolerated_failure_percentage(mut self, percentage: f64) -> Self {
        self.map.tolerated_failure_percentage = Some(ToleratedFailure::Literal(percentage));
        self
    }

    retry_and_catch!("iteration", "iterations");

    /// Assigns a variable once every iteration has ended.
    pub fn assign<T: Typed, X: Into<Expr<T>>>(
        mut self,
        variable: &Variable<T>,
        value: impl FnOnce(Expr<Vec<R>>) -> X,
    ) -> Self {
        let value = value(Expr::whole("$states.result")).into();
        variable.add_to(&mut self.handling.assign, &value);
        self
    }

    /// What the state gives; the outputs of its iterations where this is not said.
    pub fn output<P: Typed>(
        mut self,
        value: impl FnOnce(Expr<Vec<R>>) -> Expr<P>,
    ) -> MapEach<K, R, P> {
        self.handling.output = Some(value(Expr::whole("$states.result")).to_template());
        MapEach { map: self.map, handling: self.handling, marker: PhantomData }
    }

    /// `Next`.
    pub fn next(self, state: impl Into<StateName>) -> State<K, Leads> {
        self.close(Transition::Next(state.into()))
    }

    /// `End`: the flow ends with the state's output.
    pub fn end(self) -> State<K, Ends<O>> {
        self.close(Transition::End)
    }

    fn close<X>(mut self, transition: Transition) -> State<K, X> {
        self.map.retry = self.handling.retriers();
        self.map.catch = self.handling.catchers();
        self.map.transition = Some(transition);
        let mut state = model::State::new(StateKind::Map(Box::new(self.map)));
        state.assign = self.handling.assign;
        state.output = self.handling.output;
        State::new(state)
    }
}
