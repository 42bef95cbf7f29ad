//! `GET /console/api/pipeline?window=SECONDS`

use axum::Json;
use serde_json::Value;

use super::series::{BUCKET_MILLIS, BUCKETS};
use crate::{
    app::wall_clock,
    console::{asked::Asked, fault::Fault},
};

const DEFAULT_WINDOW: i64 = 900;
const MOST_WINDOW: i64 = BUCKETS * BUCKET_MILLIS / 1_000;

pub(in crate::console) async fn show(asked: Asked) -> Result<Json<Value>, Fault> {
    asked.apart(shown).await.map(Json)
}

fn shown(asked: &Asked) -> Result<Value, Fault> {
    let window = asked.number("window", 10..=MOST_WINDOW)?.unwrap_or(DEFAULT_WINDOW);
    let account = asked.account()?;
    Ok(account.pipeline().report(wall_clock(), window * 1_000))
}
