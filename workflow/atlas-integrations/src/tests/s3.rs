//! Answers as in the Amazon S3 API Reference: GetObject, PutObject, ListObjectsV2.

use serde_json::json;

use super::{
    harness::{at, run, task},
    peer::Peer,
};

#[tokio::test]
async fn an_object_is_read_with_what_its_headers_tell() {
    let peer = Peer::start(
        200,
        &[
            ("content-type", "text/csv"),
            ("etag", "\"e\""),
            ("last-modified", "Sat, 21 Nov 2026 00:00:00 GMT"),
            ("x-amz-meta-kind", "leads"),
        ],
        "a,b\n1,2\n",
    )
    .await;
    let parameters = json!({ "Bucket": "b", "Key": "in/a b+ü.csv", "Range": "bytes=0-7" });
    let result = run(at(&peer.url), task("aws-sdk:s3:getObject", parameters)).await;
    assert_eq!(
        result,
        Ok(json!({
            "Body": "a,b\n1,2\n",
            "ContentLength": 8,
            "ContentType": "text/csv",
            "ETag": "\"e\"",
            "LastModified": "2026-11-21T00:00:00Z",
            "Metadata": { "kind": "leads" },
        }))
    );
    let asked = peer.asked();
    assert_eq!(asked.path, "/b/in/a%20b%2B%C3%BC.csv");
    assert_eq!(asked.header("range"), "bytes=0-7");
    assert_eq!(asked.scope(), "111122223333/eu-west-1/s3");
    assert_eq!(asked.header("x-amz-content-sha256").len(), 64);
}

#[tokio::test]
async fn a_text_is_stored_as_it_is_and_any_other_value_as_json() {
    for (body, stored) in [(json!("text"), "text"), (json!({ "a": 1 }), r#"{"a":1}"#)] {
        let peer = Peer::start(200, &[("etag", "\"e\"")], "").await;
        let parameters = json!({ "Bucket": "b", "Key": "k", "Body": body });
        let result = run(at(&peer.url), task("aws-sdk:s3:putObject", parameters)).await;
        assert_eq!(result, Ok(json!({ "ETag": "\"e\"" })));
        assert_eq!(peer.asked().body, stored);
    }
}

#[tokio::test]
async fn a_bucket_is_listed_page_by_page() {
    let page = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
        <Name>b</Name><Prefix>in/</Prefix><KeyCount>2</KeyCount><MaxKeys>2</MaxKeys>\
        <IsTruncated>true</IsTruncated><NextContinuationToken>n=</NextContinuationToken>\
        <Contents><Key>in/1</Key><LastModified>2026-11-21T00:00:00.000Z</LastModified>\
        <ETag>&quot;e&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>\
        <CommonPrefixes><Prefix>in/x/</Prefix></CommonPrefixes></ListBucketResult>";
    let peer = Peer::start(200, &[], page).await;
    let parameters =
        json!({ "Bucket": "b", "Prefix": "in/", "ContinuationToken": "t+", "MaxKeys": 2 });
    let result = run(at(&peer.url), task("aws-sdk:s3:listObjectsV2", parameters)).await;
    assert_eq!(
        result,
        Ok(json!({
            "Name": "b", "Prefix": "in/", "KeyCount": 2, "MaxKeys": 2, "IsTruncated": true,
            "NextContinuationToken": "n=",
            "Contents": [{
                "Key": "in/1", "LastModified": "2026-11-21T00:00:00Z", "ETag": "\"e\"", "Size": 7,
                "StorageClass": "STANDARD",
            }],
            "CommonPrefixes": [{ "Prefix": "in/x/" }],
        }))
    );
    assert_eq!(peer.asked().path, "/b?list-type=2&continuation-token=t%2B&max-keys=2&prefix=in%2F");
}

#[tokio::test]
async fn a_refusal_has_its_exception_or_that_of_the_service() {
    for (code, error) in [("NoSuchKey", "S3.NoSuchKeyException"), ("SlowDown", "S3.S3Exception")] {
        let body = format!(
            "<Error><Code>{code}</Code><Message>No.</Message><RequestId>r-1</RequestId></Error>"
        );
        let peer = Peer::start(404, &[], body.leak()).await;
        let parameters = json!({ "Bucket": "b", "Key": "k" });
        let failed = run(at(&peer.url), task("aws-sdk:s3:getObject", parameters)).await;
        let cause = "No. (Service: S3, Status Code: 404, Request ID: r-1) (SDK Attempt Count: 1)";
        assert_eq!(failed, Err((error.to_owned(), cause.to_owned())));
    }
}
