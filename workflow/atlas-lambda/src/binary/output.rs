//! The lines of a process on their way to the sink and to the log of the invocation that it has.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use super::settings::{OutputLine, Sink, Stream};
use crate::log_tail::LogTail;

/// A line that grows beyond this is handed on in pieces, as CloudWatch takes them.
const LONGEST_LINE: usize = 256 * 1024;

/// Whose lines they are.
pub(super) struct Lines {
    pub(super) function: Arc<str>,
    pub(super) log_stream: String,
    pub(super) sink: Sink,
    invocation: Mutex<Option<(String, LogTail)>>,
}

impl Lines {
    pub(super) fn new(function: Arc<str>, log_stream: String, sink: Sink) -> Self {
        Self { function, log_stream, sink, invocation: Mutex::default() }
    }

    /// Later lines belong to this invocation.
    pub(super) fn belong_to(&self, request_id: &str, log: LogTail) {
        *self.invocation.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((request_id.to_owned(), log));
    }

    /// Reads lines until the stream ends.
    pub(super) async fn read(&self, stream: Stream, from: impl AsyncRead + Unpin) {
        let mut reader = BufReader::new(from);
        let mut line = Vec::new();
        loop {
            let read = match reader.fill_buf().await {
                Ok(read) if !read.is_empty() => read,
                // The process has ended.
                Ok(_) | Err(_) => break,
            };
            let room = LONGEST_LINE - line.len();
            let piece = &read[..read.len().min(room)];
            let end = piece.iter().position(|byte| *byte == b'\n');
            line.extend_from_slice(&piece[..end.unwrap_or(piece.len())]);
            let used = end.map_or(piece.len(), |end| end + 1);
            reader.consume(used);
            if end.is_some() || line.len() == LONGEST_LINE {
                self.hand_on(stream, &line);
                line.clear();
            }
        }
        if !line.is_empty() {
            self.hand_on(stream, &line);
        }
    }

    fn hand_on(&self, stream: Stream, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let text = text.strip_suffix('\r').unwrap_or(&text);
        let invocation = self.invocation.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, log)) = &invocation {
            log.line(text);
        }
        (self.sink)(OutputLine {
            function: &self.function,
            log_stream: &self.log_stream,
            request_id: invocation.as_ref().map(|(request_id, _)| request_id.as_str()),
            stream,
            text,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(printed: &[u8], expected: &[&str]) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&told);
        let sink: Sink = Arc::new(move |line| kept.lock().unwrap().push(line.text.to_owned()));
        let lines = Lines::new("F".into(), "s".to_owned(), sink);
        lines.read(Stream::Stdout, printed).await;
        assert_eq!(*told.lock().unwrap(), expected);
    }

    #[tokio::test]
    async fn lines_come_as_they_were_printed() {
        check(b"", &[]).await;
        check(b"a\n\nb\r\nc", &["a", "", "b", "c"]).await;
        check(b"\xffa\n", &["\u{fffd}a"]).await;
    }

    #[tokio::test]
    async fn an_endless_line_comes_in_pieces() {
        let piece = "x".repeat(LONGEST_LINE);
        check(&vec![b'x'; 2 * LONGEST_LINE + 3], &[&piece, &piece, "xxx"]).await;
    }
}
