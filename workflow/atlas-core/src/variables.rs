//! Workflow variables: a scope for the machine, and one inside it for each branch and iteration.

use std::{collections::HashMap, sync::Arc};

use serde_json::Value;

use crate::Payload;

/// The variables that a branch can see. Cheap to clone; assigning makes a new one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables(Option<Arc<Frame>>);

/// Scopes whose payloads have been changed, as they were and as they are. The first are held, so that
/// no other scope can take their place in memory meanwhile.
#[derive(Default)]
pub(crate) struct Changed(HashMap<*const Frame, (Variables, Variables)>);

#[derive(Debug)]
struct Frame {
    outer: Variables,
    values: Vec<(Box<str>, Payload)>,
}

impl Variables {
    /// A scope inside this one: it sees what is here, and what it assigns stays inside.
    pub(crate) fn inner(&self) -> Self {
        match &self.0 {
            None => Self(None),
            Some(_) => Self(Some(Arc::new(Frame { outer: self.clone(), values: Vec::new() }))),
        }
    }

    /// The value of this name in the nearest scope that has one.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let mut scope = self;
        while let Some(frame) = &scope.0 {
            if let Some((_, value)) = frame.values.iter().find(|(known, _)| **known == *name) {
                return Some(value.value());
            }
            scope = &frame.outer;
        }
        None
    }

    /// Assigns in the nearest scope.
    pub(crate) fn assign(&mut self, assigned: &[(Box<str>, Payload)]) {
        let (outer, mut values) = match &self.0 {
            None => (Self(None), Vec::with_capacity(assigned.len())),
            Some(frame) => (frame.outer.clone(), frame.values.clone()),
        };
        for (name, value) in assigned {
            match values.iter_mut().find(|(known, _)| known == name) {
                Some((_, held)) => *held = value.clone(),
                None => values.push((name.clone(), value.clone())),
            }
        }
        self.0 = Some(Arc::new(Frame { outer, values }));
    }

    /// The scope around this one.
    #[cfg(test)]
    pub(crate) fn outer(&self) -> Option<&Self> {
        self.0.as_ref().map(|frame| &frame.outer)
    }

    /// Both are the same scope in memory.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// The same variables, each payload put through `change`; scopes that were shared stay shared.
    pub(crate) fn with_each_payload(
        &self,
        changed: &mut Changed,
        change: &mut impl FnMut(&mut Payload),
    ) -> Self {
        let Some(frame) = &self.0 else { return Self(None) };
        if let Some((_, known)) = changed.0.get(&Arc::as_ptr(frame)) {
            return known.clone();
        }
        let outer = frame.outer.with_each_payload(changed, change);
        let mut values = frame.values.clone();
        for (_, value) in &mut values {
            change(value);
        }
        let is_same = |((_, one), (_, other)): (&(_, Payload), &(_, Payload))| one.is_same(other);
        let new = if outer.is_same(&frame.outer) && frame.values.iter().zip(&values).all(is_same) {
            self.clone()
        } else {
            Self(Some(Arc::new(Frame { outer, values })))
        };
        changed.0.insert(Arc::as_ptr(frame), (self.clone(), new.clone()));
        new
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payload(value: Value) -> Payload {
        Payload::from(value)
    }

    #[test]
    fn an_inner_scope_sees_the_outer_one_and_keeps_what_it_assigns() {
        let mut outer = Variables::default();
        outer.assign(&[("x".into(), payload(json!(1)))]);
        let mut inner = outer.inner();
        inner.assign(&[("y".into(), payload(json!(2)))]);
        assert_eq!(inner.get("x"), Some(&json!(1)));
        assert_eq!(inner.get("y"), Some(&json!(2)));
        assert_eq!(outer.get("y"), None);
    }

    #[test]
    fn assigning_again_replaces() {
        let mut variables = Variables::default();
        variables.assign(&[("x".into(), payload(json!(1))), ("y".into(), payload(json!(2)))]);
        variables.assign(&[("x".into(), payload(json!(3)))]);
        assert_eq!(variables.get("x"), Some(&json!(3)));
        assert_eq!(variables.get("y"), Some(&json!(2)));
    }
}
