"""LexFulfillmentHandler: the bot's code hook in the chat; the demo intent starts the workflow."""

import datetime
import hashlib
import json
import os

import boto3
import phonenumbers

workflow = boto3.client("stepfunctions")

NEEDED = ["FirstName", "LastName", "Email", "Phone", "Company", "Topic", "MayCall"]


def handler(event, context):
    intent, attributes = event["sessionState"]["intent"], event["sessionState"]["sessionAttributes"]
    values = {}
    for name in NEEDED:
        slot = intent["slots"].get(name)
        if not slot:
            return answer({"type": "ElicitSlot", "slotToElicit": name}, intent, "InProgress", attributes)
        values[name] = slot["value"]["interpretedValue"].strip()
    number = phonenumbers.parse(values["Phone"], "US")
    if not phonenumbers.is_possible_number(number):
        return answer({"type": "ElicitSlot", "slotToElicit": "Phone"}, intent, "InProgress", attributes)
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    said = f"{event['sessionId']}\0{intent['name']}\0{phone}"
    key = hashlib.sha256(said.encode()).hexdigest()[:32]
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    document = {
        "interactionKey": key,
        "source": "lex",
        "lead": {
            "firstName": values["FirstName"],
            "lastName": values["LastName"],
            "email": values["Email"],
            "phone": phone,
            "company": values["Company"],
            "topic": values["Topic"],
            "notes": "",
        },
        "consent": {
            "mayCall": values["MayCall"].lower() == "yes",
            "capturedAt": now.replace("+00:00", "Z"),
        },
        "call": {
            "locale": event["bot"]["localeId"].replace("_", "-"),
            "timeZone": attributes.get("timeZone", "America/Los_Angeles"),
            "maxAttempts": 1,
        },
    }
    workflow.start_execution(
        stateMachineArn=os.environ["ATLAS_ENGINE_WORKFLOW_ARN"], name=key, input=json.dumps(document)
    )
    return answer({"type": "Close"}, intent, "Fulfilled", {**attributes, "correlationId": key})


def answer(action, intent, state, attributes):
    return {
        "sessionState": {
            "dialogAction": action,
            "intent": {**intent, "state": state},
            "sessionAttributes": attributes,
        },
        "messages": [{"contentType": "PlainText", "content": "Thank you, your call is on its way."}],
    }
