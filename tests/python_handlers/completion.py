"""How an attempt comes to its end, whoever learns of it."""

import json

import boto3

import records

workflow = boto3.client("stepfunctions")


def complete(interaction_key, attempt, outcome):
    of = records.key(interaction_key, f"ATTEMPT#{attempt}")
    item = records.update(
        of,
        "SET #state = :ended, #outcome = :outcome, #endedAt = :at",
        {
            ":ended": {"S": "ENDED"},
            ":dialed": {"S": "DIALED"},
            ":outcome": {"S": json.dumps(outcome)},
            ":at": {"N": str(records.now())},
        },
        ["state", "outcome", "endedAt"],
        "#state = :dialed",
    )
    call = "c" + f"{interaction_key}#{attempt}".encode().hex()
    records.dynamodb.update_item(
        TableName=records.TABLE,
        Key=records.key("PACE#CONNECT", "CALLS"),
        UpdateExpression=f"REMOVE #calls.{call}",
        ConditionExpression=f"attribute_exists(#calls.{call})",
        ExpressionAttributeNames={"#calls": "calls"},
    )
    token = item["taskToken"]["S"]
    workflow.send_task_success(taskToken=token, output=json.dumps(outcome))
    records.update(
        of,
        "REMOVE #open, #dueAt",
        {":token": {"S": token}},
        ["open", "dueAt", "taskToken"],
        "#taskToken = :token",
    )


def outcome_of(contact_id, reason, connected_at, ended_at):
    return {
        "outcome": "ANSWERED" if connected_at else "NO_ANSWER",
        "contactId": contact_id,
        "disconnectReason": reason,
        "connectedAt": connected_at,
        "endedAt": ended_at,
    }
