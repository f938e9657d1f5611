//! A stream that waits for its peer only so long.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// Is told the first bytes of a connection.
type First = Box<dyn FnOnce(&[u8]) + Send>;

/// A stream whose peer must go on asking, and go on reading.
///
/// One alarm serves both. It is set where the stream has to wait, and never taken back:
/// where it finds that the peer has gone on meanwhile, it is set anew. So a request costs
/// no timer.
pub(super) struct Patient<S> {
    stream: S,
    read: Option<Silence>,
    /// How long the peer may leave unread what was written.
    write: Duration,
    read_until: Option<Instant>,
    /// Whether some of what is to be answered has come.
    has_begun: bool,
    /// What is told the connection's first bytes.
    first: Option<First>,
    write_until: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

/// How long a peer may take to send what can be answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence {
    /// To its first byte.
    pub(super) idle: Duration,
    /// From its first byte to an answer, so that single bytes now and then do not prolong
    /// it.
    pub(super) head: Duration,
}

impl<S> Patient<S> {
    /// Waits so long for the peer to send, and to read. `None` is for a protocol that
    /// looks after silent peers itself.
    pub(super) fn new(stream: S, read: Option<Silence>, write: Duration) -> Self {
        Self {
            stream,
            read,
            write,
            read_until: None,
            has_begun: false,
            first: None,
            write_until: None,
            alarm: None,
        }
    }

    /// Tells `first` the first bytes that the peer sends.
    pub(super) fn tell_first(mut self, first: impl FnOnce(&[u8]) + Send + 'static) -> Self {
        self.first = Some(Box::new(first));
        self
    }

    /// Waits for the peer, until `until` at the most.
    fn poll_wait<T>(&mut self, until: Instant, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let alarm = (self.alarm).get_or_insert_with(|| Box::pin(sleep_until(until)));
        if alarm.deadline() > until {
            alarm.as_mut().reset(until);
        }
        while alarm.as_mut().poll(context).is_ready() {
            if Instant::now() >= until {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            alarm.as_mut().reset(until);
        }
        Poll::Pending
    }

    /// What came of a write, or that the peer reads too slowly.
    fn read_by_peer<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write_until = None;
            return written;
        }
        let limit = self.write;
        let until = *(self.write_until).get_or_insert_with(|| Instant::now() + limit);
        self.poll_wait(until, context)
    }

    /// The same of bytes, with which the peer's time to ask begins anew.
    fn answered(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.read_until = None;
            self.has_begun = false;
        }
        self.read_by_peer(written, context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before
            && let Some(first) = self.first.take()
        {
            first(&buffer.filled()[before..]);
        }
        let Some(silence) = self.read else {
            return read;
        };
        if read.is_ready() {
            if !self.has_begun {
                self.has_begun = true;
                self.read_until = None;
            }
            return read;
        }
        let limit = if self.has_begun {
            silence.head
        } else {
            silence.idle
        };
        let until = *(self.read_until).get_or_insert_with(|| Instant::now() + limit);
        self.poll_wait(until, context)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.answered(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.stream);
        let written = match parts {
            // An answer without a body: the system has less to look after.
            [one] => stream.poll_write(context, one),
            parts => stream.poll_write_vectored(context, parts),
        };
        self.answered(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.read_by_peer(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.read_by_peer(shut, context)
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, duplex},
        time::advance,
    };

    use super::*;

    const READ: Duration = Duration::from_secs(30);
    const SILENCE: Silence = Silence {
        idle: Duration::from_secs(75),
        head: READ,
    };
    const WRITE: Duration = Duration::from_secs(20);

    #[tokio::test(start_paused = true)]
    async fn single_bytes_now_and_then_prolong_nothing() {
        let (ours, mut peer) = duplex(1_024);
        let mut ours = Patient::new(ours, Some(SILENCE), WRITE);
        let started = Instant::now();
        let trickle = async {
            for _ in 0..100 {
                peer.write_all(b"x").await.unwrap();
                tokio::time::sleep(Duration::from_secs(7)).await;
            }
        };
        let read = async {
            loop {
                // As the HTTP library does at every turn.
                ours.flush().await.unwrap();
                if let Err(error) = ours.read_u8().await {
                    return error;
                }
            }
        };
        let error = tokio::select! {
            () = trickle => panic!("it is never let go"),
            error = read => error,
        };
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let waited = started.elapsed();
        assert!(waited >= READ && waited < READ + Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn connection_idle_for_over_a_minute_stays_open() {
        let (ours, mut peer) = duplex(1_024);
        let mut ours = Patient::new(ours, Some(SILENCE), WRITE);
        for _ in 0..5 {
            let ask = async {
                tokio::time::sleep(Duration::from_secs(70)).await;
                peer.write_u8(b'x').await.unwrap();
            };
            let (read, ()) = tokio::join!(ours.read_u8(), ask);
            assert_eq!(read.unwrap(), b'x');
            ours.write_all(b"answer").await.unwrap();
        }
        let asked = Instant::now();
        let error = ours.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(asked.elapsed() >= SILENCE.idle);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_leaves_an_answer_unread_is_given_up_and_whoever_reads_slowly_is_not() {
        let (ours, mut peer) = duplex(8);
        let mut ours = Patient::new(ours, None, WRITE);
        let reads_slowly = async {
            for _ in 0..10 {
                tokio::time::sleep(Duration::from_secs(15)).await;
                peer.read_exact(&mut [0; 8]).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(ours.write_all(&[b'x'; 88]), reads_slowly);
        written.unwrap();
        let error = ours.write_all(b"more").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_peer_may_stay_where_the_protocol_looks_after_it() {
        let (ours, mut peer) = duplex(8);
        let mut ours = Patient::new(ours, None, WRITE);
        let asks_late = async {
            advance(READ * 100).await;
            peer.write_u8(b'x').await.unwrap();
        };
        let (read, ()) = tokio::join!(ours.read_u8(), asks_late);
        assert_eq!(read.unwrap(), b'x');
    }
}
