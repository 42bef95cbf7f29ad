use serde_json::json;

use super::{
    harness::{at, fields, run, task},
    peer::Peer,
};

const PUBLISHED: &str = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
    <PublishResult><MessageId>m-1</MessageId></PublishResult>\
    <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></PublishResponse>";

#[tokio::test]
async fn a_message_is_published_as_a_form() {
    let peer = Peer::start(200, &[("x-amzn-requestid", "r-1")], PUBLISHED).await;
    let parameters = json!({
        "TopicArn": "arn:aws:sns:eu-west-1:111122223333:topic",
        "Message": { "a": "b & c" },
        "MessageAttributes": { "kind": { "DataType": "String", "StringValue": "x" } },
    });
    let result = run(at(&peer.url), task("sns:publish", parameters)).await.unwrap();
    assert_eq!(fields(result), json!({ "MessageId": "m-1" }));
    assert_eq!(
        peer.asked().body,
        "Action=Publish&Version=2010-03-31\
         &TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A111122223333%3Atopic\
         &Message=%7B%22a%22%3A%22b%20%26%20c%22%7D\
         &MessageAttributes.entry.1.Name=kind\
         &MessageAttributes.entry.1.Value.DataType=String\
         &MessageAttributes.entry.1.Value.StringValue=x"
    );
}

#[tokio::test]
async fn a_refusal_is_read_from_xml() {
    for (code, error) in [
        ("NotFound", "SNS.NotFoundException"),
        ("ParameterValueInvalid", "SNS.InvalidParameterValueException"),
        ("Throttling", "SNS.AmazonSNSException"),
    ] {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>No.</Message></Error>\
             <RequestId>r-1</RequestId></ErrorResponse>"
        );
        let peer = Peer::start(400, &[], body.leak()).await;
        let parameters = json!({ "TopicArn": "t", "Message": "m" });
        let (name, cause) = run(at(&peer.url), task("sns:publish", parameters)).await.unwrap_err();
        assert_eq!(name, error);
        assert_eq!(
            cause,
            format!(
                "No. (Service: AmazonSNS; Status Code: 400; Error Code: {code}; Request ID: r-1; \
                 Proxy: null)"
            )
        );
    }
}
