//! What a template fills in on deployment, as `${Name}` in the definition.
//!
//! A definition is judged and rewritten with `${Name}` where the template has `!GetAtt`, `!Ref` or another
//! function; whatever they were is remembered, so that they can be put back.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::intrinsic::{self, Intrinsic};
use crate::reading::{Data, Node};

/// A name that stands for a function of the template.
#[derive(Debug, Clone, PartialEq)]
pub struct Placeholder {
    /// `CreateLeadFunctionArn`, in the definition between `${` and `}`.
    pub name: String,
    /// The function: `{"Fn::GetAtt": ["CreateLeadFunction", "Arn"]}`.
    pub is: Value,
    /// What stands between `${` and `}` of a `Fn::Sub`, where one can say it so.
    pub in_sub: Option<String>,
    /// How often it was put into the definition.
    uses: usize,
}

/// All that a definition holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placeholders {
    list: Vec<Placeholder>,
    /// Their places in the list, by name.
    by_name: HashMap<String, usize>,
    /// Those places by the name wished for and the function, in JSON.
    by_wish: HashMap<(String, String), usize>,
    /// The last number behind a name wished for.
    numbers: HashMap<String, u32>,
    /// Names that the definition's own text has between `${` and `}`.
    own: HashSet<String>,
    /// Whole texts, and the functions that they were.
    texts: HashMap<String, Value>,
}

impl Placeholders {
    /// What a definition is with names where functions stand, none of which stands in its own text: whatever
    /// has the name of a function afterwards is that function.
    pub(super) fn of<R>(render: impl Fn(&mut Self) -> R, texts: fn(&R) -> Vec<&str>) -> (R, Self) {
        let mut first = Self::default();
        let rendered = render(&mut first);
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (_, name) in texts(&rendered).into_iter().flat_map(names) {
            *counts.entry(name).or_default() += 1;
        }
        let uses = |name: &str| first.named(name).map_or(0, |known| known.uses);
        let own = counts.into_iter().filter(|(name, count)| *count > uses(name));
        let mut second =
            Self { own: own.map(|(name, _)| name.to_owned()).collect(), ..Self::default() };
        (render(&mut second), second)
    }

    /// Each of them, in the order in which they stand.
    pub fn list(&self) -> &[Placeholder] {
        &self.list
    }

    /// Whether a whole text is what a function of the template gives.
    pub(crate) fn is_function(&self, text: &str) -> bool {
        self.texts.contains_key(text)
    }

    /// The function that a whole text was.
    pub(super) fn text(&self, text: &str) -> Option<&Value> {
        self.texts.get(text)
    }

    pub(super) fn named(&self, name: &str) -> Option<&Placeholder> {
        self.by_name.get(name).map(|at| &self.list[*at])
    }

    /// A value of a definition, with names where functions stand.
    pub(super) fn value(&mut self, node: &Node) -> Value {
        if let Some(found) = intrinsic::of(node) {
            let text = self.function(&found, node);
            self.texts.insert(text.clone(), intrinsic::json(node));
            return Value::String(text);
        }
        match &node.data {
            Data::List(elements) => elements.iter().map(|it| self.value(it)).collect(),
            Data::Object(members) => members
                .iter()
                .map(|member| (member.name.clone(), self.value(&member.value)))
                .collect::<Map<_, _>>()
                .into(),
            Data::Null | Data::Boolean(_) | Data::Number(_) | Data::Text { .. } => {
                intrinsic::json(node)
            }
        }
    }

    /// The text that a function gives, with names where it is not known.
    pub(super) fn function(&mut self, found: &Intrinsic<'_>, node: &Node) -> String {
        let given = &found.argument;
        let text = match found.function {
            "Ref" => given.text().map(|name| self.reference(name)),
            "GetAtt" => attribute(found).map(|(of, name)| self.attribute(&of, &name)),
            "Sub" => self.substituted(found),
            "Join" => self.joined(found),
            _ => None,
        };
        text.unwrap_or_else(|| self.name(found.function, intrinsic::json(node), None))
    }

    fn reference(&mut self, name: &str) -> String {
        self.name(name, json!({ "Ref": name }), Some(name.to_owned()))
    }

    fn attribute(&mut self, of: &str, name: &str) -> String {
        let dotted = format!("{of}.{name}");
        self.name(&dotted, json!({ "Fn::GetAtt": [of, name] }), Some(dotted.clone()))
    }

    fn substituted(&mut self, found: &Intrinsic<'_>) -> Option<String> {
        let (text, own) = match found.argument.list() {
            None => (found.argument.text()?, None),
            Some([text, own]) => (text.text()?, Some(own)),
            Some(_) => return None,
        };
        let mut whole = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            whole.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                whole.push_str("${");
                rest = after;
                continue;
            };
            rest = after;
            let given = own.and_then(|own| own.get(name));
            let said = match (name.strip_prefix('!'), given, name.split_once('.')) {
                (Some(literal), ..) => format!("${{{literal}}}"),
                (None, Some(node), _) => self.name(name, intrinsic::json(node), None),
                (None, None, Some((of, attribute))) => self.attribute(of, attribute),
                (None, None, None) => self.reference(name),
            };
            whole.push_str(&said);
        }
        whole.push_str(rest);
        Some(whole)
    }

    fn joined(&mut self, found: &Intrinsic<'_>) -> Option<String> {
        let [separator, parts] = found.argument.list()? else { return None };
        let separator = separator.text()?;
        let Data::List(parts) = &parts.data else { return None };
        let is_text = |part: &Node| {
            intrinsic::of(part).is_some()
                || matches!(part.data, Data::Text { .. } | Data::Number(_))
        };
        if !parts.iter().all(is_text) {
            return None;
        }
        let parts = parts.iter().map(|part| match (intrinsic::of(part), &part.data) {
            (Some(found), _) => self.function(&found, part),
            (None, Data::Text { text, .. }) => text.clone(),
            (None, Data::Number(number)) => number.to_string(),
            (None, _) => String::new(),
        });
        Some(parts.collect::<Vec<_>>().join(separator))
    }

    /// `${Name}`, of letters and digits as `DefinitionSubstitutions` takes them.
    fn name(&mut self, wish: &str, is: Value, in_sub: Option<String>) -> String {
        let wish: String = wish.chars().filter(char::is_ascii_alphanumeric).collect();
        let wish = if wish.is_empty() { "Value".to_owned() } else { wish };
        let key = (wish.clone(), is.to_string());
        if let Some(at) = self.by_wish.get(&key) {
            let known = &mut self.list[*at];
            known.uses += 1;
            return format!("${{{}}}", known.name);
        }
        let mut name = wish.clone();
        let number = self.numbers.entry(wish).or_insert(1);
        while self.by_name.contains_key(&name) || self.own.contains(&name) {
            *number += 1;
            name = format!("{}{number}", key.0);
        }
        let said = format!("${{{name}}}");
        self.by_wish.insert(key, self.list.len());
        self.by_name.insert(name.clone(), self.list.len());
        self.list.push(Placeholder { name, is, in_sub, uses: 1 });
        said
    }
}

/// What stands between `${` and `}` in a text, where it could be the name of a placeholder, and where each begins.
pub(super) fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("${").filter_map(|(at, _)| {
        let rest = &text[at + 2..];
        let end = rest.find(|next: char| !next.is_ascii_alphanumeric())?;
        (end > 0 && rest[end..].starts_with('}')).then_some((at, &rest[..end]))
    })
}

/// Resource and attribute of a `Fn::GetAtt`.
fn attribute(found: &Intrinsic<'_>) -> Option<(String, String)> {
    if let Some(text) = found.argument.text() {
        let (of, name) = text.split_once('.')?;
        return Some((of.to_owned(), name.to_owned()));
    }
    let [of, name] = found.argument.list()? else { return None };
    Some((of.text()?.to_owned(), name.text()?.to_owned()))
}
