//! Walking every state of a machine, at every depth, with its place.

use super::{Flow, QueryLanguage, State, StateKind, StateMachine, StateName};

/// A flow with its place.
#[derive(Debug, Clone)]
pub struct LocatedFlow<'a> {
    /// JSON pointer of the object that holds `StartAt` and `States`; empty for the machine itself.
    pub pointer: String,
    /// The flow.
    pub flow: &'a Flow,
    /// Some Map around it is DISTRIBUTED.
    pub in_distributed_map: bool,
}

/// A state with its place.
#[derive(Debug, Clone)]
pub struct Located<'a> {
    /// JSON pointer of the state: `/States/Prepare/Branches/0/States/CreateLead`.
    pub pointer: String,
    /// Its name.
    pub name: &'a StateName,
    /// The state.
    pub state: &'a State,
    /// The language of its fields.
    pub language: QueryLanguage,
    /// The flow that it stands in.
    pub flow: &'a Flow,
}

impl StateMachine {
    /// Every flow: the machine's own, then those inside Parallel and Map states, depth first.
    pub fn flows(&self) -> Vec<LocatedFlow<'_>> {
        let mut found = vec![LocatedFlow {
            pointer: String::new(),
            flow: &self.flow,
            in_distributed_map: false,
        }];
        let mut next = 0;
        while next < found.len() {
            let LocatedFlow { pointer, flow, in_distributed_map } = found[next].clone();
            for (name, state) in &flow.states {
                let place = format!("{pointer}/States/{}", escape_pointer(name.as_str()));
                match &state.kind {
                    StateKind::Parallel(parallel) => {
                        for (index, branch) in parallel.branches.iter().enumerate() {
                            found.push(LocatedFlow {
                                pointer: format!("{place}/Branches/{index}"),
                                flow: branch,
                                in_distributed_map,
                            });
                        }
                    }
                    StateKind::Map(map) => {
                        let field = if map.legacy_iterator { "Iterator" } else { "ItemProcessor" };
                        found.push(LocatedFlow {
                            pointer: format!("{place}/{field}"),
                            flow: &map.processor,
                            in_distributed_map: in_distributed_map || map.is_distributed(),
                        });
                    }
                    StateKind::Task(_)
                    | StateKind::Pass(_)
                    | StateKind::Choice(_)
                    | StateKind::Wait(_)
                    | StateKind::Succeed(_)
                    | StateKind::Fail(_) => {}
                }
            }
            next += 1;
        }
        found
    }

    /// Every state of every flow, with its place.
    pub fn states(&self) -> Vec<Located<'_>> {
        self.flows()
            .into_iter()
            .flat_map(|LocatedFlow { pointer, flow, .. }| {
                flow.states.iter().map(move |(name, state)| Located {
                    pointer: format!("{pointer}/States/{}", escape_pointer(name.as_str())),
                    name,
                    state,
                    language: state.language(self.query_language),
                    flow,
                })
            })
            .collect()
    }
}

impl super::Map {
    /// `ProcessorConfig.Mode` is `DISTRIBUTED`.
    pub fn is_distributed(&self) -> bool {
        self.processor_config
            .as_ref()
            .is_some_and(|config| config.mode == Some(super::ProcessorMode::Distributed))
    }
}

/// Escapes one token of a JSON pointer (RFC 6901).
pub fn escape_pointer(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}
