//! The optimised integrations of Step Functions: their actions, how a Task can wait for them, what
//! they cannot do without.
//!
//! Source: AWS Step Functions Developer Guide, "Integrating services with Step Functions", and the
//! required members of each action in the AWS SDK's service models.

use crate::resource::Pattern::{self, RequestResponse, Sync, Sync2, WaitForTaskToken};

/// One action of a service.
pub(super) struct Integration {
    pub(super) service: &'static str,
    pub(super) action: &'static str,
    pub(super) patterns: &'static [Pattern],
    /// Parameters that AWS demands when the machine is created.
    pub(super) required: &'static [&'static str],
}

const PLAIN: &[Pattern] = &[RequestResponse];
const JOB: &[Pattern] = &[RequestResponse, Sync];
const CALLBACK: &[Pattern] = &[RequestResponse, WaitForTaskToken];
const JOB_OR_CALLBACK: &[Pattern] = &[RequestResponse, Sync, WaitForTaskToken];
const EXECUTION: &[Pattern] = &[RequestResponse, Sync, Sync2, WaitForTaskToken];

/// The patterns of `aws-sdk` integrations.
pub(super) const SDK_PATTERNS: &[Pattern] = CALLBACK;

macro_rules! integrations {
    ($($service:literal { $($action:ident $patterns:ident [$($required:ident)*]),+ $(,)? })+) => {
        const ALL: &[Integration] = &[$($(Integration {
            service: $service,
            action: stringify!($action),
            patterns: $patterns,
            required: &[$(stringify!($required)),*],
        }),+),+];
    };
}

integrations! {
    "lambda" { invoke CALLBACK [FunctionName] }
    "states" { startExecution EXECUTION [StateMachineArn] }
    "dynamodb" {
        getItem PLAIN [TableName Key],
        putItem PLAIN [TableName Item],
        updateItem PLAIN [TableName Key],
        deleteItem PLAIN [TableName Key],
    }
    "sqs" { sendMessage CALLBACK [QueueUrl MessageBody] }
    "sns" { publish CALLBACK [Message] }
    "events" { putEvents CALLBACK [Entries] }
    // What these two need and refuse is in `endpoint_task`.
    "apigateway" { invoke CALLBACK [] }
    "http" { invoke PLAIN [] }
    "batch" { submitJob JOB [JobDefinition JobName JobQueue] }
    "ecs" { runTask JOB_OR_CALLBACK [TaskDefinition] }
    "glue" { startJobRun JOB [JobName] }
    "databrew" { startJobRun JOB [Name] }
    "athena" {
        startQueryExecution JOB [QueryString],
        stopQueryExecution PLAIN [],
        getQueryExecution PLAIN [QueryExecutionId],
        getQueryResults PLAIN [QueryExecutionId],
    }
    "codebuild" {
        startBuild JOB [ProjectName],
        stopBuild PLAIN [],
        batchDeleteBuilds PLAIN [],
        batchGetReports PLAIN [],
        startBuildBatch JOB [],
        stopBuildBatch PLAIN [],
        retryBuildBatch JOB [],
        deleteBuildBatch PLAIN [],
    }
    "sagemaker" {
        createEndpoint PLAIN [],
        createEndpointConfig PLAIN [],
        createModel PLAIN [],
        updateEndpoint PLAIN [],
        createHyperParameterTuningJob JOB [],
        createLabelingJob JOB [],
        createProcessingJob JOB [],
        createTrainingJob JOB [],
        createTransformJob JOB [],
    }
    "elasticmapreduce" {
        createCluster JOB [],
        terminateCluster JOB [],
        addStep JOB [],
        cancelStep PLAIN [],
        setClusterTerminationProtection PLAIN [],
        modifyInstanceFleetByName PLAIN [],
        modifyInstanceGroupByName PLAIN [],
    }
    "emr-containers" {
        createVirtualCluster PLAIN [],
        deleteVirtualCluster JOB [],
        startJobRun JOB [],
    }
    "emr-serverless" {
        createApplication JOB [],
        startApplication JOB [],
        stopApplication JOB [],
        deleteApplication JOB [],
        startJobRun JOB [],
        cancelJobRun JOB [],
    }
    "eks" {
        call PLAIN [],
        runJob JOB [],
        createCluster JOB [],
        deleteCluster JOB [],
        createFargateProfile JOB [],
        deleteFargateProfile JOB [],
        createNodegroup JOB [],
        deleteNodegroup JOB [],
    }
    "mediaconvert" { createJob JOB [] }
    "bedrock" { invokeModel PLAIN [ModelId], createModelCustomizationJob JOB [] }
    "bedrock-agentcore" { invokeHarness PLAIN [] }
}

/// The actions of a service.
pub(super) fn actions_of(service: &str) -> impl Iterator<Item = &'static Integration> {
    ALL.iter().filter(move |known| known.service == service)
}

/// The services, each as often as it has actions.
pub(super) fn services() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|known| known.service)
}

/// Services so young that their actions are not all known here.
pub(super) fn takes_any_action(service: &str) -> bool {
    service == "bedrock-agentcore"
}
