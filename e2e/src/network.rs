//! A network between a browser and its server that can be cut: by an end that refuses
//! every connection, and by one that swallows what it is sent.

use std::{io, net::SocketAddr};

use anyhow::{Result, bail};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use crate::port;

/// What becomes of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// They are carried.
    Open,
    /// What was open is broken off, and nothing new is let in.
    Refuses,
    /// What is open stays so, and new ones are let in, and not a byte gets through. What
    /// was open before is broken off when this ends.
    Hangs,
}

/// Carries connections to a server, while it may. Ends with its handle.
pub struct Network {
    address: SocketAddr,
    way: watch::Sender<Way>,
    carrier: JoinHandle<Result<()>>,
}

impl Network {
    /// To the server at `target`.
    pub async fn to(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::from_std(port::listen()?)?;
        let address = listener.local_addr()?;
        let (way, seen) = watch::channel(Way::Open);
        Ok(Self {
            address,
            way,
            carrier: tokio::spawn(carry(listener, target, seen)),
        })
    }

    /// Where it is entered.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on.
    pub fn turn(&self, way: Way) -> Result<()> {
        if self.carrier.is_finished() || self.way.send(way).is_err() {
            bail!("the network ended by itself");
        }
        Ok(())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Its connections see that the sender is gone.
        self.carrier.abort();
    }
}

async fn carry(
    listener: TcpListener,
    target: SocketAddr,
    mut way: watch::Receiver<Way>,
) -> Result<()> {
    let address = listener.local_addr()?;
    let mut entrance = Some(listener);
    loop {
        let now = *way.borrow_and_update();
        entrance = match (now, entrance) {
            // Without a listener the machine itself refuses.
            (Way::Refuses, _) => None,
            (_, Some(listener)) => Some(listener),
            (_, None) => Some(TcpListener::bind(address).await?),
        };
        tokio::select! {
            changed = way.changed() => changed?,
            came = accept(entrance.as_ref()) => {
                tokio::spawn(connect(came?, target, way.clone()));
            }
        }
    }
}

async fn accept(entrance: Option<&TcpListener>) -> io::Result<TcpStream> {
    match entrance {
        Some(listener) => Ok(listener.accept().await?.0),
        None => std::future::pending().await,
    }
}

/// Carries one connection until an end closes it or the network refuses.
async fn connect(mut near: TcpStream, target: SocketAddr, way: watch::Receiver<Way>) {
    let until = |wanted: fn(Way) -> bool| {
        let mut way = way.clone();
        // The end of the network is the end of what it carries.
        async move { way.wait_for(|now| wanted(*now)).await.map(drop) }
    };
    let carried = async {
        let _ = until(|way| way == Way::Open).await;
        let mut far = TcpStream::connect(target).await?;
        tokio::select! {
            // Bytes may be half way then: who waited for them must ask again.
            _ = until(|way| way == Way::Hangs) => {
                let _ = until(|way| way != Way::Hangs).await;
                Ok(())
            }
            result = copy_bidirectional(&mut near, &mut far) => result.map(drop),
        }
    };
    tokio::select! {
        _ = until(|way| way == Way::Refuses) => {}
        _ = carried => {}
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use std::time::Duration;

    use anyhow::Context as _;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        time::timeout,
    };

    use super::*;

    /// Time for a byte to cross this machine, many times over.
    const A_WHILE: Duration = Duration::from_millis(200);
    const SOON: Duration = Duration::from_secs(20);

    /// A server that says everything again.
    async fn echo() -> Result<SocketAddr> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut reader, mut writer) = stream.split();
                    tokio::io::copy(&mut reader, &mut writer).await
                });
            }
        });
        Ok(address)
    }

    /// `None` when the connection is closed.
    async fn said_again(stream: &mut TcpStream) -> Option<u8> {
        stream.write_all(b"x").await.ok()?;
        stream.read_u8().await.ok()
    }

    #[tokio::test]
    async fn it_carries_refuses_and_hangs_as_it_is_told() -> Result<()> {
        let network = Network::to(echo().await?).await?;
        let connect = || TcpStream::connect(network.address());
        let mut first = connect().await?;
        assert_eq!(said_again(&mut first).await, Some(b'x'));

        network.turn(Way::Hangs)?;
        tokio::time::sleep(A_WHILE).await;
        let mut second = connect().await?;
        for stream in [&mut first, &mut second] {
            let answer = timeout(A_WHILE, said_again(stream)).await;
            assert!(answer.is_err(), "neither an answer nor an end: {answer:?}");
        }

        network.turn(Way::Refuses)?;
        for stream in [&mut first, &mut second] {
            let end = timeout(SOON, stream.read_u8()).await?;
            assert!(end.is_err(), "broken off");
        }
        assert!(connect().await.is_err());

        network.turn(Way::Open)?;
        let open = async {
            loop {
                if let Ok(mut stream) = connect().await {
                    break said_again(&mut stream).await;
                }
                tokio::time::sleep(A_WHILE).await;
            }
        };
        let answer = timeout(SOON, open).await.context("open again")?;
        assert_eq!(answer, Some(b'x'));
        Ok(())
    }
}
