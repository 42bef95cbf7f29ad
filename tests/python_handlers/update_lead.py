"""UpdateLeadHandler: the lead learns how its call went."""

import records
from salesforce import org

STATUS = {
    "ANSWERED": "Working - Contacted",
    "VOICEMAIL": "Working - Voicemail",
    "NO_ANSWER": "Open - Not Reached",
    "BUSY": "Open - Not Reached",
    "FAILED": "Open - Call Failed",
    "NOT_PLACED": "Open - Not Called",
    "UNKNOWN": "Open - Outcome Unknown",
}


def handler(event, context):
    status = STATUS[event["outcome"]]
    fields = {
        "Status": status,
        "Call_Outcome__c": event["outcome"],
        "Call_Attempt__c": str(event["attempt"]),
        "Call_Contact_Id__c": event.get("contactId"),
        "Call_Disconnect_Reason__c": event.get("disconnectReason"),
        "Call_Connected_At__c": event.get("connectedAt"),
        "Call_Ended_At__c": event.get("endedAt"),
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    org().Lead.update(event["leadId"], fields)
    records.update(
        records.key(event["interactionKey"], "LEAD"),
        "SET #state = :reported, #leadId = :lead, #outcome = :outcome, #reportedAt = :at",
        {
            ":reported": {"S": "REPORTED"},
            ":created": {"S": "CREATED"},
            ":lead": {"S": event["leadId"]},
            ":outcome": {"S": event["outcome"]},
            ":at": {"N": str(records.now())},
        },
        ["state", "leadId", "outcome", "reportedAt"],
        "#state = :created",
    )
    return {"leadId": event["leadId"], "status": status}
