//! Ports for servers that stop, and start again on the same one.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

/// Below the ports that systems give to port 0 and to outgoing connections: nobody takes one
/// while its server is down.
const FIRST: u16 = 10_000;
const COUNT: u32 = 20_000;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A listener on a port that no other caller in this process gets.
pub(crate) fn listen() -> io::Result<TcpListener> {
    let first = process::id().wrapping_mul(101);
    for _ in 0..500 {
        let step = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = FIRST + u16::try_from(step % COUNT).unwrap_or_default();
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            listener.set_nonblocking(true)?;
            return Ok(listener);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}
