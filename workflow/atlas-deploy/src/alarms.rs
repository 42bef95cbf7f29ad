//! What somebody is told of: each alarm is about something that a person has to look at, and says what.

use definitions::{
    machines,
    resources::{FUNCTIONS, GENERATE_DYNAMIC_SCENARIO, INVOKE_OUTBOUND_CALL, LEX_FULFILLMENT},
};
use serde_json::{Value, json};

use crate::{
    arn::{machine, name},
    queues,
    template::Resources,
};

/// The namespace of what handlers measure.
pub(crate) const OWN_NAMESPACE: &str = "AtlasEngine";
const TOPIC: &str = "Alarms";

/// What an execution can end as that somebody is told of: the metric, and what it says.
const ENDINGS: [(&str, &str); 3] = [
    (
        "ExecutionsFailed",
        "Executions failed: leads or outcomes are parked. `atlas parked list` shows them.",
    ),
    (
        "ExecutionsTimedOut",
        "Executions ran out of time. `atlas executions list --status timed-out` shows them.",
    ),
    (
        "ExecutionThrottled",
        "Executions are throttled: the account's quota of state transitions is reached.",
    ),
];

pub(crate) fn add(resources: &mut Resources) {
    resources.insert(
        TOPIC.to_owned(),
        json!({ "Type": "AWS::SNS::Topic", "Properties": { "TopicName": name("alarms") } }),
    );
    resources.insert(
        "AlarmSubscription".to_owned(),
        json!({
            "Type": "AWS::SNS::Subscription",
            "Condition": "HasAlarmEmail",
            "Properties": {
                "TopicArn": { "Ref": TOPIC },
                "Protocol": "email",
                "Endpoint": { "Ref": "AlarmEmail" },
            },
        }),
    );
    for definition in machines() {
        for (metric, meaning) in ENDINGS {
            let counted = Metric::of_machine(definition.name, metric);
            resources.insert(ending(definition.name, metric), counted.alarm(meaning, 1.into(), 1));
        }
    }
    for function in FUNCTIONS {
        resources.insert(errors(function.name), errors_alarm(function.name));
    }
    for queue in queues::of_dead_letters() {
        let meaning = "Something could not be handled and waits for a person; the runbook says how to look at it.";
        let waiting = Metric {
            namespace: "AWS/SQS",
            name: "ApproximateNumberOfMessagesVisible",
            dimensions: json!([{ "Name": "QueueName", "Value": { "Fn::GetAtt": [queue, "QueueName"] } }]),
            statistic: "Maximum",
            period: 60,
        };
        resources.insert(format!("{queue}NotEmpty"), waiting.alarm(meaning, 1.into(), 1));
    }
    let mut oldest = Metric::own("StepFunctions", "OldestOpenCallback", "Maximum", 300).alarm(
        "A call's step waits for an end that nobody tells, or the sweeper does not run. `atlas executions stuck` shows it.",
        json!({ "Ref": "OldestCallbackSeconds" }),
        3,
    );
    // A sweep that does not happen is as bad as one that finds something.
    oldest["Properties"]["TreatMissingData"] = "breaching".into();
    resources.insert("OldestOpenCallback".to_owned(), oldest);
    resources.insert(
        "CallsHeld".to_owned(),
        Metric::own("Connect", "Held", "Sum", 300).alarm(
            "Nobody knows whether a call rang, and it is not tried again: somebody has to look at it.",
            1.into(),
            1,
        ),
    );
    // Leads that come at once spread themselves out within minutes; what lasts longer is short of something.
    let turned_away =
        Metric { period: 300, ..Metric::of_function(INVOKE_OUTBOUND_CALL.name, "Throttles") };
    resources.insert(
        "CallsThrottled".to_owned(),
        turned_away.alarm(
            "More calls are to be placed at once than may be: Lambda turns leads away, and they wait for their turn.",
            1.into(),
            3,
        ),
    );
    resources.insert(
        "SalesforceLimit".to_owned(),
        Metric::own("Salesforce", "ApiUsage", "Maximum", 300).alarm(
            "The org's requests of the day run out; from then on no lead is created and no outcome is told.",
            json!({ "Ref": "SalesforceUsagePercent" }),
            1,
        ),
    );
    resources.insert(
        "ModelFallback".to_owned(),
        Metric::own("Bedrock", "Unanswered", "Average", 300).alarm(
            "The model leaves questions unanswered: calls go on with the template, chats with fixed sentences.",
            json!({ "Ref": "ModelFallbackPercent" }),
            3,
        ),
    );
}

/// What stops a new version of the machines, and takes it back.
pub(crate) fn of_machines() -> Value {
    let all = machines().into_iter().flat_map(|machine| {
        ENDINGS.map(|(metric, _)| json!({ "Ref": ending(machine.name, metric) }))
    });
    all.collect()
}

/// What stops the new version of a function.
pub(crate) fn of_function(function: &str) -> Value {
    json!([{ "Ref": errors(function) }])
}

fn ending(machine: &str, metric: &str) -> String {
    format!("{machine}{metric}")
}

fn errors(function: &str) -> String {
    format!("{function}Errors")
}

fn errors_alarm(function: &str) -> Value {
    let errors = Metric::of_function(function, "Errors");
    // A step's error is retried, and a machine's own alarm tells of what no retry helped.
    let (meaning, threshold, periods) = if function == GENERATE_DYNAMIC_SCENARIO.name {
        ("The function fails again and again: calls go on with the template.", 10, 3)
    } else if function == LEX_FULFILLMENT.name {
        ("The function fails, and Lex shows an error to visitors.", 1, 1)
    } else {
        ("The function fails again and again; its log says why.", 5, 3)
    };
    errors.alarm(meaning, threshold.into(), periods)
}

/// A metric, as an alarm or a widget looks at it.
pub(crate) struct Metric {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) dimensions: Value,
    pub(crate) statistic: &'static str,
    pub(crate) period: u32,
}

impl Metric {
    pub(crate) fn of_machine(of: &str, name: &'static str) -> Self {
        let dimensions = json!([{ "Name": "StateMachineArn", "Value": machine(of) }]);
        Self { namespace: "AWS/States", name, dimensions, statistic: "Sum", period: 60 }
    }

    pub(crate) fn of_function(of: &str, metric: &'static str) -> Self {
        let dimensions = json!([{ "Name": "FunctionName", "Value": name(of) }]);
        Self { namespace: "AWS/Lambda", name: metric, dimensions, statistic: "Sum", period: 60 }
    }

    /// One that the handlers measure themselves.
    pub(crate) fn own(
        service: &str,
        name: &'static str,
        statistic: &'static str,
        period: u32,
    ) -> Self {
        let dimensions = json!([{ "Name": "Service", "Value": service }]);
        Self { namespace: OWN_NAMESPACE, name, dimensions, statistic, period }
    }

    fn alarm(&self, meaning: &str, threshold: Value, periods: u32) -> Value {
        json!({
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmDescription": meaning,
                "Namespace": self.namespace,
                "MetricName": self.name,
                "Dimensions": self.dimensions,
                "Statistic": self.statistic,
                "Period": self.period,
                "EvaluationPeriods": periods,
                "Threshold": threshold,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
                "AlarmActions": [{ "Ref": TOPIC }],
                "OKActions": [{ "Ref": TOPIC }],
            },
        })
    }
}
