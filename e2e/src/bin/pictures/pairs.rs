//! Few combinations in which every two values of different properties meet: a fault
//! that a picture shows seldom needs more than two things to come together, and all
//! combinations would be thousands of pictures.

/// Rows of values, one of each property, a value being a number below its property's
/// entry in `sizes`. Every two values of two properties are together in some row. The
/// same sizes give the same rows.
pub(crate) fn pairwise(sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut open = Open::new(sizes);
    let mut rows = Vec::new();
    while let Some((a, b)) = open.first() {
        let mut row: Vec<Option<usize>> = vec![None; sizes.len()];
        row[a.property] = Some(a.value);
        row[b.property] = Some(b.value);
        for property in 0..sizes.len() {
            if row[property].is_none() {
                row[property] = Some(open.best(property, &row));
            }
        }
        let row: Vec<usize> = row.into_iter().flatten().collect();
        open.close(&row);
        rows.push(row);
    }
    rows
}

#[derive(Clone, Copy)]
struct Choice {
    property: usize,
    value: usize,
}

/// The pairs that are in no row yet.
struct Open<'s> {
    sizes: &'s [usize],
    pairs: Vec<(Choice, Choice)>,
    /// How often each value was taken: of equally good ones the rarest is.
    taken: Vec<Vec<usize>>,
}

impl<'s> Open<'s> {
    fn new(sizes: &'s [usize]) -> Self {
        let choices =
            |property: usize| (0..sizes[property]).map(move |value| Choice { property, value });
        let mut pairs = Vec::new();
        for first in 0..sizes.len() {
            for second in first + 1..sizes.len() {
                for a in choices(first) {
                    pairs.extend(choices(second).map(|b| (a, b)));
                }
            }
        }
        Self {
            sizes,
            pairs,
            taken: sizes.iter().map(|size| vec![0; *size]).collect(),
        }
    }

    fn first(&self) -> Option<(Choice, Choice)> {
        self.pairs.first().copied()
    }

    /// The value of a property that closes the most pairs with what the row has.
    fn best(&self, property: usize, row: &[Option<usize>]) -> usize {
        let closes = |value: usize| {
            let has = |choice: &Choice| match choice.property == property {
                true => choice.value == value,
                false => row[choice.property] == Some(choice.value),
            };
            let concerns =
                |a: &Choice, b: &Choice| a.property == property || b.property == property;
            let closed = self
                .pairs
                .iter()
                .filter(|(a, b)| concerns(a, b) && has(a) && has(b));
            closed.count()
        };
        let rarest = |value: &usize| std::cmp::Reverse(self.taken[property][*value]);
        (0..self.sizes[property])
            .max_by_key(|value| (closes(*value), rarest(value), std::cmp::Reverse(*value)))
            .unwrap_or(0)
    }

    fn close(&mut self, row: &[usize]) {
        let has = |choice: &Choice| row[choice.property] == choice.value;
        self.pairs.retain(|(a, b)| !(has(a) && has(b)));
        for (property, value) in row.iter().enumerate() {
            self.taken[property][*value] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_two_values_meet_and_the_rows_are_few_and_the_same() {
        for sizes in [&[4, 3, 3, 5, 2, 5][..], &[2, 2], &[3, 1, 4], &[5, 5, 5, 5]] {
            let rows = pairwise(sizes);
            for first in 0..sizes.len() {
                for second in first + 1..sizes.len() {
                    for a in 0..sizes[first] {
                        for b in 0..sizes[second] {
                            let meet = |row: &Vec<usize>| row[first] == a && row[second] == b;
                            assert!(rows.iter().any(meet), "{first}={a} {second}={b}");
                        }
                    }
                }
            }
            let mut largest = sizes.to_vec();
            largest.sort_unstable();
            let least = largest[largest.len() - 1] * largest[largest.len() - 2];
            assert!(
                rows.len() <= least + least / 2,
                "{} rows for {sizes:?}",
                rows.len()
            );
            assert_eq!(rows, pairwise(sizes));
        }
    }
}
