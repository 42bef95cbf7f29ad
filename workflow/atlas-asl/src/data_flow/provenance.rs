//! Where a value comes from: for each part of a document, the states whose results are in it.

use std::collections::{BTreeMap, BTreeSet};

/// States, by their number in the sequence.
pub(super) type Sources = BTreeSet<usize>;

/// Where a document comes from. What comes from before the sequence has no sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Provenance {
    /// Of whatever is not among the members.
    whole: Sources,
    /// Of members that are known to be of their own.
    members: BTreeMap<String, Provenance>,
}

impl Provenance {
    /// All of it from these states.
    pub(super) fn of(sources: Sources) -> Self {
        Self { whole: sources, members: BTreeMap::new() }
    }

    /// An object of these members, and of nothing else.
    pub(super) fn object(members: BTreeMap<String, Provenance>) -> Self {
        Self { whole: Sources::new(), members }
    }

    /// All states that any part of it comes from.
    pub(super) fn all(&self) -> Sources {
        let mut sources = self.whole.clone();
        for member in self.members.values() {
            sources.append(&mut member.all());
        }
        sources
    }

    /// The part that these names lead to. Whoever reads a part also learns whether it is there.
    pub(super) fn part<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut part = self;
        for name in names {
            match part.members.get(name) {
                Some(member) => part = member,
                None => return Self::of(part.whole.clone()),
            }
        }
        part.clone()
    }

    /// Puts a value where these names lead.
    pub(super) fn put(&mut self, names: &[&str], value: Provenance) {
        let Some((name, rest)) = names.split_first() else {
            *self = value;
            return;
        };
        let whole = self.whole.clone();
        let member = self.members.entry((*name).to_owned()).or_insert_with(|| Self::of(whole));
        member.put(rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_their_own_sources() {
        let from = |number: usize| Provenance::of(Sources::from([number]));
        let mut document = Provenance::default();
        document.put(&["a"], from(1));
        document.put(&["b", "c"], from(2));
        let check = |document: &Provenance, names: &[&str], expected: &[usize]| {
            let sources = document.part(names.iter().copied()).all();
            assert_eq!(sources, expected.iter().copied().collect(), "{names:?}");
        };
        check(&document, &[], &[1, 2]);
        check(&document, &["a", "x"], &[1]);
        check(&document, &["b"], &[2]);
        check(&document, &["b", "d"], &[]);
        check(&document, &["e"], &[]);
        let mut replaced = from(3);
        replaced.put(&["a"], from(4));
        check(&replaced, &["a"], &[4]);
        check(&replaced, &["b"], &[3]);
    }
}
