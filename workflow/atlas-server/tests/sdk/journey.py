"""The whole life of a lead-to-call execution, driven by boto3 or by the AWS CLI (`boto3`, `cli`).

Standard input is a JSON object: the endpoint, the lead and the two machines as CreateStateMachine takes them, the
mock case; or the endpoint and the token that it asks for. Whatever an answer lacks ends this with a traceback.
"""

import json
import os
import subprocess
import sys

ROLE = "arn:aws:iam::000000000000:role/r"


def boto3_caller(endpoint):
    import boto3
    from botocore.config import Config

    client = boto3.session.Session().client("stepfunctions", endpoint_url=endpoint, config=Config(inject_host_prefix=False))

    def call(operation, **parameters):
        answer = getattr(client, operation)(**parameters)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    return call


def cli_caller(endpoint):
    def call(operation, **parameters):
        command = [sys.executable, "-m", "awscli", "stepfunctions", operation.replace("_", "-")]
        options = ["--endpoint-url", endpoint, "--output", "json", "--no-paginate"]
        document = ["--cli-input-json", json.dumps(parameters)]
        ran = subprocess.run(command + options + document, capture_output=True, text=True)
        assert ran.returncode == 0, f"{operation}: {ran.stderr}"
        return json.loads(ran.stdout or "{}")

    return call


def refused(call, code, operation, **parameters):
    """The call fails, and says so as AWS does."""
    try:
        call(operation, **parameters)
    except Exception as error:
        assert f"({code})" in str(error), error
        return
    raise AssertionError(f"{operation} should fail with {code}")


def history(call, execution):
    """All events, page by page."""
    events, more = [], {}
    while True:
        page = call("get_execution_history", executionArn=execution, maxResults=5, **more)
        events += page["events"]
        if "nextToken" not in page:
            return events
        more = {"nextToken": page["nextToken"]}


def open_token(call, execution, attempt, handed_over=None):
    """The token of an attempt, once its call has been handed over (again, where it was redriven)."""
    while True:
        events = history(call, execution)
        submitted = [event for event in events if event["type"] == "TaskSubmitted"]
        if len(submitted) == (handed_over or attempt):
            scheduled = [event for event in events if event["type"] == "TaskScheduled"]
            parameters = json.loads(scheduled[-1]["taskScheduledEventDetails"]["parameters"])
            assert parameters["Payload"]["attempt"] == attempt
            return parameters["Payload"]["taskToken"]


def ended(call, execution):
    while True:
        described = call("describe_execution", executionArn=execution)
        if described["status"] != "RUNNING":
            return described


def callback(outcome):
    return json.dumps({"contactId": "c", "outcome": outcome, "disconnectReason": "CUSTOMER_DISCONNECT"})


def create(call, machine):
    arn = call("create_state_machine", roleArn=ROLE, **machine)["stateMachineArn"]
    assert call("create_state_machine", roleArn=ROLE, **machine)["stateMachineArn"] == arn
    assert call("describe_state_machine", stateMachineArn=arn)["definition"] == machine["definition"]
    return arn


def start_lead(call, given, machine, key):
    lead = given["lead"] | {"interactionKey": key}
    started = call("start_sync_execution", stateMachineArn=f"{machine}#{given['case']}", input=json.dumps(lead))
    assert started["status"] == "SUCCEEDED", started
    output = json.loads(started["output"])
    assert output["interactionKey"] == key
    return output["callExecutionArn"]


def journey(call, given):
    lead_to_call, calling = (create(call, machine) for machine in given["machines"])
    known = {machine["stateMachineArn"] for machine in call("list_state_machines")["stateMachines"]}
    assert {lead_to_call, calling} <= known
    # The quarter of an hour before a busy line is called again takes no time; the callback holds the clock.
    call("tag_resource", resourceArn=lead_to_call, tags=[{"key": "atlas:skip-waits", "value": "true"}])
    assert call("list_tags_for_resource", resourceArn=lead_to_call)["tags"][0]["value"] == "true"

    state = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True,
             "Parameters": {"QueueUrl": "q", "MessageBody": "b"}}
    mock = {"result": json.dumps({"MessageId": "m"})}
    tested = call("test_state", definition=json.dumps(state), mock=mock, inspectionLevel="DEBUG")
    assert tested["status"] == "SUCCEEDED" and tested["inspectionData"]["result"] == '{"MessageId": "m"}', tested

    # Busy, then answered.
    execution = start_lead(call, given, lead_to_call, "journey-1")
    listed = call("list_executions", stateMachineArn=calling, statusFilter="RUNNING")["executions"]
    assert [found["executionArn"] for found in listed] == [execution]
    first = open_token(call, execution, 1)
    call("send_task_heartbeat", taskToken=first)
    call("send_task_success", taskToken=first, output=callback("BUSY"))
    second = open_token(call, execution, 2)
    assert second != first
    call("send_task_success", taskToken=second, output=callback("ANSWERED"))
    described = ended(call, execution)
    assert described["status"] == "SUCCEEDED", described
    # The second telling of an end is refused; the name is used up.
    refused(call, "TaskTimedOut", "send_task_success", taskToken=second, output=callback("ANSWERED"))
    refused(call, "ExecutionAlreadyExists", "start_execution", stateMachineArn=calling,
            name=described["name"], input="{}")
    events = history(call, execution)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "ExecutionSucceeded"
    last = call("get_execution_history", executionArn=execution, reverseOrder=True, maxResults=1)
    assert last["events"][0]["id"] == len(events)
    machine = call("describe_state_machine_for_execution", executionArn=execution)
    assert machine["stateMachineArn"] == calling

    # Refused by the handler: nobody was called, and the lead learns so.
    execution = start_lead(call, given, lead_to_call, "journey-2")
    token = open_token(call, execution, 1)
    call("send_task_failure", taskToken=token, error="Call.NotAllowed", cause="outside of hours")
    assert ended(call, execution)["status"] == "SUCCEEDED"
    assert "UpdateLead" in [event.get("stateEnteredEventDetails", {}).get("name") for event in history(call, execution)]

    # Stopped while the phone rings.
    execution = start_lead(call, given, lead_to_call, "journey-3")
    token = open_token(call, execution, 1)
    call("stop_execution", executionArn=execution, error="Operator.Stopped", cause="a test")
    described = ended(call, execution)
    assert (described["status"], described["error"]) == ("ABORTED", "Operator.Stopped")
    aborted = call("list_executions", stateMachineArn=calling, statusFilter="ABORTED")["executions"]
    assert [found["executionArn"] for found in aborted] == [execution]

    # Redriven: the same call is made again, and answered.
    assert (described["redriveCount"], described["redriveStatus"]) == (0, "REDRIVABLE")
    redriven = call("redrive_execution", executionArn=execution, clientToken="once")
    assert call("redrive_execution", executionArn=execution, clientToken="once") == redriven
    again = open_token(call, execution, 1, handed_over=2)
    assert again != token
    refused(call, "TaskTimedOut", "send_task_success", taskToken=token, output=callback("ANSWERED"))
    described = call("describe_execution", executionArn=execution)
    assert (described["status"], described["redriveCount"]) == ("RUNNING", 1), described
    call("send_task_success", taskToken=again, output=callback("ANSWERED"))
    assert ended(call, execution)["status"] == "SUCCEEDED"
    types = [event["type"] for event in history(call, execution)]
    assert types.index("ExecutionAborted") + 1 == types.index("ExecutionRedriven")
    listed = call("list_executions", stateMachineArn=calling)["executions"]
    assert [found["executionArn"] for found in listed if found["redriveCount"]] == [execution]
    refused(call, "ExecutionNotRedrivable", "redrive_execution", executionArn=execution)

    page = call("list_executions", stateMachineArn=calling, maxResults=2)
    rest = call("list_executions", stateMachineArn=calling, maxResults=2, nextToken=page["nextToken"])
    assert len(page["executions"]) == 2 and len(rest["executions"]) == 1

    for machine in (lead_to_call, calling):
        call("delete_state_machine", stateMachineArn=machine)
    refused(call, "StateMachineDoesNotExist", "start_execution", stateMachineArn=calling)


def token(caller, given):
    """Nothing is told without the token of the server."""
    refused(caller(given["endpoint"]), "UnrecognizedClientException", "list_state_machines")
    os.environ["AWS_SESSION_TOKEN"] = given["token"][::-1]
    refused(caller(given["endpoint"]), "UnrecognizedClientException", "list_state_machines")
    os.environ["AWS_SESSION_TOKEN"] = given["token"]
    assert caller(given["endpoint"])("list_state_machines")["stateMachines"] == []


def main(driver):
    given = json.load(sys.stdin)
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    caller = {"boto3": boto3_caller, "cli": cli_caller}[driver]
    if "token" in given:
        token(caller, given)
    else:
        journey(caller(given["endpoint"]), given)


main(sys.argv[1])
