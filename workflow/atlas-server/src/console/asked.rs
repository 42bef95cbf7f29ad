//! What a request of the console asks for: the parameters of its address, read and bounded.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr, sync::Arc};

use atlas_engine::Place;
use axum::{
    extract::{FromRef as _, FromRequestParts, Query},
    http::request::Parts,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Streams, Views, fault::Fault};
use crate::{
    app::{Account, App},
    place,
    routes::Served,
};

/// A request: its parameters, and what they are asked of.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) app: App,
    pub(super) views: Arc<Views>,
    pub(super) streams: Arc<Streams>,
    turns: Arc<Semaphore>,
    parameters: Arc<[(String, String)]>,
}

impl FromRequestParts<Served> for Asked {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Fault> {
        let read = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(parameters) =
            read.map_err(|_unreadable| Fault::invalid("the address has no readable parameters"))?;
        Ok(Self {
            app: App::from_ref(served),
            views: Arc::clone(&served.views),
            streams: Arc::clone(&served.streams),
            turns: Arc::clone(&served.turns),
            parameters: parameters.into(),
        })
    }
}

impl Asked {
    /// Does something that may read from a disk, or takes long, beside what others ask.
    pub(super) async fn apart<T: Send + 'static>(
        self,
        answer: impl FnOnce(&Self) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let answered = tokio::task::spawn_blocking(move || answer(&self)).await;
        answered.unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()))
    }

    /// Waits until so few others do what takes long that this may as well. Whoever hangs up meanwhile waits no longer.
    pub(super) async fn turn(&self) -> OwnedSemaphorePermit {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        turn.expect("nobody closes the turns")
    }

    /// All that are given for a name; empty ones are none.
    pub(super) fn texts<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let given =
            self.parameters.iter().filter(move |(own, value)| own == name && !value.is_empty());
        given.map(|(_, value)| value.as_str())
    }

    pub(super) fn text<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.texts(name).next()
    }

    pub(super) fn required<'a>(&'a self, name: &'a str) -> Result<&'a str, Fault> {
        self.text(name).ok_or_else(|| Fault::invalid(format!("the parameter `{name}` is missing")))
    }

    pub(super) fn number<T>(&self, name: &str, range: RangeInclusive<T>) -> Result<Option<T>, Fault>
    where
        T: FromStr + PartialOrd + Display,
    {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse::<T>().ok().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        let expected = || format!("the parameter `{name}` is not a number from {least} to {most}");
        number.map(Some).ok_or_else(|| Fault::invalid(expected()))
    }

    /// One of these words.
    pub(super) fn word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Fault> {
        self.text(name).map(|text| word(name, text, words)).transpose()
    }

    pub(super) fn words<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Vec<T>, Fault> {
        self.texts(name).map(|text| word(name, text, words)).collect()
    }

    /// The account that is asked for.
    pub(super) fn account(&self) -> Result<Arc<Account>, Fault> {
        self.account_among(Place::default())
    }

    /// The account of an ARN, where it says one.
    pub(super) fn account_of(&self, arn: &str) -> Result<Arc<Account>, Fault> {
        let mut place = Place::default();
        // arn:aws:states:REGION:ACCOUNT:…
        let mut parts = arn.split(':').skip(3);
        if let Some((region, account)) = parts.next().zip(parts.next())
            && place::is_region(region)
            && place::is_account(account)
        {
            place = Place { region: region.into(), account: account.into() };
        }
        self.account_among(place)
    }

    fn account_among(&self, mut place: Place) -> Result<Arc<Account>, Fault> {
        if let Some(account) = self.text("account") {
            let is_one = place::is_account(account);
            is_one
                .then_some(())
                .ok_or_else(|| Fault::invalid("`account` is not of twelve digits"))?;
            place.account = account.into();
        }
        if let Some(region) = self.text("region") {
            let is_one = place::is_region(region);
            is_one
                .then_some(())
                .ok_or_else(|| Fault::invalid("`region` is no name of a region"))?;
            place.region = region.into();
        }
        Ok(self.app.account_seen(&place))
    }
}

fn word<T: Copy>(name: &str, text: &str, words: &[(&str, T)]) -> Result<T, Fault> {
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, meant)| *meant);
    found.ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        Fault::invalid(format!("the parameter `{name}` is none of {}", known.join(", ")))
    })
}
