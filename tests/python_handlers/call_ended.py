"""CallEndedHandler: contact events, by EventBridge through SQS, end the step that waits."""

import json
import os

import boto3

import records
from completion import complete, outcome_of

connect = boto3.client("connect")


def handler(event, context):
    failures = []
    for record in event["Records"]:
        try:
            end(json.loads(record["body"]))
        except Exception as failure:
            print(f"a contact event is to come again: {failure}")
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def end(event):
    detail = event["detail"]
    if event["source"] != "aws.connect" or detail["eventType"] != "DISCONNECTED":
        return
    contact_id = detail["contactId"]
    item = records.update(
        records.key(f"CONTACT#{contact_id}", "CONTACT"),
        "SET #end = if_not_exists(#end, :end), #expiresAt = if_not_exists(#expiresAt, :expires)",
        {":end": {"S": json.dumps(detail)}, ":expires": records.expiry()},
        ["end", "expiresAt"],
    )
    if "call" not in item:
        return
    interaction_key, attempt = item["call"]["S"].split("#")
    reason, connected_at = detail.get("disconnectReason"), detail.get("connectedToSystemTimestamp")
    ended_at = detail.get("disconnectTimestamp")
    if not reason or not connected_at:
        instance = os.environ["CONNECT_INSTANCE_ID"]
        contact = connect.describe_contact(InstanceId=instance, ContactId=contact_id)["Contact"]
        reason = contact.get("DisconnectReason")
        connected_at = contact.get("ConnectedToSystemTimestamp")
        connected_at = connected_at and connected_at.isoformat()
    complete(interaction_key, attempt, outcome_of(contact_id, reason, connected_at, ended_at))
