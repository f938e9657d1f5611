//! Time zones: those of the database in the program, whatever the machine has.

use jiff::tz::TimeZoneDatabase;

use super::{
    env::Env,
    keys,
    problem::{Problem, Spanned},
    reader::Reader,
};

/// In the database, and no zone to any browser.
const NO_ZONES: [&str; 2] = ["Etc/Unknown", "Factory"];

/// The zone by its own spelling; older names such as `GB` are zones too. An offset such as
/// `+02:00` is none: it would be wrong half of the year.
pub(super) fn read(found: Option<&Spanned<String>>, problems: &mut Vec<Problem>) -> Option<String> {
    found?.parse(problems, |name| {
        let zones = TimeZoneDatabase::bundled();
        let zone = zones.get(name).ok();
        let known = zone.as_ref().and_then(|zone| zone.iana_name());
        if let Some(known) = known.filter(|known| !NO_ZONES.contains(known)) {
            return Ok(known.to_owned());
        }
        let remedy = match nearest(name, &zones) {
            Some(near) => format!("did you mean {near}?"),
            None => "write for example Europe/Berlin, America/New_York or UTC".to_owned(),
        };
        Err(("is not an IANA time zone", remedy))
    })
}

/// The zone of boards without one, for what needs one.
#[derive(Debug)]
pub(super) enum Default {
    /// `server.timezone`.
    Configured(String),
    /// The machine's.
    Machine(String),
    /// The machine has none either.
    None,
}

impl Default {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let found = reader.text(&keys::SERVER_TIMEZONE);
        if let Some(zone) = read(found.as_ref(), &mut reader.problems) {
            return Self::Configured(zone);
        }
        let zone = reader.env.time_zone();
        let zone = zone.filter(|zone| !NO_ZONES.contains(&zone.as_str()));
        zone.map_or(Self::None, Self::Machine)
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Configured(zone) | Self::Machine(zone) => Some(zone),
            Self::None => None,
        }
    }

    /// Whether it is UTC though nobody asked for it: most containers have that.
    pub(super) fn is_utc_by_default(&self, env: &dyn Env) -> bool {
        match self {
            Self::Configured(_) => false,
            Self::Machine(zone) => is_utc_by_default(env, zone),
            Self::None => true,
        }
    }
}

fn is_utc_by_default(env: &dyn Env, zone: &str) -> bool {
    let is_asked = env.variables().iter().any(|(name, _)| name == "TZ");
    !is_asked && ["UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Universal"].contains(&zone)
}

/// The zone that was probably meant: its place alone, blanks for `_`, a path of the
/// system's zone files, or a slip of the pen.
fn nearest(name: &str, zones: &TimeZoneDatabase) -> Option<String> {
    let name = name
        .trim_matches(['\'', '"', ':', '/'])
        .replace(' ', "_")
        .to_lowercase();
    let known: Vec<String> = zones.available().map(|zone| zone.to_string()).collect();
    // No offsets: those under Etc count the other way round, Etc/GMT+1 is west of Greenwich.
    let known: Vec<_> = known
        .iter()
        .filter(|zone| {
            !NO_ZONES.contains(&zone.as_str())
                && !zone.starts_with("Etc/")
                && !zone.starts_with("GMT")
        })
        .map(|zone| (zone, zone.to_lowercase()))
        .collect();
    let place = |zone: &str| zone.rsplit('/').next().unwrap_or_default().to_owned();
    let is_same = known
        .iter()
        .find(|(_, zone)| name.ends_with(&format!("/{zone}")) || *zone == name);
    let has_place = || {
        known
            .iter()
            .find(|(_, zone)| zone.contains('/') && place(zone) == place(&name))
    };
    if let Some((zone, _)) = is_same.or_else(has_place) {
        return Some((*zone).clone());
    }
    let lower = known.iter().map(|(_, zone)| zone.as_str());
    let near = keys::did_you_mean(&name, lower)?;
    known
        .iter()
        .find(|(_, zone)| zone == near)
        .map(|(zone, _)| (*zone).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Result<String, String> {
        let found = Spanned {
            value: name.to_owned(),
            place: "place".to_owned(),
            key: "timezone".to_owned(),
        };
        let mut problems = Vec::new();
        let zone = read(Some(&found), &mut problems);
        zone.ok_or_else(|| problems[0].to_string())
    }

    #[test]
    fn zone_is_known_by_old_names_and_in_any_case() {
        for (name, expected) in [
            ("Europe/Berlin", "Europe/Berlin"),
            (" europe/berlin ", "Europe/Berlin"),
            (
                "america/argentina/BUENOS_AIRES",
                "America/Argentina/Buenos_Aires",
            ),
            ("CET", "CET"),
            ("GB", "GB"),
            ("EST5EDT", "EST5EDT"),
            ("US/Eastern", "US/Eastern"),
            ("Asia/Calcutta", "Asia/Calcutta"),
            ("Europe/Kyiv", "Europe/Kyiv"),
            ("utc", "UTC"),
            ("gmt", "GMT"),
            ("Zulu", "Zulu"),
            ("Etc/GMT+5", "Etc/GMT+5"),
        ] {
            assert_eq!(zone(name).as_deref(), Ok(expected), "{name}");
        }
    }

    #[test]
    fn unknown_zone_is_refused_with_nearest_name() {
        for (name, near) in [
            ("Europe/Brlin", "Europe/Berlin"),
            ("Europe/Zurch", "Europe/Zurich"),
            ("Berlin", "Europe/Berlin"),
            ("Europe/New York", "America/New_York"),
            ("America/New York", "America/New_York"),
            ("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
            (":Europe/Berlin", "Europe/Berlin"),
            ("CEST", "CET"),
        ] {
            let problem = zone(name).unwrap_err();
            assert!(
                problem.ends_with(&format!("did you mean {near}?")),
                "{problem}"
            );
        }
        let texts = "+02:00|UTC+2|GMT+1|Factory|Etc/Unknown|W. Europe Standard Time|\
            CET-1CEST,M3.5.0,M10.5.0/3|local";
        for name in texts.split('|').chain([""]) {
            let problem = zone(name).unwrap_err();
            assert!(
                problem.contains("is not an IANA time zone: write for example"),
                "{problem}"
            );
        }
    }
}
