//! Executions that wait: the memory they cost, and how soon another process goes on with them.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use atlas_engine::{
    archive::{Listing, Of, Status},
    journal::Journals as _,
};
use atlas_journal::Store;

use crate::{calls::Host, empty_folder};

/// Asks this program to go on with what a folder holds, and to say how long that took.
pub(crate) const RECOVER: &str = "recover-folder";
/// So many executions are started before the disk is waited for.
const AT_ONCE: usize = 500;

pub(crate) fn measure(counts: &[usize]) {
    println!(
        "{:<10} {:>10} {:>12} {:>12} {:>12} {:>14}",
        "waiting", "begun in", "resident", "file", "recovered in", "resident then"
    );
    for count in counts {
        let folder = empty_folder("waiting");
        let (elapsed, resident) = begin(&folder, *count);
        let bytes = std::fs::metadata(folder.join("journal.redb")).map_or(0, |file| file.len());
        let program = std::env::current_exe().expect("this program has a path");
        let told = Command::new(program).arg(RECOVER).arg(&folder).output();
        let told = told.expect("this program can be run again").stdout;
        println!(
            "{count:<10} {:>8.1} s {:>9} MB {:>9} MB {}",
            elapsed.as_secs_f64(),
            resident >> 20,
            bytes >> 20,
            String::from_utf8_lossy(&told).trim_end()
        );
        std::fs::remove_dir_all(&folder).expect("what a benchmark made can be removed");
    }
}

/// Lets as many wait, and answers with what the process holds then.
fn begin(folder: &Path, count: usize) -> (Duration, usize) {
    let begin = Instant::now();
    let store = Store::open(folder).expect("the folder is free");
    let resident = runtime().block_on(async {
        let host = Host::new(Some(&store));
        host.create();
        for number in 0..count {
            host.start(format!("waiting-{number}"));
            if number % AT_ONCE == 0 {
                host.engine.settled().await.expect("the disk works");
            }
        }
        // What nothing happened to for a while has left by then.
        while !host.engine.executions().is_empty() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let resident = resident_bytes();
        let all = Listing {
            statuses: Status::Running.into(),
            most_seen: usize::MAX,
            ..Listing::of(Of::Place, count + 1)
        };
        let listed = host.engine.list(&all).expect("the folder can be read");
        let waiting = listed.executions.len();
        assert_eq!(waiting, count, "some do not wait");
        resident
    });
    (begin.elapsed(), resident)
}

/// Goes on with what a folder holds.
pub(crate) fn recover(folder: &Path) {
    let begin = Instant::now();
    let store = Store::open(folder).expect("the folder is free");
    runtime().block_on(async {
        let host = Host::new(Some(&store));
        let mut going_on = 0;
        for (_, kept) in store.kept().expect("the folder can be read") {
            going_on += host.engine.recover(kept).expect("the folder can be read").count;
        }
        let elapsed = begin.elapsed();
        let resident = resident_bytes() >> 20;
        println!("{:>9.0} ms {resident:>11} MB   ({going_on} go on)", elapsed.as_secs_f64() * 1e3);
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .expect("a runtime of two threads needs nothing that could be missing")
}

fn resident_bytes() -> usize {
    let statistics = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statistics.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}
