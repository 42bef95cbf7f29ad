//! What happens around a handler that is killed: a lead, turns of a chat and a call, or a message.

use std::time::Duration;

use atlas_local::{Code, Deployment, Setup};
use definitions::resources::RESPONSE_REQUESTS;
use handlers::functions::Handler;
use serde_json::{Value, json};

use super::{
    call::Call,
    killable::Killable,
    proxy::{KillPoint, Proxy},
};
use crate::{
    deployed::{invoke, quick},
    lead::{Told, all_ended, start, told},
    payloads::{batch, demo_turn, lead, phone_turn, talk_turn},
};

/// Longer than any scene takes that comes to its end.
const NEVER: Duration = Duration::from_secs(60);

/// Who is killed, and in what.
#[derive(Clone, Copy)]
pub(crate) struct Scene {
    pub(crate) victim: Handler,
    /// The handlers that are there beside it.
    pub(crate) others: &'static [Handler],
    pub(crate) faults: &'static [&'static str],
    pub(crate) play: Play,
}

/// What happens.
#[derive(Clone, Copy)]
pub(crate) enum Play {
    /// A lead takes its whole road.
    Lead,
    /// A visitor chats, asks for a demo, and is called.
    Bot,
    /// The chat's next answer is written.
    Writing,
}

impl Scene {
    /// Plays it, with the victim killed at this point, if at any. The calls that the victim made.
    pub(crate) async fn play(self, point: Option<KillPoint>) -> Vec<Call> {
        let at = format!("{}: {point:?}", self.victim);
        let played = tokio::time::timeout(NEVER, self.play_on(point)).await;
        played.unwrap_or_else(|_| panic!("{at}: it does not come to its end"))
    }

    async fn play_on(self, point: Option<KillPoint>) -> Vec<Call> {
        let at = format!("{}: {point:?}", self.victim);
        let killable = Killable::new(self.victim);
        let victim = killable.clone();
        let proxy = Proxy::start(point, move || victim.kill()).await;
        killable.point_at(self.victim, &proxy.url);
        let deployment = Deployment::start(Setup {
            code: Code::Binaries(killable.folder().to_owned()),
            handlers: self.handlers(),
            ..quick(self.faults)
        })
        .await
        .unwrap();
        proxy.lead_to_services(deployment.sandbox().unwrap().base_url());
        proxy.lead_to_engine(Some(deployment.url().to_owned()));
        match self.play {
            Play::Lead => {
                start(&deployment.engine(), lead("killed-1", "+14155550123"));
                self.judge_lead(&deployment, &at).await;
            }
            Play::Bot => self.chat(&deployment, &at).await,
            Play::Writing => self.write(&deployment).await,
        }
        assert!(proxy.has_killed(), "{at}: this call is not made again");
        deployment.stop().await;
        proxy.calls()
    }

    fn handlers(self) -> Vec<Handler> {
        let others = self.others.iter().copied().filter(|other| *other != self.victim);
        others.chain([self.victim]).collect()
    }

    async fn judge_lead(self, deployment: &Deployment, at: &str) {
        for (machine, status) in all_ended(&deployment.engine()).await {
            assert_eq!(status, "SUCCEEDED", "{at}: {machine}");
        }
        assert_eq!(told(deployment), Told::answered(1), "{at}");
    }

    async fn chat(self, deployment: &Deployment, at: &str) {
        let said = self.invoke(deployment, talk_turn()).await;
        assert_eq!(said["sessionState"]["dialogAction"]["type"], "ElicitIntent", "{at}");
        let demo = self.invoke(deployment, demo_turn()).await;
        assert_eq!(demo["sessionState"]["intent"]["state"], "Fulfilled", "{at}");
        self.judge_lead(deployment, at).await;
        let counters = deployment.sandbox().unwrap().counters();
        let key = counters["leads"].as_object().unwrap().keys().next().unwrap();
        let mut turn = phone_turn(key, "hello?");
        for _ in 0..2 {
            let said = self.invoke(deployment, turn).await;
            assert_ne!(said["sessionState"]["intent"]["state"], "Failed", "{at}: {said}");
            assert!(said["messages"][0]["content"].is_string(), "{at}: {said}");
            turn = phone_turn(key, "what does it cost?");
            turn["sessionState"]["sessionAttributes"] =
                said["sessionState"]["sessionAttributes"].clone();
        }
    }

    async fn write(self, deployment: &Deployment) {
        let wanted =
            json!({"intent": "AboutTechnologyIntent", "topic": "pricing", "locale": "en-US"});
        let message = batch(RESPONSE_REQUESTS.name, [("m-1", wanted.to_string())]);
        let answer = self.invoke(deployment, message).await;
        assert_eq!(answer, json!({"batchItemFailures": []}));
    }

    /// Invokes the victim, and once more where its process ends: as the visitor says it again, and the
    /// queue brings it again.
    async fn invoke(self, deployment: &Deployment, payload: Value) -> Value {
        match invoke(deployment, self.victim, payload.clone()).await {
            Ok(answer) => answer,
            Err(error) => {
                assert_eq!(error["errorType"], "Runtime.ExitError", "{error}");
                invoke(deployment, self.victim, payload).await.unwrap()
            }
        }
    }
}
