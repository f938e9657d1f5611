//! Browsers for the tests: today's Chromium with its driver, the old engines that TVs
//! of 2020 to 2022 have inside, Firefox, and one that is too old.

use std::{
    env,
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, bail};

use crate::{
    command::{clean, find_program, run_quietly},
    step::{note, step},
    toolchain::debian,
    workspace::Workspace,
};

const CHROMIUM: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

const FIREFOX: [&str; 2] = ["firefox-esr", "firefox"];

/// Renders pages with a WebKit of 2016, which knows no WebAssembly.
const TOO_OLD: [&str; 1] = ["wkhtmltoimage"];

/// npm package versions that carry a Chromium inside, by its major version.
const OLD_ENGINES: [(u32, &str); 3] = [(66, "66.0.3347"), (80, "2.1.1"), (88, "5.5.0")];

/// Which browsers the tests are to run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Today's Chromium and the oldest that the page runs in.
    NewestAndOldest,
    /// Every one.
    All,
}

/// What the browser tests run in.
#[derive(Debug)]
pub(crate) struct Browsers {
    /// Today's Chromium.
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
    /// A folder for each old engine, named by its major version; none where they do not
    /// run or cannot be had.
    pub(crate) old_engines: Vec<PathBuf>,
    /// Firefox; `None` where it is not chosen or cannot be had.
    pub(crate) firefox: Option<PathBuf>,
    /// An engine that is too old for the page; `None` as above.
    pub(crate) too_old: Option<PathBuf>,
}

impl Browsers {
    /// Tells a program of the tests where they are.
    pub(crate) fn tell(&self, command: &mut Command) -> Result<()> {
        let old = env::join_paths(&self.old_engines)
            .context("the project's folder has PATH's separator in its name")?;
        command
            .env("QUEUEWALL_CHROMIUM", &self.chromium)
            .env("QUEUEWALL_OLD_ENGINES", old);
        if let Some(firefox) = &self.firefox {
            command.env("QUEUEWALL_FIREFOX", firefox);
        }
        if let Some(program) = &self.too_old {
            command.env("QUEUEWALL_TOO_OLD", program);
        }
        Ok(())
    }
}

pub(crate) fn prepare(workspace: &Workspace, choice: Choice) -> Result<Browsers> {
    let found = || Some((find_program(&CHROMIUM)?, find_program(&["chromedriver"])?));
    let (chromium, driver) = match found() {
        Some(pair) => pair,
        None if debian::is_possible() => {
            step("Installing Chromium and its driver", || {
                debian::install_packages(&["chromium", "chromium-driver"])
            })?;
            found()
                .context("Debian's chromium and chromium-driver are installed, but not on PATH")?
        }
        None => bail!(
            "the browser tests need Chromium (or Chrome) and chromedriver on PATH: install both from \
             https://googlechromelabs.github.io/chrome-for-testing/ or your package manager"
        ),
    };
    let mut browsers = Browsers {
        chromium,
        driver,
        old_engines: old_engines(workspace, choice),
        firefox: None,
        too_old: None,
    };
    if choice == Choice::All {
        browsers.firefox = optional("Firefox ESR", &FIREFOX, "firefox-esr");
        browsers.too_old = optional("an engine that is too old", &TOO_OLD, "wkhtmltopdf");
    }
    Ok(browsers)
}

/// Finds or installs what some tests are skipped without.
fn optional(what: &str, programs: &[&str], package: &str) -> Option<PathBuf> {
    if let Some(found) = find_program(programs) {
        return Some(found);
    }
    let installed = if debian::is_possible() {
        step(&format!("Installing {what}"), || {
            debian::install_packages(&[package])
        })
    } else {
        Err(anyhow!("there is none on PATH"))
    };
    if let Err(error) = installed {
        note(&format!("the tests with {what} are skipped: {error:#}"));
    }
    find_program(programs)
}

/// Unpacks the old engines, if this machine can run them.
fn old_engines(workspace: &Workspace, choice: Choice) -> Vec<PathBuf> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        note("the old engines' tests are skipped: they are Linux programs for x86-64");
        return Vec::new();
    }
    let chosen = match choice {
        Choice::NewestAndOldest => &OLD_ENGINES[..1],
        Choice::All => &OLD_ENGINES,
    };
    let engines = chosen.iter().map(|(major, version)| {
        let folder = workspace.tools.join("engines").join(major.to_string());
        if !folder.join("chromium").exists() {
            step(
                &format!("Unpacking Chromium {major} from an npm package"),
                || unpack_engine(&folder, version),
            )?;
        }
        Ok(folder)
    });
    engines.collect::<Result<_>>().unwrap_or_else(|error| {
        note(&format!("the old engines' tests are skipped: {error:#}"));
        Vec::new()
    })
}

fn unpack_engine(place: &Path, version: &str) -> Result<()> {
    fs::create_dir_all(place)?;
    let package = format!("chrome-aws-lambda@{version}");
    // `npm pack` runs none of the package's scripts, which would download more.
    let mut npm = clean("npm");
    npm.current_dir(place).args(["pack", "--silent", &package]);
    let archive = run_quietly(&mut npm, "a reachable npm registry is needed")?;
    let archive = place.join(
        archive
            .trim()
            .lines()
            .last()
            .context("npm pack names its file")?,
    );
    run_quietly(
        clean("tar").current_dir(place).arg("xzf").arg(&archive),
        "tar is needed",
    )?;
    let packed = place.join("package/bin");
    decompress(&packed.join("chromium.br"), &place.join("chromium.part"))?;
    let libraries = packed.join("aws.tar.br");
    if libraries.exists() {
        decompress(&libraries, &place.join("aws.tar"))?;
        run_quietly(
            clean("tar").current_dir(place).args(["xf", "aws.tar"]),
            "tar is needed",
        )?;
        fs::remove_file(place.join("aws.tar"))?;
    }
    run_quietly(
        clean("chmod").arg("+x").arg(place.join("chromium.part")),
        "chmod is needed",
    )?;
    fs::remove_file(&archive)?;
    fs::remove_dir_all(place.join("package"))?;
    // Last, so that the name stands for a whole engine.
    fs::rename(place.join("chromium.part"), place.join("chromium"))?;
    Ok(())
}

fn decompress(from: &Path, to: &Path) -> Result<()> {
    let source =
        File::open(from).with_context(|| format!("{} is not in the package", from.display()))?;
    let mut target = File::create(to)?;
    brotli::BrotliDecompress(&mut BufReader::new(source), &mut target)
        .with_context(|| format!("{} is not brotli", from.display()))
}
