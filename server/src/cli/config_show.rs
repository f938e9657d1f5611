//! `queuewall config show`: every setting as the server reads it, and where it comes from.

use std::{io::Write, path::Path};

use super::{
    exit::{Exit, Failure},
    table::{self, Align, Column},
};
use crate::config::{Effective, Env, Environment, effective};

/// Prints a row a setting and a board. Problems go to stderr, and the end is theirs.
pub(super) fn run(
    env: &dyn Env,
    environment: Environment,
    file: Option<&Path>,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let (rows, problems) = effective(env, environment, file)?;
    let cells = |cell: fn(&Effective) -> &String| rows.iter().map(cell).cloned();
    let columns = [
        Column::new("SETTING", Align::Left, cells(|row| &row.name)),
        Column::new("VALUE", Align::Left, cells(|row| &row.value)),
        Column::new("FROM", Align::Left, cells(|row| &row.place)),
    ];
    table::write(out, &columns)?;
    match problems {
        Some(problems) => Err(problems.into()),
        None => Ok(Exit::Done),
    }
}
