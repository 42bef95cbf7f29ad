//! Reading the fields of one object: each reader gives what the model can hold, and notes what it
//! cannot.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::{
    document::{Json, Member, Node},
    faults::{Reading, Trail, a_state, one_of},
    shapes::{self, Shape, Standing},
    value,
};
use crate::{
    model::{Count, PathOrNull, QueryLanguage, StateName},
    suggest::suggest,
};

/// An object of the document, read as one of the language's shapes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'p, 't> {
    pub(super) trail: &'p Trail<'p>,
    members: &'p [Member<'t>],
    shape: &'static Shape,
    /// The query language of its fields; `None` where the document contradicts itself.
    pub(super) language: Option<QueryLanguage>,
}

impl<'p, 't> Fields<'p, 't> {
    /// Reads the node as an object of this shape, and judges the names of its fields.
    pub(super) fn open(
        node: &'p Node<'t>,
        trail: &'p Trail<'p>,
        shape: &'static Shape,
        language: Option<QueryLanguage>,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let fields = Self::bare(node, trail, shape, language, reading)?;
        fields.judge_names(reading);
        Some(fields)
    }

    /// The same without judging the names, for those who do not know the shape yet.
    pub(super) fn bare(
        node: &'p Node<'t>,
        trail: &'p Trail<'p>,
        shape: &'static Shape,
        language: Option<QueryLanguage>,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let Json::Object(members) = &node.json else {
            wrong_type(
                reading,
                trail,
                node,
                "[OBJECT]",
                &format!("write {} as an object", shape.what),
            );
            return None;
        };
        Some(Self { trail, members, shape, language })
    }

    /// The same object in a shape and a language that are known by now.
    pub(super) fn as_shape(
        self,
        shape: &'static Shape,
        language: Option<QueryLanguage>,
        reading: &mut Reading<'_>,
    ) -> Self {
        let fields = Self { shape, language, ..self };
        fields.judge_names(reading);
        fields
    }

    fn judge_names(&self, reading: &mut Reading<'_>) {
        let mut seen: Vec<&str> = Vec::new();
        for member in self.members {
            let name = member.name.as_ref();
            match self.shape.standing(name) {
                Standing::Never => self.unknown_name(member, reading),
                Standing::Only(only) if self.language.is_some_and(|language| language != only) => {
                    self.wrong_language(member, only, reading);
                }
                Standing::Always | Standing::Only(_) if seen.contains(&name) => reading.fault_at(
                    self.trail,
                    member.offset,
                    format!("Field '{name}' stands here twice"),
                    "remove one of the two".to_owned(),
                ),
                // At most as long as the shape has fields.
                Standing::Always | Standing::Only(_) => seen.push(name),
            }
        }
    }

    fn unknown_name(&self, member: &Member<'_>, reading: &mut Reading<'_>) {
        let name = member.name.as_ref();
        let what = self.shape.what;
        let elsewhere = shapes::states_with(name);
        let hint = if what.ends_with(" state") && !elsewhere.is_empty() {
            format!("`{name}` is not a field of {what}; it belongs to {}", a_state(&elsewhere))
        } else if what == shapes::NESTED_RULE.what
            && shapes::CHOICE_RULE.standing(name) != Standing::Never
        {
            format!("only the outermost rule has `{name}`")
        } else if let Some(right) = suggest(name, self.shape.names(self.language)) {
            format!("`{name}` is not a field of {what}; did you mean `{right}`?")
        } else {
            let fields: Vec<&str> =
                self.shape.names(self.language).filter(|name| *name != "Type").take(24).collect();
            format!("{what} has the fields {}", one_of(fields).replace(" or ", " and "))
        };
        reading.fault_at(
            self.trail,
            member.offset,
            format!("Field '{name}' is not supported"),
            hint,
        );
    }

    fn wrong_language(&self, member: &Member<'_>, only: QueryLanguage, reading: &mut Reading<'_>) {
        let name = member.name.as_ref();
        let (here, there) = match only {
            QueryLanguage::JsonPath => (QueryLanguage::Jsonata, only),
            QueryLanguage::Jsonata => (QueryLanguage::JsonPath, only),
        };
        reading.fault_at(
            self.trail,
            member.offset,
            format!(
                "The QueryLanguage is set to '{}', but field '{name}' is only supported for the '{}' QueryLanguage",
                here.as_str(),
                there.as_str()
            ),
            counterpart(name).map(|right| format!("write it as {right}")),
        );
    }

    /// The field as it stands, if it is one here; the first where it stands twice.
    pub(super) fn get(&self, name: &str) -> Option<&'p Member<'t>> {
        // Most fields are absent: looking for it first is what makes reading fast.
        self.raw(name).filter(|_| self.fits(name))
    }

    /// The field as it stands, whether it belongs here or not.
    pub(super) fn raw(&self, name: &str) -> Option<&'p Member<'t>> {
        self.members.iter().find(|member| member.name == name)
    }

    /// Every field, in the order written.
    pub(super) const fn members(&self) -> &'p [Member<'t>] {
        self.members
    }

    /// Notes which of these fields are missing.
    pub(super) fn require(&self, names: &[&str], reading: &mut Reading<'_>) {
        let missing: Vec<&str> =
            names.iter().copied().filter(|name| self.raw(name).is_none()).collect();
        if !missing.is_empty() {
            reading.fault(
                self.trail,
                format!("These fields are required: [{}]", missing.join(", ")),
                format!("{} has {}", self.shape.what, one_of(missing).replace(" or ", " and ")),
            );
        }
    }

    /// Notes more than one of these fields.
    pub(super) fn at_most_one(&self, names: &[&str], reading: &mut Reading<'_>) {
        let mut present = names.iter().filter_map(|name| self.get(name));
        if let (Some(_), Some(second)) = (present.next(), present.next()) {
            reading.fault_at(
                self.trail,
                second.offset,
                format!("There should only be one of the following fields: [{}]", names.join(", ")),
                format!(
                    "keep {}",
                    one_of(names.iter().copied().filter(|name| self.get(name).is_some()))
                ),
            );
        }
    }

    /// Notes more or fewer than one of these fields.
    pub(super) fn exactly_one(&self, names: &[&str], reading: &mut Reading<'_>) {
        if names.iter().all(|name| self.raw(name).is_none()) {
            let fitting = names.iter().copied().filter(|name| self.fits(name));
            reading.fault(
                self.trail,
                format!(
                    "This object should have only one of the following fields: [{}]",
                    names.join(", ")
                ),
                format!("add {}", one_of(fitting)),
            );
        }
        self.at_most_one(names, reading);
    }

    fn fits(&self, name: &str) -> bool {
        match self.shape.standing(name) {
            Standing::Always => true,
            Standing::Only(only) => self.language.is_none_or(|language| language == only),
            Standing::Never => false,
        }
    }

    /// A field of text.
    pub(super) fn text(&self, name: &str, reading: &mut Reading<'_>) -> Option<String> {
        let member = self.get(name)?;
        self.text_of(member, reading)
    }

    fn text_of(&self, member: &Member<'_>, reading: &mut Reading<'_>) -> Option<String> {
        if let Json::Text(text) = &member.value.json {
            return Some(text.clone().into_owned());
        }
        let trail = self.trail.field(&member.name, member.offset);
        wrong_type(reading, &trail, &member.value, "[STRING]", "write a text in double quotes");
        None
    }

    /// A field that names a state.
    pub(super) fn state_name(&self, name: &str, reading: &mut Reading<'_>) -> Option<StateName> {
        self.text(name, reading).map(StateName::from)
    }

    /// A field that holds any JSON.
    pub(super) fn value(&self, name: &str, reading: &mut Reading<'_>) -> Option<Value> {
        let member = self.get(name)?;
        let trail = self.trail.field(&member.name, member.offset);
        Some(value::read(&member.value, &trail, reading))
    }

    /// A field that holds an object of any JSON.
    pub(super) fn object(&self, name: &str, reading: &mut Reading<'_>) -> Option<Value> {
        let member = self.get(name)?;
        let trail = self.trail.field(&member.name, member.offset);
        if !matches!(member.value.json, Json::Object(_)) {
            wrong_type(reading, &trail, &member.value, "[OBJECT]", "write an object: `{…}`");
            return None;
        }
        Some(value::read(&member.value, &trail, reading))
    }

    /// A path that may be `null`.
    pub(super) fn path_or_null(&self, name: &str, reading: &mut Reading<'_>) -> Option<PathOrNull> {
        let member = self.get(name)?;
        match &member.value.json {
            Json::Null => Some(PathOrNull::Null),
            Json::Text(path) => Some(PathOrNull::Path(path.clone().into_owned())),
            Json::Boolean(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                let trail = self.trail.field(&member.name, member.offset);
                let hint = "write a path such as `\"$.lead\"`, or `null`";
                wrong_type(reading, &trail, &member.value, "[STRING]", hint);
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
        reading: &mut Reading<'_>,
    ) -> Option<T> {
        let written = self.text(name, reading)?;
        let found = words.iter().find(|(word, _)| *word == written).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong_word(name, &written, &known, reading);
        }
        found
    }

    /// A text that should be one of a few words, and is held whatever it is.
    pub(super) fn worded_text(
        &self,
        name: &str,
        words: &[&str],
        reading: &mut Reading<'_>,
    ) -> Option<String> {
        let written = self.text(name, reading)?;
        if !words.contains(&written.as_str()) {
            self.wrong_word(name, &written, words, reading);
        }
        Some(written)
    }

    /// Notes a word that is none of the known ones.
    pub(super) fn wrong_word(
        &self,
        name: &str,
        written: &str,
        words: &[&str],
        reading: &mut Reading<'_>,
    ) {
        let Some(member) = self.raw(name) else { return };
        let hint = match suggest(written, words.iter().copied()) {
            Some(right) => format!("did you mean `{right}`?"),
            None => format!("`{written}` is none of them"),
        };
        reading.fault(
            &self.trail.field(&member.name, member.offset),
            format!("Value should be one of the following: [{}]", words.join(", ")),
            hint,
        );
    }

    /// A whole number in a range.
    pub(super) fn whole(
        &self,
        name: &str,
        range: RangeInclusive<u64>,
        reading: &mut Reading<'_>,
    ) -> Option<u64> {
        let member = self.get(name)?;
        let trail = self.trail.field(&member.name, member.offset);
        if let Json::Number(written) = &member.value.json
            && let Some(number) = whole(written)
        {
            return in_range(number, &range, &trail, reading);
        }
        let hint = format!("write a whole number{}", between(&range));
        wrong_type(reading, &trail, &member.value, "Integer", &hint);
        None
    }

    /// A whole number, a JSONata expression for one, or the path in its `…Path` twin.
    pub(super) fn count(
        &self,
        name: &str,
        path_name: &str,
        range: RangeInclusive<u64>,
        reading: &mut Reading<'_>,
    ) -> Option<Count> {
        self.at_most_one(&[name, path_name], reading);
        if let Some(member) = self.get(name) {
            if let Some(expression) = self.expression(member) {
                return Some(Count::Jsonata(expression));
            }
            return self.whole(name, range, reading).map(Count::Literal);
        }
        self.text(path_name, reading).map(Count::Path)
    }

    /// The `"{% … %}"` of a field, where the language has such.
    pub(super) fn expression(&self, member: &Member<'_>) -> Option<String> {
        match &member.value.json {
            Json::Text(text)
                if text.starts_with("{%") && self.language != Some(QueryLanguage::JsonPath) =>
            {
                Some(text.clone().into_owned())
            }
            _ => None,
        }
    }

    /// A number in a range.
    pub(super) fn number(
        &self,
        name: &str,
        range: RangeInclusive<f64>,
        reading: &mut Reading<'_>,
    ) -> Option<f64> {
        let member = self.get(name)?;
        let trail = self.trail.field(&member.name, member.offset);
        let number = match &member.value.json {
            Json::Number(written) => written.parse::<f64>().ok(),
            _ => None,
        };
        let Some(number) = number else {
            wrong_type(reading, &trail, &member.value, "[NUMBER]", "write a number");
            return None;
        };
        let (least, most) = (*range.start(), *range.end());
        if number < least {
            reading.fault(&trail, format!("Minimum value is {least:?}"), None);
        } else if number > most {
            reading.fault(&trail, format!("Maximum value is {most:?}"), None);
        } else {
            return Some(number);
        }
        None
    }

    /// The elements of a field that holds an array.
    pub(super) fn elements(
        &self,
        name: &str,
        reading: &mut Reading<'_>,
    ) -> Option<(&'p Member<'t>, &'p [Node<'t>])> {
        let member = self.get(name)?;
        if let Json::Array(elements) = &member.value.json {
            return Some((member, elements));
        }
        let trail = self.trail.field(&member.name, member.offset);
        wrong_type(reading, &trail, &member.value, "[ARRAY]", "write an array: `[…]`");
        None
    }

    /// A field that holds an array of texts.
    pub(super) fn texts(&self, name: &str, reading: &mut Reading<'_>) -> Option<Vec<String>> {
        let (member, elements) = self.elements(name, reading)?;
        let trail = self.trail.field(&member.name, member.offset);
        let mut texts = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            match &element.json {
                Json::Text(text) => texts.push(text.clone().into_owned()),
                _ => wrong_type(
                    reading,
                    &trail.element(index, element.offset),
                    element,
                    "[STRING]",
                    "write a text in double quotes",
                ),
            }
        }
        Some(texts)
    }
}

/// Notes a value of the wrong type.
pub(super) fn wrong_type(
    reading: &mut Reading<'_>,
    trail: &Trail<'_>,
    node: &Node<'_>,
    expected: &str,
    hint: &str,
) {
    let found = match &node.json {
        Json::Null => "`null`".to_owned(),
        Json::Boolean(value) => format!("`{value}`"),
        Json::Number(written) => format!("the number `{}`", shortened(written)),
        Json::Text(text) => format!("the text `{}`", shortened(text)),
        Json::Array(_) => "an array".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    };
    reading.fault(
        trail,
        format!("Expected value of type {expected}"),
        format!("{hint}, not {found}"),
    );
}

fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// A number without fraction and exponent.
fn whole(written: &str) -> Option<i128> {
    if written.contains(['.', 'e', 'E']) {
        return None;
    }
    // Digits that no `i128` holds are far above every limit, or below.
    let beyond = if written.starts_with('-') { i128::MIN } else { i128::MAX };
    Some(written.parse().unwrap_or(beyond))
}

fn in_range(
    number: i128,
    range: &RangeInclusive<u64>,
    trail: &Trail<'_>,
    reading: &mut Reading<'_>,
) -> Option<u64> {
    let (least, most) = (*range.start(), *range.end());
    if number < i128::from(least) {
        let hint = format!("write a whole number{}", between(range));
        reading.fault(trail, format!("Minimum value is {least}"), hint);
        return None;
    }
    if number > i128::from(most) {
        let hint = format!("write a whole number{}", between(range));
        reading.fault(trail, format!("Maximum value is {most}"), hint);
        return None;
    }
    u64::try_from(number).ok()
}

fn between(range: &RangeInclusive<u64>) -> String {
    match (*range.start(), *range.end()) {
        (0, u64::MAX) => String::new(),
        (least, u64::MAX) => format!(" from {least}"),
        (least, most) => format!(" from {least} to {most}"),
    }
}

/// What does in the other language what this field does in its own.
fn counterpart(name: &str) -> Option<&'static str> {
    Some(match name {
        "Parameters" => "`Arguments`, with `\"{% … %}\"` for what is computed",
        "InputPath" => "`$states.input` in the expressions that need it",
        "OutputPath" | "ResultPath" | "ResultSelector" | "Result" => "`Output`",
        "ItemsPath" => "`Items`",
        "Variable" | "And" | "Or" | "Not" => "a `Condition`",
        "Arguments" => "`Parameters`",
        "Output" => "`OutputPath`, `ResultSelector` or `ResultPath`",
        "Items" => "`ItemsPath`",
        "Condition" => "`Variable` with a comparison",
        "SecondsPath" => "`Seconds`",
        "TimestampPath" => "`Timestamp`",
        "ErrorPath" => "`Error`",
        "CausePath" => "`Cause`",
        "TimeoutSecondsPath" => "`TimeoutSeconds`",
        "HeartbeatSecondsPath" => "`HeartbeatSeconds`",
        "MaxConcurrencyPath" => "`MaxConcurrency`",
        "ToleratedFailureCountPath" => "`ToleratedFailureCount`",
        "ToleratedFailurePercentagePath" => "`ToleratedFailurePercentage`",
        "MaxItemsPath" => "`MaxItems`",
        "MaxItemsPerBatchPath" => "`MaxItemsPerBatch`",
        "MaxInputBytesPerBatchPath" => "`MaxInputBytesPerBatch`",
        _ => return None,
    })
}
