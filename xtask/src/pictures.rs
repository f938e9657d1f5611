//! `pictures`: builds the page, then takes its pictures (`e2e/src/bin/pictures`).

use anyhow::Result;

use crate::{
    browsers::{self, Choice},
    command::{cargo, run},
    page, tools,
    workspace::Workspace,
};

/// Builds, then takes the pictures: all, or those whose names are given.
pub(crate) fn pictures(workspace: &Workspace, arguments: Vec<String>) -> Result<()> {
    let browsers = browsers::prepare(workspace, Choice::NewestAndOldest)?;
    page::build(workspace, &tools::for_page(workspace)?)?;
    let mut pictures = cargo(workspace);
    pictures
        .args([
            "run",
            "--package",
            "queuewall-e2e",
            "--bin",
            "pictures",
            "--",
        ])
        .args(arguments)
        .env("QUEUEWALL_CHROMIUM", &browsers.chromium)
        .env("QUEUEWALL_PICTURES", workspace.target.join("pictures"));
    run(&mut pictures, "the message above says why")
}
