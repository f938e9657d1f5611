//! `/metrics`: names, types and labels.

use std::collections::{BTreeMap, BTreeSet};

use queuewall_simulator::Options;

use crate::{Setup, get, recorded, simulator, wait_for};

/// The type of each metric, and the labels of each sample.
#[derive(Default)]
struct Names {
    types: BTreeMap<String, String>,
    labels: BTreeMap<String, BTreeSet<String>>,
}

impl Names {
    /// Of the text format; values are passed over where there are any.
    fn of(text: &str) -> Self {
        let mut names = Self::default();
        for line in text.lines() {
            if let Some(typed) = line.strip_prefix("# TYPE ") {
                let (name, of) = typed.split_once(' ').expect(line);
                names.types.insert(name.to_owned(), of.to_owned());
            } else if !line.starts_with('#') && !line.is_empty() {
                let end = line.find(['{', ' ']).unwrap_or(line.len());
                let (name, rest) = line.split_at(end);
                let labels = rest.split_once('{').map_or("", |(_, rest)| rest);
                let labels = labels.split('"').step_by(2).filter_map(|part| {
                    let label = part.trim_start_matches(',').strip_suffix('=')?;
                    Some(label.to_owned())
                });
                let all = names.labels.entry(name.to_owned()).or_default();
                all.extend(labels);
            }
        }
        names
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_keep_their_names_types_and_labels() {
    let tenant = simulator(Options::default()).await;
    let setup = Setup::of_first_sample(tenant.base_url());
    let program = setup.serve(&[("QUEUEWALL_METRICS_LISTEN", "127.0.0.1:0")]);
    wait_for(program.address, "/api/boards/sales", "none_found");
    wait_for(program.address, "/api/boards/all", "open");
    let said = program.said();
    let at = said.split("metrics and screens at http://").nth(1).unwrap();
    let operators = at.split_whitespace().next().unwrap().parse().unwrap();
    let then = Names::of(&recorded("metrics.txt"));
    let now = Names::of(&get(operators, "/metrics"));
    for (name, of) in &then.types {
        assert_eq!(now.types.get(name), Some(of), "{name}");
    }
    for (name, labels) in &then.labels {
        let now = now
            .labels
            .get(name)
            .unwrap_or_else(|| panic!("{name} is lost"));
        assert!(
            now.is_superset(labels),
            "{name}: {now:?}, and then it was {labels:?}"
        );
    }
    program.end();
    tenant.shutdown().await;
}
