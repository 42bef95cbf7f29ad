"""InvokeOutboundCallHandler: places one attempt."""

import datetime
import hashlib
import json
import os
import time
import zoneinfo

import boto3
import phonenumbers

import records

connect = boto3.client("connect")

OVERDUE_AFTER = int(os.environ.get("OVERDUE_AFTER_SECONDS", "900"))
COUNTRIES = os.environ["ALLOWED_COUNTRIES"].split(",")


def handler(event, context):
    interaction_key, attempt, phone = event["interactionKey"], event["attempt"], event["lead"]["phone"]
    check(event, phone)
    phone_hash, at = records.phone_hash(phone), records.now()
    of, call = records.key(interaction_key, f"ATTEMPT#{attempt}"), f"{interaction_key}#{attempt}"
    client_token = hashlib.sha256(call.encode()).hexdigest()
    due = {"N": str(at + OVERDUE_AFTER * 1000)}
    records.put_new({
        **of,
        "state": {"S": "RESERVED"},
        "leadId": {"S": event["leadId"]},
        "scenario": {"S": json.dumps(event["scenario"])},
        "taskToken": {"S": event["taskToken"]},
        "clientToken": {"S": client_token},
        "phoneHash": {"S": phone_hash},
        "waiting": {"BOOL": False},
        "reservedAt": {"N": str(at)},
        "dueAt": due,
        "open": {"S": "OPEN"},
        "expiresAt": records.expiry(),
    })
    take_turn("c" + call.encode().hex(), at)
    scenario = event["scenario"]
    started = connect.start_outbound_voice_contact(
        InstanceId=os.environ["CONNECT_INSTANCE_ID"],
        ContactFlowId=os.environ["CONNECT_CONTACT_FLOW_ID"],
        DestinationPhoneNumber=phone,
        SourcePhoneNumber=os.environ["CONNECT_SOURCE_PHONE_NUMBER"],
        ClientToken=client_token,
        Attributes={
            "interactionKey": interaction_key,
            "attempt": str(attempt),
            "language": scenario["language"],
            "opening": scenario["opening"],
        },
    )
    records.update(
        of,
        "SET #state = :dialed, #contactId = :contact, #dialedAt = :at, #open = :open, #dueAt = :due",
        {
            ":dialed": {"S": "DIALED"},
            ":reserved": {"S": "RESERVED"},
            ":contact": {"S": started["ContactId"]},
            ":open": {"S": "OPEN"},
            ":at": {"N": str(at)},
            ":due": due,
        },
        ["state", "contactId", "dialedAt", "open", "dueAt"],
        "#state = :reserved",
    )
    records.update(
        records.key(f"CONTACT#{started['ContactId']}", "CONTACT"),
        "SET #call = :call, #expiresAt = :expires",
        {":call": {"S": call}, ":expires": records.expiry()},
        ["call", "expiresAt"],
    )


def check(event, phone):
    number = phonenumbers.parse(phone)
    if not phonenumbers.is_possible_number(number):
        raise ValueError("the number is none")
    if phonenumbers.region_code_for_number(number) not in COUNTRIES:
        raise ValueError("the country is not called")
    if not event["consent"]["mayCall"]:
        raise ValueError("there is no consent")
    there = datetime.datetime.now(zoneinfo.ZoneInfo(event["call"]["timeZone"])).strftime("%H:%M")
    if not os.environ["CALLING_FROM"] <= there < os.environ["CALLING_UNTIL"]:
        raise ValueError("it is too early or too late there")
    suppressed = records.dynamodb.get_item(
        TableName=os.environ["SUPPRESSION_TABLE"],
        Key={"phoneHash": {"S": records.phone_hash(phone)}},
        ConsistentRead=True,
    )
    if "Item" in suppressed:
        raise ValueError("the number is not to be called")


def take_turn(call, at):
    """A counter for each second, and a place among the calls that go on."""
    second = int(time.time())
    records.update(
        records.key("PACE#CONNECT", f"SECOND#{second}"),
        "SET #expiresAt = :expires ADD #requests :one",
        {
            ":one": {"N": "1"},
            ":limit": {"N": os.environ["CONNECT_REQUESTS_PER_SECOND"]},
            ":expires": {"N": str(second + 3600)},
        },
        ["expiresAt", "requests"],
        "attribute_not_exists(#requests) OR #requests < :limit",
    )
    of = records.key("PACE#CONNECT", "CALLS")
    records.dynamodb.update_item(
        TableName=records.TABLE,
        Key=of,
        UpdateExpression=f"SET #calls.{call} = :until",
        ConditionExpression="attribute_exists(#calls) AND size(#calls) < :limit",
        ExpressionAttributeNames={"#calls": "calls"},
        ExpressionAttributeValues={
            ":until": {"N": str(at + 1800_000)},
            ":limit": {"N": os.environ["CONNECT_CONCURRENT_CALLS"]},
        },
    )
