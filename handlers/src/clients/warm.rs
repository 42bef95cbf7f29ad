//! Connections that stand before somebody needs them.
//!
//! Asked is `GET /`, signed, of each service: it does nothing there, counts against no quota of an
//! operation, and whatever comes back came over a connection that stays in the pool.

use std::{sync::Arc, time::Duration};

use aws_sdk_dynamodb::config::http::HttpRequest;
use aws_smithy_types::body::SdkBody;
use tokio::task::JoinSet;

use crate::observe;

/// The init phase has 10 seconds.
pub(super) const WARM_UP: Duration = Duration::from_secs(5);

/// A client whose connections can be made early.
pub(crate) trait Warm: Clone + Send + Sync + 'static {
    /// Makes one. Whether it worked is nobody's concern here: the first request finds out.
    fn connect(&self) -> impl Future<Output = ()> + Send;

    /// Makes as many as are needed at once.
    fn warm(&self, connections: usize) -> impl Future<Output = ()> + Send {
        let mut making = JoinSet::new();
        for _ in 0..connections {
            let client = self.clone();
            making.spawn(async move {
                // What a knock is answered is no fault of anybody.
                observe::scoped(Arc::new(Unseen), client.connect()).await;
            });
        }
        async {
            let _ = tokio::time::timeout(WARM_UP, making.join_all()).await;
        }
    }
}

struct Unseen;

impl observe::Sink for Unseen {
    fn take(&self, _: &observe::Line) {}
}

impl Warm for aws_sdk_dynamodb::Client {
    async fn connect(&self) {
        let request = self.get_item().table_name("-");
        let _ = request.customize().mutate_request(knock).send().await;
    }
}

impl Warm for aws_sdk_connect::Client {
    async fn connect(&self) {
        let request = self.describe_contact().instance_id("-").contact_id("-");
        let _ = request.customize().mutate_request(knock).send().await;
    }
}

impl Warm for aws_sdk_sfn::Client {
    async fn connect(&self) {
        let _ = self.send_task_success().customize().mutate_request(knock).send().await;
    }
}

impl Warm for aws_sdk_sqs::Client {
    async fn connect(&self) {
        let _ = self.send_message().customize().mutate_request(knock).send().await;
    }
}

impl Warm for aws_sdk_bedrockruntime::Client {
    async fn connect(&self) {
        let request = self.converse().model_id("-");
        let _ = request.customize().mutate_request(knock).send().await;
    }
}

/// Makes `GET /` of a request that is not yet signed.
fn knock(request: &mut HttpRequest) {
    let origin = origin(request.uri()).to_owned();
    request.set_uri(origin + "/").expect("the origin of a URI and `/` are a URI");
    request.set_method("GET").expect("`GET` is a method");
    *request.body_mut() = SdkBody::empty();
    for header in ["content-type", "content-length", "x-amz-target"] {
        request.headers_mut().remove(header);
    }
}

fn origin(uri: &str) -> &str {
    let host = uri.find("://").map_or(0, |end| end + 3);
    let path = uri[host..].find(['/', '?']).map_or(uri.len(), |path| host + path);
    &uri[..path]
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;

    use super::*;
    use crate::{
        clients::{Aws, Patience},
        testing::{HttpPeer, Reply, aws_at},
    };

    #[tokio::test]
    async fn each_client_only_knocks_as_often_as_it_has_to() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = seen.clone();
        let peer = HttpPeer::start(move |request| {
            noted.lock().unwrap().push((request.line, request.body));
            Reply::json(404, &json!({}))
        })
        .await;
        let aws = Aws::new(&aws_at(&peer.url())).await.unwrap();
        let check = async |warm: &dyn Fn() -> JoinSet<()>, times: usize| {
            warm().join_all().await;
            let knocks = std::mem::take(&mut *seen.lock().unwrap());
            assert_eq!(knocks, vec![("GET /".to_owned(), String::new()); times]);
        };
        fn spawn(client: impl Warm, times: usize) -> JoinSet<()> {
            let mut all = JoinSet::new();
            all.spawn(async move { client.warm(times).await });
            all
        }
        check(&|| spawn(aws.dynamodb(Patience::STEP).unwrap(), 4), 4).await;
        check(&|| spawn(aws.connect().unwrap(), 1), 1).await;
        check(&|| spawn(aws.step_functions(Patience::STEP).unwrap(), 1), 1).await;
        check(&|| spawn(aws.sqs().unwrap(), 1), 1).await;
        check(&|| spawn(aws.bedrock().unwrap(), 2), 2).await;
    }

    #[test]
    fn what_is_behind_the_host_goes() {
        let check = |uri: &str| assert_eq!(origin(uri), "https://a.b:1");
        check("https://a.b:1");
        check("https://a.b:1/");
        check("https://a.b:1/contacts/i/c?x=/");
        check("https://a.b:1?x=/");
    }
}
