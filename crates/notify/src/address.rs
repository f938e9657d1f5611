//! Which IP addresses may be connected to.

use std::{
    error::Error,
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ipnet::{Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Where clouds keep the credentials of their machines.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

const PRIVATE_V4: [Ipv4Net; 14] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// All that is given out to the public.
const PUBLIC_V6: Ipv6Net = v6(0x2000, 0, 3);
/// Of these: Teredo, documentation.
const PRIVATE_V6: [Ipv6Net; 2] = [v6(0x2001, 0, 32), v6(0x2001, 0xdb8, 32)];

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

/// Why `ip` must not be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forbidden {
    Metadata,
    Private,
}

impl Forbidden {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Metadata => "it leads to a cloud's metadata service, which is never allowed",
            Self::Private => {
                "it leads to a private, local or reserved address; \
                 set `allow_private = true` at this receiver if that is meant"
            }
        }
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl Error for Forbidden {}

/// Checks one address.
pub(crate) fn check(ip: IpAddr, allow_private: bool) -> Result<(), Forbidden> {
    let inner = embedded(ip).map_or(ip, IpAddr::V4);
    if METADATA.contains(&inner) {
        return Err(Forbidden::Metadata);
    }
    let is_private = match inner {
        IpAddr::V4(ip) => PRIVATE_V4.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => {
            !PUBLIC_V6.contains(&ip) || PRIVATE_V6.iter().any(|net| net.contains(&ip))
        }
    };
    if is_private && !allow_private {
        return Err(Forbidden::Private);
    }
    Ok(())
}

/// The IPv4 address that an IPv6 one stands for: mapped, compatible, NAT64 or 6to4.
fn embedded(ip: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(ip) = ip else { return None };
    let [_, b, c, .., y, z] = ip.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => Some(of(y, z)),
        [0x64, 0xff9b, ..] => Some(of(y, z)),
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => Some(of(y, z)),
        [0x2002, ..] => Some(of(b, c)),
        _ => None,
    }
}

/// Resolves names by the system, and fails where any of the addresses is forbidden.
pub(crate) struct Guard {
    pub(crate) allow_private: bool,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            for address in &found {
                check(address.ip(), allow_private)?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Forbidden, check};

    fn judge(ip: &str, allow_private: bool) -> Result<(), Forbidden> {
        check(ip.parse().expect("an address"), allow_private)
    }

    #[test]
    fn private_addresses_are_refused_in_every_form() {
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "169.254.1.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
            "64:ff9b:1::a00:1",
            "2001:db8::1",
        ] {
            assert_eq!(judge(ip, false), Err(Forbidden::Private), "{ip}");
            assert_eq!(judge(ip, true), Ok(()), "{ip}");
        }
    }

    #[test]
    fn metadata_addresses_are_refused_even_if_private_is_allowed() {
        for ip in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "fd00:ec2::254",
            "2002:a9fe:a9fe::",
        ] {
            assert_eq!(judge(ip, true), Err(Forbidden::Metadata), "{ip}");
        }
    }

    #[test]
    fn public_addresses_are_allowed() {
        for ip in [
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
        ] {
            assert_eq!(judge(ip, false), Ok(()), "{ip}");
        }
    }
}
