use super::*;

#[test]
fn requests_of_all_kinds_stay_within_the_budget() {
    for limit in 0..200 {
        for live in 0..100 {
            for today in [0.4, 2.0, 6.0] {
                let (rest, most) = (f64::from(live) + today, limit as f64 - reserved());
                match gap(limit, f64::from(live), today) {
                    Some(gap) => assert!(60.0 / gap.as_secs_f64() + rest <= most + 0.01),
                    None => assert!(rest > most - LEAST_SPARE),
                }
            }
        }
    }
}
