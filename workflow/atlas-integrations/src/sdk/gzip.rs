//! Objects that are stored as gzip (RFC 1952): AWS's item readers read them as what they hold.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

/// The longest object that is unpacked.
const LONGEST: usize = 256 * 1024 * 1024;

const HAS_CHECKSUM: u8 = 1 << 1;
const HAS_MORE: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;

/// What gzip holds; `None` for what is no gzip, is damaged, or is too long.
pub(super) fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, rest @ ..] = bytes else { return None };
    let mut rest = rest;
    if flags & HAS_MORE != 0 {
        let [low, high, after @ ..] = rest else { return None };
        rest = after.get(usize::from(u16::from_le_bytes([*low, *high]))..)?;
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        rest = rest.get(2..)?;
    }
    decompress_to_vec_with_limit(rest, LONGEST).ok()
}

#[cfg(test)]
mod tests {
    use miniz_oxide::deflate::compress_to_vec;

    use super::*;

    /// Eight bytes of checksum and length follow, which are not looked at.
    fn packed(flags: u8, extra: &[u8], text: &str) -> Vec<u8> {
        let header = [0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3];
        [&header, extra, &compress_to_vec(text.as_bytes(), 6), &[0; 8]].concat()
    }

    #[test]
    fn gzip_is_unpacked_whatever_its_header_holds() {
        for (flags, extra) in [
            (0, &b""[..]),
            (HAS_NAME, b"a.csv\0"),
            (HAS_MORE | HAS_NAME | HAS_COMMENT | HAS_CHECKSUM, b"\x02\0xxname\0comment\0cc"),
        ] {
            assert_eq!(unpacked(&packed(flags, extra, "a,b\n")).as_deref(), Some(&b"a,b\n"[..]));
        }
        for no_gzip in [&b"a,b\n"[..], b"\x1f\x8b", b"\x1f\x8b\x08\x08\0\0\0\0\0\0name"] {
            assert_eq!(unpacked(no_gzip), None);
        }
    }
}
