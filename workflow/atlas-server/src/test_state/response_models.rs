//! What each operation of each AWS service answers: `data/response_models.bin`, which
//! `data/extract_response_models.py` makes and describes.

use serde::Deserialize;
use serde_json::{Map, Value};

const ARCHIVE: &[u8] = include_bytes!("../../data/response_models.bin");

/// The answer of one operation.
#[derive(Debug)]
pub(super) struct ResponseModel {
    pub(super) root: Value,
    shapes: Vec<Value>,
}

#[derive(Deserialize)]
struct Service {
    operations: Map<String, Value>,
    shapes: Vec<Value>,
}

/// The model of an operation's answer; `None` where there is no such operation, or it answers nothing.
pub(super) fn find(service: &str, operation: &str) -> Option<ResponseModel> {
    let (length, rest) = ARCHIVE.split_first_chunk()?;
    let (index, streams) =
        rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    let index: Value = serde_json::from_slice(index).expect("the script writes JSON");
    let [offset, length] = index.get(service)?.as_array()?.as_slice() else { return None };
    let start = usize::try_from(offset.as_u64()?).ok()?;
    let end = start + usize::try_from(length.as_u64()?).ok()?;
    let text = miniz_oxide::inflate::decompress_to_vec_zlib(streams.get(start..end)?)
        .expect("the script writes zlib streams");
    let Service { mut operations, shapes } =
        serde_json::from_slice(&text).expect("the script writes JSON");
    Some(ResponseModel { root: operations.remove(operation)?, shapes })
}

impl ResponseModel {
    /// What a shape is, where it only says its place.
    pub(super) fn resolve<'m>(&'m self, shape: &'m Value) -> &'m Value {
        let place = shape.as_u64().and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| self.shapes.get(place)).unwrap_or(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_of_the_archive_can_be_read() {
        let (length, rest) = ARCHIVE.split_first_chunk().unwrap();
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap();
        let index: Map<String, Value> = serde_json::from_slice(&rest[..length]).unwrap();
        assert!(index.len() > 400);
        for service in index.keys() {
            assert!(find(service, "").is_none());
        }
        assert!(find("s3", "GetObject").is_some());
        assert!(find("s3", "Nothing").is_none());
        assert!(find("nothing", "GetObject").is_none());
    }
}
