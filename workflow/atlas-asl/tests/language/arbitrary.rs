//! Arbitrary machines that AWS's shape rules allow, with every field of the model.

use atlas_asl::model::*;
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

/// A machine with states nested at most two flows deep.
pub(crate) fn machine() -> BoxedStrategy<StateMachine> {
    option::of(select(vec![QueryLanguage::JsonPath, QueryLanguage::Jsonata]))
        .prop_flat_map(|query_language| {
            (
                option::of(text()),
                option::of(Just("1.0".to_owned())),
                option::of(0..=99_999_999_u64),
                flow(query_language.unwrap_or_default(), 2),
            )
                .prop_map(move |(comment, version, timeout_seconds, flow)| {
                    StateMachine { comment, version, query_language, timeout_seconds, flow }
                })
        })
        .boxed()
}

fn flow(machine: QueryLanguage, depth: u32) -> BoxedStrategy<Flow> {
    let states = vec((name(), state(machine, depth)), 0..4).prop_map(|mut states| {
        let mut seen = std::collections::HashSet::new();
        states.retain(|(name, _)| seen.insert(name.clone()));
        states
    });
    (name(), states)
        .prop_map(|(start_at, states)| Flow { start_at: Some(start_at), states })
        .boxed()
}

fn state(machine: QueryLanguage, depth: u32) -> BoxedStrategy<State> {
    let languages = match machine {
        QueryLanguage::JsonPath => {
            vec![None, Some(QueryLanguage::JsonPath), Some(QueryLanguage::Jsonata)]
        }
        QueryLanguage::Jsonata => vec![None, Some(QueryLanguage::Jsonata)],
    };
    select(languages)
        .prop_flat_map(move |query_language| {
            let language = query_language.unwrap_or(machine);
            let common = (
                option::of(text()),
                only(language, QueryLanguage::JsonPath, path_or_null()),
                only(language, QueryLanguage::JsonPath, path_or_null()),
                only(language, QueryLanguage::Jsonata, value()),
                option::of(object()),
            );
            (common, kind(language, machine, depth)).prop_map(
                move |((comment, input_path, output_path, output, assign), kind)| {
                    let mut state = State {
                        comment,
                        query_language,
                        input_path,
                        output_path,
                        output,
                        assign,
                        kind,
                    };
                    if let StateKind::Succeed(_) | StateKind::Fail(_) = state.kind {
                        state.assign = None;
                    }
                    if let StateKind::Fail(_) = state.kind {
                        state.input_path = None;
                        state.output_path = None;
                        state.output = None;
                    }
                    state
                },
            )
        })
        .boxed()
}

fn kind(language: QueryLanguage, machine: QueryLanguage, depth: u32) -> BoxedStrategy<StateKind> {
    let flat = prop_oneof![
        task(language).prop_map(|task| StateKind::Task(Box::new(task))),
        pass(language).prop_map(StateKind::Pass),
        choice(language).prop_map(StateKind::Choice),
        wait(language).prop_map(StateKind::Wait),
        Just(StateKind::Succeed(Succeed)),
        fail(language).prop_map(StateKind::Fail),
    ];
    if depth == 0 {
        return flat.boxed();
    }
    prop_oneof![
        4 => flat,
        1 => parallel(language, machine, depth - 1)
            .prop_map(|parallel| StateKind::Parallel(Box::new(parallel))),
        1 => map(language, machine, depth - 1).prop_map(|map| StateKind::Map(Box::new(map))),
    ]
    .boxed()
}

fn task(language: QueryLanguage) -> BoxedStrategy<Task> {
    let times = prop_oneof![
        (option::of(count(language, 5, 99_999_999)), option::of(count(language, 1, 4))),
        Just((None, Some(Count::Literal(99_999_999)))),
    ];
    (
        text(),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::Jsonata, value()),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, path_or_null()),
        times,
        credentials(language),
        retry(),
        catch(language),
        transition(),
    )
        .prop_map(
            |(
                resource,
                parameters,
                arguments,
                result_selector,
                result_path,
                (timeout, heartbeat),
                credentials,
                retry,
                catch,
                transition,
            )| Task {
                resource,
                parameters,
                arguments,
                result_selector,
                result_path,
                timeout,
                heartbeat,
                credentials,
                retry,
                catch,
                transition,
            },
        )
        .boxed()
}

fn credentials(language: QueryLanguage) -> BoxedStrategy<Option<Credentials>> {
    let values = match language {
        QueryLanguage::JsonPath => vec![json!({"RoleArn.$": "$.role"}), json!({"RoleArn": "arn"})],
        QueryLanguage::Jsonata => vec![json!({"RoleArn": "arn"}), json!("{% $role %}")],
    };
    option::of(select(values).prop_map(Credentials)).boxed()
}

fn pass(language: QueryLanguage) -> BoxedStrategy<Pass> {
    (
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, path_or_null()),
        transition(),
    )
        .prop_map(|(result, parameters, result_path, transition)| Pass {
            result,
            parameters,
            result_path,
            transition,
        })
        .boxed()
}

fn choice(language: QueryLanguage) -> BoxedStrategy<Choice> {
    let test = match language {
        QueryLanguage::JsonPath => rule().prop_map(Test::Rule).boxed(),
        QueryLanguage::Jsonata => prop_oneof![
            expression().prop_map(|text| Test::Condition(Value::from(text))),
            any::<bool>().prop_map(|literal| Test::Condition(Value::from(literal))),
        ]
        .boxed(),
    };
    let rule = (
        option::of(text()),
        test,
        name(),
        option::of(object()),
        only(language, QueryLanguage::Jsonata, value()),
    )
        .prop_map(|(comment, test, next, assign, output)| ChoiceRule {
            comment,
            test: Some(test),
            next: Some(next),
            assign,
            output,
        });
    (vec(rule, 1..4), option::of(name()))
        .prop_map(|(choices, default)| Choice { choices, default })
        .boxed()
}

fn rule() -> BoxedStrategy<Rule> {
    let operand = |operator: Operator| {
        let name = operator.as_str();
        if name.ends_with("Path") {
            path().prop_map(Value::from).boxed()
        } else if name.starts_with("Numeric") {
            number().boxed()
        } else if name.starts_with("Boolean") || name.starts_with("Is") {
            any::<bool>().prop_map(Value::from).boxed()
        } else {
            text().prop_map(Value::from).boxed()
        }
    };
    let comparison = (path(), select(Operator::ALL)).prop_flat_map(move |(variable, operator)| {
        operand(operator).prop_map(move |operand| {
            Rule::Compare(Comparison { variable: variable.clone(), operator, operand })
        })
    });
    comparison
        .prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 1..3).prop_map(Rule::And),
                vec(inner.clone(), 1..3).prop_map(Rule::Or),
                inner.prop_map(|rule| Rule::Not(Box::new(rule))),
            ]
        })
        .boxed()
}

fn wait(language: QueryLanguage) -> BoxedStrategy<Wait> {
    let until = match language {
        QueryLanguage::JsonPath => prop_oneof![
            count(language, 0, 99_999_999).prop_map(WaitUntil::Seconds),
            text().prop_map(WaitUntil::Timestamp),
            path().prop_map(WaitUntil::TimestampPath),
        ]
        .boxed(),
        QueryLanguage::Jsonata => prop_oneof![
            count(language, 0, 99_999_999).prop_map(WaitUntil::Seconds),
            expression().prop_map(WaitUntil::Timestamp),
        ]
        .boxed(),
    };
    (until, transition())
        .prop_map(|(until, transition)| Wait { until: Some(until), transition })
        .boxed()
}

fn fail(language: QueryLanguage) -> BoxedStrategy<Fail> {
    let text = move || {
        let path = path().prop_map(Text::Path);
        let literal = text().prop_map(Text::Literal);
        match language {
            QueryLanguage::JsonPath => option::of(prop_oneof![literal, path]).boxed(),
            QueryLanguage::Jsonata => option::of(literal).boxed(),
        }
    };
    (text(), text()).prop_map(|(error, cause)| Fail { error, cause }).boxed()
}

fn parallel(
    language: QueryLanguage,
    machine: QueryLanguage,
    depth: u32,
) -> BoxedStrategy<Parallel> {
    (
        vec((flow(machine, depth), option::of(text())), 0..3),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::Jsonata, value()),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, path_or_null()),
        retry(),
        catch(language),
        transition(),
    )
        .prop_map(
            |(
                branches,
                parameters,
                arguments,
                result_selector,
                result_path,
                retry,
                catch,
                transition,
            )| {
                let (branches, mut branch_comments): (Vec<Flow>, Vec<Option<String>>) =
                    branches.into_iter().unzip();
                while branch_comments.pop_if(|comment| comment.is_none()).is_some() {}
                Parallel {
                    branches,
                    branch_comments,
                    parameters,
                    arguments,
                    result_selector,
                    result_path,
                    retry,
                    catch,
                    transition,
                }
            },
        )
        .boxed()
}

fn map(language: QueryLanguage, machine: QueryLanguage, depth: u32) -> BoxedStrategy<Map> {
    let items = match language {
        QueryLanguage::JsonPath => path().prop_map(Items::Path).boxed(),
        QueryLanguage::Jsonata => prop_oneof![
            expression().prop_map(|text| Items::Value(Value::from(text))),
            vec(value(), 0..3).prop_map(|items| Items::Value(Value::from(items))),
        ]
        .boxed(),
    };
    let processor =
        (flow(machine, depth), option::of(processor_config()), any::<bool>(), option::of(text()));
    let sources = (
        option::of(items),
        option::of(value()),
        option::of(item_batcher(language)),
        option::of(item_reader(language)),
        option::of(result_writer(language)),
    );
    let limits = (
        option::of(count(language, 0, u64::MAX)),
        option::of(count(language, 0, u64::MAX)),
        option::of(percentage(language)),
        option::of(text()),
    );
    let rest = (
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, path_or_null()),
        retry(),
        catch(language),
        transition(),
    );
    (processor, sources, limits, rest)
        .prop_map(
            |(
                (processor, processor_config, legacy_iterator, processor_comment),
                (items, item_selector, item_batcher, item_reader, result_writer),
                (max_concurrency, tolerated_failure_count, tolerated_failure_percentage, label),
                (parameters, result_selector, result_path, retry, catch, transition),
            )| Map {
                processor,
                processor_config,
                legacy_iterator,
                processor_comment,
                items,
                item_selector,
                item_batcher,
                item_reader,
                result_writer,
                max_concurrency,
                tolerated_failure_count,
                tolerated_failure_percentage,
                label,
                parameters,
                result_selector,
                result_path,
                retry,
                catch,
                transition,
            },
        )
        .boxed()
}

fn processor_config() -> BoxedStrategy<ProcessorConfig> {
    let config = |mode, execution_type| ProcessorConfig { mode, execution_type };
    let distributed = Some(ProcessorMode::Distributed);
    select(vec![
        config(None, None),
        config(None, Some(ExecutionType::Standard)),
        config(Some(ProcessorMode::Inline), None),
        config(distributed, Some(ExecutionType::Standard)),
        config(distributed, Some(ExecutionType::Express)),
    ])
    .boxed()
}

fn item_batcher(language: QueryLanguage) -> BoxedStrategy<ItemBatcher> {
    (
        option::of(value()),
        option::of(count(language, 0, u64::MAX)),
        option::of(count(language, 0, u64::MAX)),
    )
        .prop_map(|(batch_input, max_items_per_batch, max_input_bytes_per_batch)| ItemBatcher {
            batch_input,
            max_items_per_batch,
            max_input_bytes_per_batch,
        })
        .boxed()
}

fn item_reader(language: QueryLanguage) -> BoxedStrategy<ItemReader> {
    (
        text(),
        option::of(reader_config(language)),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::Jsonata, value()),
    )
        .prop_map(|(resource, reader_config, parameters, arguments)| ItemReader {
            resource: Some(resource),
            reader_config,
            parameters,
            arguments,
        })
        .boxed()
}

fn reader_config(language: QueryLanguage) -> BoxedStrategy<ReaderConfig> {
    let word = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        option::of(select(words))
    };
    (
        word(&["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"]),
        word(&["NONE", "LOAD_AND_FLATTEN"]),
        word(&["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]),
        word(&["FIRST_ROW", "GIVEN"]),
        vec(text(), 0..3),
        word(&["ATHENA_DATA", "S3_INVENTORY"]),
        option::of(text()),
        option::of(count(language, 0, 100_000_000)),
    )
        .prop_map(
            |(
                input_type,
                transformation,
                csv_delimiter,
                mut csv_header_location,
                headers,
                manifest_type,
                items_pointer,
                max_items,
            )| {
                match input_type.as_deref() {
                    Some("CSV") => {
                        csv_header_location.get_or_insert_with(|| "FIRST_ROW".to_owned());
                    }
                    Some("JSON") => csv_header_location = None,
                    _ => {}
                }
                // What is loaded has a type, and an inventory has none.
                let transformation = transformation.filter(|_| input_type.is_some());
                let manifest_type = manifest_type.filter(|_| input_type.is_none());
                let csv_headers =
                    (csv_header_location.as_deref() == Some("GIVEN")).then_some(headers);
                ReaderConfig {
                    input_type,
                    transformation,
                    csv_delimiter,
                    csv_header_location,
                    csv_headers,
                    manifest_type,
                    items_pointer,
                    max_items,
                }
            },
        )
        .boxed()
}

fn result_writer(language: QueryLanguage) -> BoxedStrategy<ResultWriter> {
    let config = (
        option::of(select(vec!["NONE", "COMPACT", "FLATTEN"])),
        option::of(select(vec!["JSON", "JSONL"])),
    )
        .prop_map(|(transformation, output_type)| WriterConfig {
            transformation: transformation.map(str::to_owned),
            output_type: output_type.map(str::to_owned),
        });
    (
        option::of(text()),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::Jsonata, value()),
        option::of(config),
    )
        .prop_map(|(resource, parameters, arguments, writer_config)| ResultWriter {
            resource,
            parameters,
            arguments,
            writer_config,
        })
        .boxed()
}

fn percentage(language: QueryLanguage) -> BoxedStrategy<ToleratedFailure> {
    let literal = (0.0..=100.0).prop_map(ToleratedFailure::Literal);
    match language {
        QueryLanguage::JsonPath => {
            prop_oneof![literal, path().prop_map(ToleratedFailure::Path)].boxed()
        }
        QueryLanguage::Jsonata => {
            prop_oneof![literal, expression().prop_map(ToleratedFailure::Jsonata)].boxed()
        }
    }
}

fn retry() -> BoxedStrategy<Vec<Retrier>> {
    let retrier = (
        option::of(text()),
        vec(text(), 1..3),
        option::of(0..=99_999_999_u64),
        option::of(0..=99_999_999_u64),
        option::of(1.0..1e9),
        option::of(1..=31_622_400_u64),
        option::of(select(vec![JitterStrategy::Full, JitterStrategy::None])),
    )
        .prop_map(
            |(
                comment,
                error_equals,
                interval_seconds,
                max_attempts,
                backoff_rate,
                max_delay_seconds,
                jitter_strategy,
            )| Retrier {
                comment,
                error_equals,
                interval_seconds,
                max_attempts,
                backoff_rate,
                max_delay_seconds,
                jitter_strategy,
            },
        );
    vec(retrier, 0..3).boxed()
}

fn catch(language: QueryLanguage) -> BoxedStrategy<Vec<Catcher>> {
    let catcher =
        (
            option::of(text()),
            vec(text(), 1..3),
            name(),
            only(language, QueryLanguage::JsonPath, path_or_null()),
            option::of(object()),
            only(language, QueryLanguage::Jsonata, value()),
        )
            .prop_map(|(comment, error_equals, next, result_path, assign, output)| {
                Catcher { comment, error_equals, next: Some(next), result_path, assign, output }
            });
    vec(catcher, 0..3).boxed()
}

/// A field of one language: sometimes there in that language, never in the other.
fn only<T: std::fmt::Debug + Clone + 'static>(
    language: QueryLanguage,
    of: QueryLanguage,
    strategy: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Option<T>> {
    if language == of { option::of(strategy).boxed() } else { Just(None).boxed() }
}

fn count(language: QueryLanguage, least: u64, most: u64) -> BoxedStrategy<Count> {
    let literal = (least..=most).prop_map(Count::Literal);
    match language {
        QueryLanguage::JsonPath => prop_oneof![literal, path().prop_map(Count::Path)].boxed(),
        QueryLanguage::Jsonata => {
            prop_oneof![literal, expression().prop_map(Count::Jsonata)].boxed()
        }
    }
}

fn transition() -> BoxedStrategy<Option<Transition>> {
    prop_oneof![Just(Transition::End), name().prop_map(Transition::Next)].prop_map(Some).boxed()
}

fn name() -> BoxedStrategy<StateName> {
    prop_oneof![
        select(vec!["A", "B", "CreateLead"]).prop_map(StateName::from),
        text().prop_map(StateName::from)
    ]
    .boxed()
}

fn path_or_null() -> BoxedStrategy<PathOrNull> {
    prop_oneof![Just(PathOrNull::Null), path().prop_map(PathOrNull::Path)].boxed()
}

fn path() -> BoxedStrategy<String> {
    select(vec!["$", "$.a.b", "$$.Task.Token", "$x[0]"]).prop_map(str::to_owned).boxed()
}

fn expression() -> BoxedStrategy<String> {
    text().prop_map(|inner| format!("{{% {inner} %}}")).boxed()
}

/// Any text, with what JSON has to escape and what pointers have to.
fn text() -> BoxedStrategy<String> {
    prop_oneof![
        "[a-z]{0,6}",
        "\\PC{0,6}",
        vec(any::<char>(), 0..4).prop_map(|characters| characters.into_iter().collect()),
        select(vec!["~1/", "\"\\", "\u{1}\n", "é📞", "{% x %}", "${Arn}"]).prop_map(str::to_owned),
    ]
    .boxed()
}

fn number() -> BoxedStrategy<Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::from),
    ]
    .boxed()
}

fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((text(), inner), 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
    .boxed()
}

fn object() -> BoxedStrategy<Value> {
    vec((text(), value()), 0..3)
        .prop_map(|fields| Value::Object(fields.into_iter().collect()))
        .boxed()
}
