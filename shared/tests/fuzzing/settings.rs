//! Link settings: the query of an address, as the page's browser hands it over.

use std::collections::HashSet;

use url::form_urlencoded::{Serializer, parse};

use crate::settings::{
    Fault, INCHES, METRES, ROTATE_SECONDS, Rotate, SCREEN_NAME_LENGTH, Settings, View,
};

/// Any query: what can be followed is within its bounds, what cannot is said and changes
/// nothing, and a link written of what was read is read as the same.
///
/// # Panics
/// Where that does not hold.
pub fn settings(query: &[u8]) {
    // What browsers do with a query, by the URL Standard.
    let pairs: Vec<(String, String)> = parse(query).into_owned().collect();
    let (settings, problems) = Settings::read(pairs.clone());
    check_bounds(&settings);

    // Every parameter is followed or said, in the link's order.
    let mut said = problems.iter().peekable();
    let mut seen = HashSet::new();
    let mut followed = Vec::new();
    for pair @ (name, value) in &pairs {
        let is_new = seen.insert(name);
        let is_known = Settings::NAMES.contains(&name.as_str());
        let problem = said.next_if(|it| {
            let is_repeated = it.fault == Fault::Repeated;
            (&it.name, &it.value) == (name, value) && is_repeated != is_new
        });
        match problem {
            Some(problem) => {
                let is_unknown = problem.fault == Fault::UnknownName;
                assert!(!is_new || is_unknown != is_known, "{name}: {problem:?}");
            }
            None => {
                assert!(is_new && is_known, "{name}={value} is passed over");
                followed.push(pair.clone());
            }
        }
    }
    assert_eq!(said.next(), None, "a problem with nothing");
    assert_eq!(
        Settings::read(followed),
        (settings.clone(), Vec::new()),
        "a problem changes something"
    );

    let mut link = Serializer::new(String::new());
    link.extend_pairs(settings.parameters());
    let again = parse(link.finish().as_bytes())
        .into_owned()
        .collect::<Vec<_>>();
    // Whether it is a wall's or a desk's stands in the path.
    let view = View::default();
    let in_query = Settings { view, ..settings };
    assert_eq!(Settings::read(again), (in_query, Vec::new()));
}

fn check_bounds(settings: &Settings) {
    assert!(settings.metres.is_none_or(|it| METRES.contains(&it)));
    assert!(settings.inches.is_none_or(|it| INCHES.contains(&it)));
    if let Some(Rotate::Seconds(seconds)) = settings.rotate {
        assert!(ROTATE_SECONDS.contains(&f64::from(seconds)));
    }
    if let Some(name) = &settings.screen {
        assert!((1..=SCREEN_NAME_LENGTH).contains(&name.chars().count()));
        assert_eq!(name.trim(), name);
    }
    let ids: HashSet<_> = settings.queues.iter().collect();
    assert_eq!(ids.len(), settings.queues.len(), "a queue twice");
    let is_id = |id: &String| !id.is_empty() && id.trim() == id && !id.contains(',');
    assert!(settings.queues.iter().all(is_id));
}
