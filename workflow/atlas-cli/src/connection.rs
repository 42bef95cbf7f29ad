//! One keep-alive connection to a server of the AWS JSON protocol: as little work for each request as can
//! be, since it is done beside the server that is measured or tortured.

use std::{io, net::SocketAddr, str};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// More than any server sends here.
const MOST_HEADERS: usize = 64;

/// A connection, made when it is first needed, and again where the server closes it.
#[derive(Debug)]
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    request: Vec<u8>,
    received: Vec<u8>,
    body: Vec<u8>,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a str,
}

/// The head of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    length: usize,
    status: u16,
    body: Framing,
    closes: bool,
}

/// Where a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunked,
    UntilClosed,
}

impl Connection {
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self { address, stream: None, request: Vec::new(), received: Vec::new(), body: Vec::new() }
    }

    /// Calls an operation and waits for its answer.
    pub(crate) async fn call(&mut self, operation: &str, body: &str) -> io::Result<Answer<'_>> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        self.write(operation, body);
        stream.write_all(&self.request).await?;
        self.received.clear();
        let head = loop {
            if let Some(head) = head(&self.received)? {
                break head;
            }
            self.receive(&mut stream).await?;
        };
        let taken = match head.body {
            Framing::Length(length) => {
                let end = head.length + length;
                self.received.reserve(end.saturating_sub(self.received.len()));
                while self.received.len() < end {
                    self.receive(&mut stream).await?;
                }
                &self.received[head.length..end]
            }
            Framing::Chunked => {
                while !unchunked(&self.received[head.length..], &mut self.body)? {
                    self.receive(&mut stream).await?;
                }
                &self.body
            }
            Framing::UntilClosed => {
                while stream.read_buf(&mut self.received).await? > 0 {}
                &self.received[head.length..]
            }
        };
        if !head.closes {
            self.stream = Some(stream);
        }
        let body = str::from_utf8(taken).map_err(malformed)?;
        Ok(Answer { status: head.status, body })
    }

    fn write(&mut self, operation: &str, body: &str) {
        // Where a server looks for account, region and service; none of these verifies a signature.
        const SCOPE: &str = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/states/aws4_request, \
                             SignedHeaders=host, Signature=0";
        let Self { address, .. } = self;
        let length = body.len();
        self.request.clear();
        self.request.extend_from_slice(
            format!(
                "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-amz-json-1.0\r\n\
                 X-Amz-Target: AWSStepFunctions.{operation}\r\nAuthorization: {SCOPE}\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
            )
            .as_bytes(),
        );
    }

    async fn receive(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        match stream.read_buf(&mut self.received).await? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server hung up")),
            _ => Ok(()),
        }
    }
}

/// The head, once it is there.
fn head(received: &[u8]) -> io::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(received).map_err(malformed)? else {
        return Ok(None);
    };
    let (mut body, mut closes) = (Framing::UntilClosed, response.version == Some(0));
    for header in &*response.headers {
        let value = str::from_utf8(header.value).unwrap_or_default().trim();
        if header.name.eq_ignore_ascii_case("content-length") {
            body = Framing::Length(value.parse().map_err(malformed)?);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            body = Framing::Chunked;
        } else if header.name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
    closes |= body == Framing::UntilClosed;
    Ok(Some(Head { length, status: response.code.unwrap_or_default(), body, closes }))
}

/// Puts the chunks together; answers whether the last one is there.
fn unchunked(mut chunks: &[u8], body: &mut Vec<u8>) -> io::Result<bool> {
    body.clear();
    loop {
        let parsed = httparse::parse_chunk_size(chunks)
            .map_err(|_invalid| malformed("a chunk has no size"))?;
        let httparse::Status::Complete((start, size)) = parsed else { return Ok(false) };
        let size = usize::try_from(size).map_err(malformed)?;
        let Some(end) = start.checked_add(size) else { return Err(malformed("a chunk is huge")) };
        // Each chunk, the last one as well, ends with a line break.
        if chunks.len() < end.saturating_add(2) {
            return Ok(false);
        }
        if size == 0 {
            return Ok(true);
        }
        body.extend_from_slice(&chunks[start..end]);
        chunks = &chunks[end + 2..];
    }
}

fn malformed(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncWriteExt as _, net::TcpListener};

    use super::*;

    /// What comes of two calls to a server that sends this for each, byte by byte.
    async fn check(sent: &'static str, closes: bool, expected: &str) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut connection = Connection::to(listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            let mut stream = listener.accept().await.unwrap().0;
            for call in 0..2 {
                if call > 0 && closes {
                    stream = listener.accept().await.unwrap().0;
                }
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n{}") {
                    stream.read_buf(&mut request).await.unwrap();
                }
                for byte in sent.as_bytes() {
                    stream.write_all(&[*byte]).await.unwrap();
                }
                if closes {
                    stream.shutdown().await.unwrap();
                }
            }
        });
        for _ in 0..2 {
            let answer = connection.call("ListActivities", "{}").await.unwrap();
            assert_eq!((answer.status, answer.body), (200, expected), "{sent}");
        }
        serving.await.unwrap();
    }

    #[tokio::test]
    async fn answers_are_read_however_their_length_is_told() {
        check("HTTP/1.1 200 OK\r\ncontent-LENGTH: 4\r\n\r\n[\r\n]", false, "[\r\n]").await;
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n3;x=y\r\n,2]\r\n0\r\n\r\n",
            false,
            "[1,2]",
        )
        .await;
        check("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", true, "{}")
            .await;
        check("HTTP/1.0 200 OK\r\n\r\n{}", true, "{}").await;
    }

    #[test]
    fn what_is_not_http_is_an_error() {
        for sent in ["SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"] {
            assert!(head(sent.as_bytes()).is_err(), "{sent}");
        }
        assert!(unchunked(b"zz\r\n", &mut Vec::new()).is_err());
        assert!(unchunked(b"ffffffffffffffff\r\n", &mut Vec::new()).is_err());
    }
}
