//! A disk does what it says: it has an end, it shows what it holds back, and it loses no more than that.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use redb::backends::InMemoryBackend;

use super::{held_back::HeldBack, *};

const LENGTH: u64 = 64;

/// A change that a file may see.
fn change(random: &mut ChaCha8Rng, held_back: &mut HeldBack<InMemoryBackend>, plain: &mut Vec<u8>) {
    let mut up_to = |most: u64| random.next_u64() % most;
    if up_to(4) == 0 {
        let len = up_to(LENGTH);
        held_back.set_len(len);
        plain.resize(usize::try_from(len).unwrap(), 0);
        return;
    }
    let (offset, length, byte) = (up_to(LENGTH), up_to(LENGTH) + 1, up_to(255));
    let data = vec![u8::try_from(byte).unwrap() + 1; usize::try_from(length).unwrap()];
    let from = usize::try_from(offset).unwrap();
    if plain.len() < from + data.len() {
        held_back.set_len(offset + length);
        plain.resize(from + data.len(), 0);
    }
    held_back.write(offset, &data);
    plain[from..from + data.len()].copy_from_slice(&data);
}

#[test]
fn what_is_held_back_is_read_as_if_it_were_on_the_disk() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut held_back = HeldBack::from(InMemoryBackend::new()).unwrap();
    let mut plain = Vec::new();
    for step in 0..2_000 {
        change(&mut random, &mut held_back, &mut plain);
        assert_eq!(held_back.len(), plain.len() as u64, "step {step}");
        let from = usize::try_from(random.next_u64() % (plain.len() as u64 + 1)).unwrap();
        let mut seen = vec![9; plain.len() - from];
        held_back.read(from as u64, &mut seen).unwrap();
        assert_eq!(seen, plain[from..], "step {step}");
        assert!(held_back.read(from as u64, &mut vec![0; plain.len() - from + 1]).is_err());
        if step % 7 == 0 {
            held_back.sync().unwrap();
        }
    }
}

#[test]
fn only_what_was_not_synced_is_lost_and_each_part_of_it_can_be() {
    let mut outcomes = std::collections::BTreeSet::new();
    for seed in 0..2_000 {
        let mut held_back = HeldBack::from(InMemoryBackend::new()).unwrap();
        held_back.set_len(8);
        held_back.write(0, b"synced..");
        held_back.sync().unwrap();
        held_back.write(0, b"A");
        held_back.set_len(10);
        held_back.write(7, b"BCD");
        held_back.lose(&mut ChaCha8Rng::seed_from_u64(seed)).unwrap();
        let mut left = vec![0; usize::try_from(held_back.len()).unwrap()];
        held_back.read(0, &mut left).unwrap();
        outcomes.insert(String::from_utf8(left).unwrap());
    }
    for begin in ["Aynced.", "synced."] {
        // What stands behind the end of the file is not there where the end is not.
        for end in [".", ".\0\0", "B", "B\0\0", "BC\0", "BCD"] {
            assert!(outcomes.remove(&format!("{begin}{end}")), "{begin}{end:?}");
        }
    }
    assert_eq!(outcomes, std::collections::BTreeSet::new());
}

#[test]
fn a_disk_is_full_at_its_limit_and_what_was_longer_can_only_become_shorter() {
    let disk = InMemoryBackend::new();
    disk.set_len(20).unwrap();
    let limited = Limited::to(10, disk);
    limited.write(15, b"there").unwrap();
    let full = limited.write(16, b"there").unwrap_err();
    assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    assert_eq!(full.to_string(), "the journal has reached its limit of 10 bytes");
    assert_eq!(limited.set_len(21).unwrap_err().kind(), io::ErrorKind::StorageFull);
    limited.set_len(8).unwrap();
    assert!(limited.set_len(11).is_err());
    limited.set_len(10).unwrap();
    limited.write(9, b"x").unwrap();
}
