//! `demo`, `serve` and `dev`: the product itself.

use std::process::{Child, Command};

use anyhow::{Context, Result};

use crate::{
    check::HOST,
    command::{cargo, clean, run},
    page,
    step::{note, step},
    tools,
    workspace::Workspace,
};

/// Builds all in release and shows a simulated contact centre.
pub(crate) fn demo(workspace: &Workspace, arguments: Vec<String>) -> Result<()> {
    build(workspace)?;
    note("the wallboard is at the address below; Ctrl-C ends it");
    note("within three minutes: a critical queue, one that rises, one that recovers, one not read");
    run(
        server(workspace).arg("demo").args(arguments),
        "the message above says why",
    )
}

/// Builds all in release and serves the configured tenant.
pub(crate) fn serve(workspace: &Workspace, arguments: Vec<String>) -> Result<()> {
    build(workspace)?;
    run(
        server(workspace).arg("serve").args(arguments),
        "the message above says why",
    )
}

/// The demo on 8080, and `trunk serve` for the wall on 8081 and the desk on 8082, until the
/// wall's ends.
pub(crate) fn dev(workspace: &Workspace) -> Result<()> {
    let tools = tools::for_page(workspace)?;
    // The tests' packages and features, so that these compile nothing again.
    step("Compiling the server", || {
        let mut command = cargo(workspace);
        command.arg("build").args(HOST).args(["--bin", "queuewall"]);
        run(&mut command, "the compiler's message above says where")
    })?;
    let mut demo = Ended(
        clean(workspace.program("debug", "queuewall"))
            .current_dir(&workspace.root)
            .arg("demo")
            .spawn()
            .context("the server could not be started")?,
    );
    let trunk = |config: &str| -> Result<Command> {
        let mut trunk = tools.command("trunk")?;
        trunk
            .args([
                "--config",
                config,
                "serve",
                "--offline",
                "--skip-version-check",
            ])
            .env_remove("NO_COLOR");
        Ok(trunk)
    };
    let mut desk = Ended(
        trunk("Trunk.desk.toml")?
            .spawn()
            .context("Trunk could not be started")?,
    );
    let result = run(
        &mut trunk("Trunk.toml")?,
        "is port 8081 taken, or does the page not compile?",
    );
    // Ctrl-C reaches all of them; when only this one ends, the others go with it.
    desk.end();
    demo.end();
    result
}

/// Builds the page, then the server that carries it, both in release.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    page::build(workspace, &tools::for_page(workspace)?)?;
    step("Compiling the server", || {
        let mut command = cargo(workspace);
        command.args(["build", "--package", "queuewall", "--release"]);
        run(&mut command, "the compiler's message above says where")
    })
}

fn server(workspace: &Workspace) -> Command {
    let mut command = clean(workspace.program("release", "queuewall"));
    command.current_dir(&workspace.root);
    command
}

/// A child that does not outlive xtask.
struct Ended(Child);

impl Ended {
    fn end(&mut self) {
        // It may have ended by itself: then there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.end();
    }
}
