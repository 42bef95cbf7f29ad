//! One look at the pipeline: leads, calls, what waits, what fails, and the services outside.

use definitions::{
    call, lead_to_call,
    resources::{FUNCTIONS, QUEUES, UNDELIVERED_CONTACT_EVENTS},
};
use serde_json::{Value, json};

use crate::{
    alarms::OWN_NAMESPACE,
    arn::{arn_text, name, of_stack},
    template::Resources,
};

/// Widgets in a row of the dashboard, which has 24 columns.
const IN_A_ROW: usize = 3;
const WIDTH: usize = 8;
const HEIGHT: usize = 6;

pub(crate) fn add(resources: &mut Resources) {
    let widgets: Vec<Value> = widgets()
        .into_iter()
        .enumerate()
        .map(|(index, (title, stat, metrics))| {
            json!({
                "type": "metric",
                "x": WIDTH * (index % IN_A_ROW), "y": HEIGHT * (index / IN_A_ROW),
                "width": WIDTH, "height": HEIGHT,
                "properties": {
                    "title": title, "stat": stat, "period": 300,
                    "region": "${AWS::Region}", "view": "timeSeries", "metrics": metrics,
                },
            })
        })
        .collect();
    resources.insert(
        "Dashboard".to_owned(),
        json!({
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {
                "DashboardName": name("AtlasEngine"),
                "DashboardBody": { "Fn::Sub": json!({ "widgets": widgets }).to_string() },
            },
        }),
    );
}

fn widgets() -> Vec<(&'static str, &'static str, Vec<Value>)> {
    let of_machine = |machine: &str, metric: &str| {
        let arn = arn_text("states", &format!("stateMachine:{}", of_stack(machine)));
        json!(["AWS/States", metric, "StateMachineArn", arn])
    };
    let of_functions = |metric: &str| -> Vec<Value> {
        let of = |function: &str| json!(["AWS/Lambda", metric, "FunctionName", of_stack(function)]);
        FUNCTIONS.iter().map(|function| of(function.name)).collect()
    };
    let own = |service: &str, metric: &str| json!([OWN_NAMESPACE, metric, "Service", service]);
    let endings = |machine: &str| {
        let all = [
            "ExecutionsStarted",
            "ExecutionsSucceeded",
            "ExecutionsFailed",
            "ExecutionsTimedOut",
            "ExecutionThrottled",
        ];
        all.map(|metric| of_machine(machine, metric)).to_vec()
    };
    let waiting = QUEUES.iter().flat_map(|queue| [queue.name, queue.dead_letters.name]);
    let waiting = waiting.chain([UNDELIVERED_CONTACT_EVENTS]);
    let waiting = waiting.map(|queue| {
        json!(["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", of_stack(queue)])
    });
    let times =
        [lead_to_call::NAME, call::NAME].map(|machine| of_machine(machine, "ExecutionTime"));
    vec![
        ("Leads", "Sum", endings(lead_to_call::NAME)),
        ("Calls", "Sum", endings(call::NAME)),
        ("Time of executions, 99th percentile (ms)", "p99", times.to_vec()),
        ("Oldest open callback (s)", "Maximum", vec![own("StepFunctions", "OldestOpenCallback")]),
        ("Messages that wait", "Maximum", waiting.collect()),
        (
            "Calls that Connect has no room for",
            "Sum",
            vec![own("Connect", "PaceRefusals"), own("Connect", "Held")],
        ),
        (
            "Salesforce: share of the day's requests (%)",
            "Maximum",
            vec![own("Salesforce", "ApiUsage")],
        ),
        ("Model: share of questions unanswered (%)", "Average", vec![own("Bedrock", "Unanswered")]),
        ("Errors of functions", "Sum", of_functions("Errors")),
        ("Time of functions, 99th percentile (ms)", "p99", of_functions("Duration")),
        ("Functions at once", "Maximum", of_functions("ConcurrentExecutions")),
        ("Functions throttled", "Sum", of_functions("Throttles")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{alarms, queues};

    #[test]
    fn what_raises_an_alarm_is_shown() {
        let mut resources = Resources::new();
        alarms::add(&mut resources);
        let shown: Vec<Value> = widgets().into_iter().flat_map(|(.., metrics)| metrics).collect();
        for (own, alarm) in &resources {
            let alarm = &alarm["Properties"];
            let metric = [&alarm["Namespace"], &alarm["MetricName"]];
            let is_shown = |one: &Value| [&one[0], &one[1]] == metric;
            assert!(metric[1].is_null() || shown.iter().any(is_shown), "{own}");
        }
    }

    #[test]
    fn every_queue_of_the_template_is_among_those_in_which_messages_wait() {
        let mut resources = Resources::new();
        queues::add(&mut resources);
        let (.., shown) = widgets().into_iter().find(|one| one.0 == "Messages that wait").unwrap();
        for (own, one) in resources.iter().filter(|(_, one)| one["Type"] == "AWS::SQS::Queue") {
            let name = &one["Properties"]["QueueName"]["Fn::Sub"];
            assert!(shown.iter().any(|metric| metric[3] == *name), "{own}: {name}");
        }
    }
}
