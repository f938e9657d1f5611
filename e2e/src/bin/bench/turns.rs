//! Figures of two pages that took turns.

/// What was measured, for the page and for its twin.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    pub(crate) ours: Vec<f64>,
    pub(crate) twin: Vec<f64>,
}

impl Turns {
    /// The row's figure: both at each share, and their ratio.
    pub(crate) fn row(&self, shares: &[(&str, f64)], unit: &str) -> String {
        let words = shares.iter().map(|(name, share)| {
            let (ours, twin) = (quantile(&self.ours, *share), quantile(&self.twin, *share));
            format!(
                "{name} {ours:.1} {unit}; twin {twin:.1} {unit}; {:.2}×",
                ours / twin
            )
        });
        words.collect::<Vec<_>>().join(". ")
    }
}

/// The value that `share` of `list` do not exceed; not a number where it is empty.
pub(crate) fn quantile(list: &[f64], share: f64) -> f64 {
    let mut sorted = list.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted
        .get(place.saturating_sub(1))
        .copied()
        .unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_value_of_the_list() {
        let list: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(quantile(&list, 0.5), 50.0);
        assert_eq!(quantile(&list, 0.95), 95.0);
        assert_eq!(quantile(&[7.0], 0.95), 7.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn a_row_names_both_and_their_ratio() {
        let turns = Turns {
            ours: vec![3.0],
            twin: vec![2.0],
        };
        assert_eq!(
            turns.row(&[("p50", 0.5)], "ms"),
            "p50 3.0 ms; twin 2.0 ms; 1.50×"
        );
    }
}
