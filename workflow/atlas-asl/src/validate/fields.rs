//! The fields of a state that its query language reads.

use std::borrow::Cow;

use serde_json::Value;

use crate::model::{
    Catcher, Choice, Count, Items, Map, PathOrNull, QueryLanguage, Rule, State, StateKind, Test,
    Text, ToleratedFailure, WaitUntil,
};

/// A field with what it holds.
pub(super) struct Field<'a> {
    /// JSON pointer below the state, without the first slash: `Choices/0/Condition`.
    pub(super) pointer: Cow<'static, str>,
    pub(super) content: Content<'a>,
    pub(super) place: Place,
}

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Content<'a> {
    /// A path.
    Path(&'a str),
    /// A path that names one place of the state's own data: `ResultPath`.
    ReferencePath(&'a str),
    /// A path or an intrinsic function.
    PathOrFunction(&'a str),
    /// A value whose keys may end in `.$`.
    Template(&'a Value),
    /// A value whose texts may be `{% … %}`.
    Jsonata(&'a Value),
    /// A text that may be `{% … %}`.
    JsonataText(&'a str),
}

/// When the field is read, which decides what it can see.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the state's work: no result.
    Before,
    /// After it, where the state has a result.
    After,
    /// When the state has failed: `Catch`.
    Failed,
}

/// Every such field of a state, in the order of the specification.
pub(super) fn of(state: &State, language: QueryLanguage) -> Vec<Field<'_>> {
    let mut fields = Fields { found: Vec::new(), language };
    fields.path_or_null("InputPath", state.input_path.as_ref(), Content::Path);
    fields.path_or_null("OutputPath", state.output_path.as_ref(), Content::Path);
    let has_result =
        matches!(state.kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_));
    let after = if has_result { Place::After } else { Place::Before };
    fields.value("Output", state.output.as_ref(), after);
    fields.value("Assign", state.assign.as_ref(), after);
    match &state.kind {
        StateKind::Task(task) => {
            fields.value("Parameters", task.parameters.as_ref(), Place::Before);
            fields.value("Arguments", task.arguments.as_ref(), Place::Before);
            fields.value("ResultSelector", task.result_selector.as_ref(), Place::After);
            fields.path_or_null("ResultPath", task.result_path.as_ref(), Content::ReferencePath);
            fields.count("TimeoutSeconds", task.timeout.as_ref());
            fields.count("HeartbeatSeconds", task.heartbeat.as_ref());
            let credentials = task.credentials.as_ref().map(|credentials| &credentials.0);
            fields.value("Credentials", credentials, Place::Before);
        }
        StateKind::Pass(pass) => {
            fields.value("Parameters", pass.parameters.as_ref(), Place::Before);
            fields.path_or_null("ResultPath", pass.result_path.as_ref(), Content::ReferencePath);
        }
        StateKind::Choice(choice) => fields.choice(choice),
        StateKind::Wait(wait) => match &wait.until {
            Some(WaitUntil::Seconds(count)) => fields.count("Seconds", Some(count)),
            Some(WaitUntil::Timestamp(text)) => fields.text("Timestamp", text),
            Some(WaitUntil::TimestampPath(path)) => {
                fields.push("TimestampPath", Content::Path(path), Place::Before);
            }
            None => {}
        },
        StateKind::Succeed(_) => {}
        StateKind::Fail(fail) => {
            fields.error_text("Error", "ErrorPath", fail.error.as_ref());
            fields.error_text("Cause", "CausePath", fail.cause.as_ref());
        }
        StateKind::Parallel(parallel) => {
            fields.value("Parameters", parallel.parameters.as_ref(), Place::Before);
            fields.value("Arguments", parallel.arguments.as_ref(), Place::Before);
            fields.value("ResultSelector", parallel.result_selector.as_ref(), Place::After);
            fields.path_or_null(
                "ResultPath",
                parallel.result_path.as_ref(),
                Content::ReferencePath,
            );
        }
        StateKind::Map(map) => fields.map(map),
    }
    fields.catch(state.catch());
    fields.found
}

struct Fields<'a> {
    found: Vec<Field<'a>>,
    language: QueryLanguage,
}

impl<'a> Fields<'a> {
    fn push(&mut self, pointer: impl Into<Cow<'static, str>>, content: Content<'a>, place: Place) {
        self.found.push(Field { pointer: pointer.into(), content, place });
    }

    fn value(
        &mut self,
        pointer: impl Into<Cow<'static, str>>,
        value: Option<&'a Value>,
        place: Place,
    ) {
        let Some(value) = value else { return };
        let content = match self.language {
            QueryLanguage::JsonPath => Content::Template(value),
            QueryLanguage::Jsonata => Content::Jsonata(value),
        };
        self.push(pointer, content, place);
    }

    fn text(&mut self, pointer: &'static str, text: &'a str) {
        if self.language == QueryLanguage::Jsonata {
            self.push(pointer, Content::JsonataText(text), Place::Before);
        }
    }

    fn path_or_null(
        &mut self,
        pointer: impl Into<Cow<'static, str>>,
        path: Option<&'a PathOrNull>,
        content: impl Fn(&'a str) -> Content<'a>,
    ) {
        if let Some(PathOrNull::Path(path)) = path {
            self.push(pointer, content(path), Place::Before);
        }
    }

    fn count(&mut self, name: &'static str, count: Option<&'a Count>) {
        match count {
            Some(Count::Path(path)) => {
                self.push(format!("{name}Path"), Content::Path(path), Place::Before);
            }
            Some(Count::Jsonata(text)) => {
                self.push(name, Content::JsonataText(text), Place::Before);
            }
            Some(Count::Literal(_)) | None => {}
        }
    }

    fn error_text(&mut self, name: &'static str, path: &'static str, text: Option<&'a Text>) {
        match text {
            Some(Text::Path(text)) => {
                self.push(path, Content::PathOrFunction(text), Place::Before);
            }
            Some(Text::Literal(text)) => self.text(name, text),
            None => {}
        }
    }

    fn choice(&mut self, choice: &'a Choice) {
        for (index, rule) in choice.choices.iter().enumerate() {
            match &rule.test {
                Some(Test::Condition(condition)) => {
                    let pointer = format!("Choices/{index}/Condition");
                    self.push(pointer, Content::Jsonata(condition), Place::Before);
                }
                Some(Test::Rule(rule)) => self.rule(format!("Choices/{index}"), rule),
                None => {}
            }
            self.value(format!("Choices/{index}/Assign"), rule.assign.as_ref(), Place::Before);
            self.value(format!("Choices/{index}/Output"), rule.output.as_ref(), Place::Before);
        }
    }

    fn rule(&mut self, pointer: String, rule: &'a Rule) {
        for (pointer, comparison) in comparisons(pointer, rule) {
            self.push(
                format!("{pointer}/Variable"),
                Content::Path(&comparison.variable),
                Place::Before,
            );
            let operator = comparison.operator.as_str();
            if let (true, Some(path)) = (operator.ends_with("Path"), comparison.operand.as_str()) {
                self.push(format!("{pointer}/{operator}"), Content::Path(path), Place::Before);
            }
        }
    }

    fn map(&mut self, map: &'a Map) {
        match &map.items {
            Some(Items::Path(path)) => self.push("ItemsPath", Content::Path(path), Place::Before),
            Some(Items::Value(value)) => {
                self.push("Items", Content::Jsonata(value), Place::Before);
            }
            None => {}
        }
        self.value("ItemSelector", map.item_selector.as_ref(), Place::Before);
        self.value("Parameters", map.parameters.as_ref(), Place::Before);
        self.value("ResultSelector", map.result_selector.as_ref(), Place::After);
        self.path_or_null("ResultPath", map.result_path.as_ref(), Content::ReferencePath);
        self.count("MaxConcurrency", map.max_concurrency.as_ref());
        self.count("ToleratedFailureCount", map.tolerated_failure_count.as_ref());
        match &map.tolerated_failure_percentage {
            Some(ToleratedFailure::Path(path)) => {
                self.push("ToleratedFailurePercentagePath", Content::Path(path), Place::Before);
            }
            Some(ToleratedFailure::Jsonata(text)) => {
                self.push("ToleratedFailurePercentage", Content::JsonataText(text), Place::Before);
            }
            Some(ToleratedFailure::Literal(_)) | None => {}
        }
        if let Some(batcher) = &map.item_batcher {
            self.value("ItemBatcher/BatchInput", batcher.batch_input.as_ref(), Place::Before);
            self.count("ItemBatcher/MaxItemsPerBatch", batcher.max_items_per_batch.as_ref());
            self.count(
                "ItemBatcher/MaxInputBytesPerBatch",
                batcher.max_input_bytes_per_batch.as_ref(),
            );
        }
        if let Some(reader) = &map.item_reader {
            self.value("ItemReader/Parameters", reader.parameters.as_ref(), Place::Before);
            self.value("ItemReader/Arguments", reader.arguments.as_ref(), Place::Before);
            let config = reader.reader_config.as_ref();
            self.count(
                "ItemReader/ReaderConfig/MaxItems",
                config.and_then(|config| config.max_items.as_ref()),
            );
        }
        if let Some(writer) = &map.result_writer {
            self.value("ResultWriter/Parameters", writer.parameters.as_ref(), Place::Before);
            self.value("ResultWriter/Arguments", writer.arguments.as_ref(), Place::Before);
        }
    }

    fn catch(&mut self, catchers: &'a [Catcher]) {
        for (index, catcher) in catchers.iter().enumerate() {
            self.path_or_null(
                format!("Catch/{index}/ResultPath"),
                catcher.result_path.as_ref(),
                Content::ReferencePath,
            );
            self.value(format!("Catch/{index}/Assign"), catcher.assign.as_ref(), Place::Failed);
            self.value(format!("Catch/{index}/Output"), catcher.output.as_ref(), Place::Failed);
        }
    }
}

/// Every comparison of a rule, at every depth, with its place.
pub(super) fn comparisons(
    pointer: String,
    rule: &Rule,
) -> Vec<(String, &crate::model::Comparison)> {
    let mut found = Vec::new();
    let mut open = vec![(pointer, rule)];
    while let Some((pointer, rule)) = open.pop() {
        match rule {
            Rule::And(rules) | Rule::Or(rules) => {
                let name = if matches!(rule, Rule::And(_)) { "And" } else { "Or" };
                for (index, rule) in rules.iter().enumerate().rev() {
                    open.push((format!("{pointer}/{name}/{index}"), rule));
                }
            }
            Rule::Not(rule) => open.push((format!("{pointer}/Not"), &**rule)),
            Rule::Compare(comparison) => found.push((pointer, comparison)),
        }
    }
    found
}
