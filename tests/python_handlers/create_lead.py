"""CreateLeadHandler: the lead stands in Salesforce and in the table."""

import phonenumbers

import records
from salesforce import org


def handler(event, context):
    key, lead = event["interactionKey"], event["lead"]
    phone = phonenumbers.parse(lead["phone"])
    if not phonenumbers.is_possible_number(phone):
        raise ValueError("the phone number is none")
    phone = phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)
    fields = {
        "FirstName": lead["firstName"],
        "LastName": lead["lastName"],
        "Company": lead["company"],
        "Email": lead["email"],
        "Phone": phone,
        "LeadSource": event["source"],
        "Topic__c": lead["topic"],
        "Description": lead["notes"],
    }
    upserted = org().Lead.upsert(f"Interaction_Key__c/{key}", fields, raw_response=True).json()
    records.put_new({
        **records.key(key, "LEAD"),
        "state": {"S": "CREATED"},
        "source": {"S": event["source"]},
        "phoneHash": {"S": records.phone_hash(phone)},
        "createdAt": {"N": str(records.now())},
        "expiresAt": records.expiry(),
    })
    return {"leadId": upserted["id"], "created": upserted["created"]}
