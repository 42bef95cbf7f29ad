//! The pace: requests of one second, and calls that go on, for all handlers together.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use tokio::task::JoinSet;

use super::tables::{at, on_each};
use crate::records::{AttemptKey, DynamoPace, Pace, PaceLimits, Slot};

fn limits(requests_per_second: u32) -> PaceLimits {
    PaceLimits {
        requests_per_second,
        concurrent_calls: 3,
        longest_call: SignedDuration::from_mins(10),
    }
}

fn call(number: u32) -> AttemptKey {
    format!("key-{number}#{number}").parse().unwrap()
}

#[tokio::test]
async fn the_pace_counts_requests_and_calls_for_all_together() {
    on_each(async |tables| {
        // Two processes.
        let pace = DynamoPace::new(tables.calls.clone(), limits(2));
        let other = DynamoPace::new(tables.calls.clone(), limits(2));
        pace.release(&call(1)).await.unwrap();
        assert_eq!(pace.take(&call(1), at(0)).await.unwrap(), Slot::Taken);
        assert_eq!(other.take(&call(2), at(0)).await.unwrap(), Slot::Taken);
        assert_eq!(pace.take(&call(3), at(0)).await.unwrap(), Slot::TooFast);
        pace.release(&call(3)).await.unwrap();
        assert_eq!(pace.take(&call(3), at(1)).await.unwrap(), Slot::Taken);
        assert_eq!(other.take(&call(4), at(1)).await.unwrap(), Slot::TooMany);
        assert_eq!(other.take(&call(3), at(2)).await.unwrap(), Slot::Taken, "a place is held on");
        pace.release(&call(1)).await.unwrap();
        pace.release(&call(1)).await.unwrap();
        assert_eq!(pace.take(&call(4), at(3)).await.unwrap(), Slot::Taken);
        assert_eq!(pace.take(&call(5), at(4)).await.unwrap(), Slot::TooMany);

        // Nobody gave these places back: 2 falls free ten minutes after 0, 3 after 2, 4 after 3.
        assert_eq!(pace.take(&call(5), at(599)).await.unwrap(), Slot::TooMany);
        assert_eq!(pace.take(&call(5), at(600)).await.unwrap(), Slot::Taken);
        assert_eq!(pace.take(&call(6), at(601)).await.unwrap(), Slot::TooMany);
        assert_eq!(pace.take(&call(6), at(603)).await.unwrap(), Slot::Taken);
        assert_eq!(pace.take(&call(7), at(604)).await.unwrap(), Slot::Taken);
        assert_eq!(pace.take(&call(8), at(605)).await.unwrap(), Slot::TooMany);

        let of_second = format!("SECOND#{}", at(1).as_second());
        let expires = tables.of_call("PACE#CONNECT", &of_second, "expiresAt").await;
        let in_an_hour = (at(1).as_second() + 3600).to_string();
        assert_eq!(expires, Some(AttributeValue::N(in_an_hour)));
        assert_eq!(tables.of_call("PACE#CONNECT", "CALLS", "expiresAt").await, None);
    })
    .await;
}

#[tokio::test]
async fn many_at_once_never_take_more_than_there_is() {
    on_each(async |tables| {
        if !tables.dynamodb.serializes {
            return;
        }
        let take = async |limits: PaceLimits, number: u32, second: i64| {
            DynamoPace::new(tables.calls.clone(), limits).take(&call(number), at(second)).await
        };
        let all_at_once = async |limits: PaceLimits, second: i64| {
            let mut taking = JoinSet::new();
            for number in 0..12 {
                let pace = DynamoPace::new(tables.calls.clone(), limits);
                taking.spawn(async move { pace.take(&call(number), at(second)).await.unwrap() });
            }
            let slots = taking.join_all().await;
            let count = |slot| slots.iter().filter(|one| **one == slot).count();
            (count(Slot::Taken), count(Slot::TooMany), count(Slot::TooFast))
        };
        // The first of them make the item that counts the calls. Where a refusal does not bring the
        // item along, somebody may read it a moment later and leave a place free.
        let (taken, too_many, too_fast) = all_at_once(limits(50), 0).await;
        assert!((1..=3).contains(&taken), "{taken}");
        assert_eq!((taken + too_many, too_fast), (12, 0));
        let mut held = 0;
        for number in 0..12 {
            let slot = take(limits(50), number, 0).await.unwrap();
            held += usize::from(slot == Slot::Taken);
        }
        assert_eq!(held, 3, "one after another they fill it");
        // A second that is full, where calls that go on hold their places.
        let many_calls = PaceLimits { concurrent_calls: 50, ..limits(5) };
        assert_eq!(all_at_once(many_calls, 1).await, (5, 0, 7));
    })
    .await;
}
