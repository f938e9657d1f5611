//! `docs/screens.md` says which engine has what the page likes to have, and which tests run
//! in which: the engines are asked, and the tests' sources read.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    wall::Wall,
};
use queuewall_simulator::Options;

/// What the document calls a feature, and how a browser is asked for it.
const FEATURES: [(&str, &str); 16] = [
    (
        "WebAssembly",
        "typeof WebAssembly.instantiateStreaming === 'function'",
    ),
    (
        "CSS grid, custom properties",
        "CSS.supports('display', 'grid') && CSS.supports('grid-gap', '1px') && CSS.supports('--a', '0')",
    ),
    (
        "`-webkit-line-clamp`",
        "CSS.supports('-webkit-line-clamp', '2')",
    ),
    (
        "Workers whose timers run",
        "new Promise(function (answer) {
            var worker = new Worker(document.querySelector('[data-tick]').dataset.tick);
            var end = function (runs) { worker.terminate(); answer(runs); };
            worker.onmessage = function () { end(true); };
            setTimeout(end, 30000, false);
        })",
    ),
    ("Wake lock", "!!navigator.wakeLock"),
    (
        "Page lifecycle (`freeze`, `resume`)",
        "'onfreeze' in document",
    ),
    (
        "Full screen without a prefix",
        "!!document.documentElement.requestFullscreen",
    ),
    (
        "Sound (`AudioContext`)",
        "typeof AudioContext === 'function'",
    ),
    (
        "Time zones named in 2022",
        "(function () {
            try { return !!new Intl.DateTimeFormat('en', { timeZone: 'Europe/Kyiv' }); }
            catch (unknown) { return false; }
        })()",
    ),
    (
        "Hours of two digits in Spanish",
        "new Intl.DateTimeFormat('es', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })
            .format(Date.UTC(2026, 0, 1, 9, 5)) === '09:05'",
    ),
    ("`queueMicrotask`", "typeof queueMicrotask === 'function'"),
    ("`globalThis`", "typeof globalThis === 'object'"),
    (
        "`FinalizationRegistry`",
        "typeof FinalizationRegistry === 'function'",
    ),
    (
        "`:focus-visible`",
        "(function () {
            try { document.querySelector(':focus-visible'); return true; }
            catch (unknown) { return false; }
        })()",
    ),
    (
        "`appearance` without a prefix",
        "CSS.supports('appearance', 'none')",
    ),
    ("`color-scheme`", "CSS.supports('color-scheme', 'dark')"),
];

const DOCUMENT: &str = include_str!("../../../docs/screens.md");

/// The table whose first column has this heading: its other headings, and its rows by what
/// stands in their first cell.
struct Table {
    headings: Vec<&'static str>,
    rows: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Table {
    fn read(first_heading: &str) -> Result<Self> {
        let mut lines = DOCUMENT
            .lines()
            .skip_while(|line| cells(line).first() != Some(&first_heading))
            .take_while(|line| line.starts_with('|'))
            .map(cells);
        let headings = lines.next().context("no such table")?;
        // Under the heading is a line of dashes.
        let rows = lines.skip(1).map(|row| (row[0], row[1..].to_vec()));
        Ok(Self {
            headings: headings[1..].to_vec(),
            rows: rows.collect(),
        })
    }
}

fn cells(line: &'static str) -> Vec<&'static str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

#[tokio::test]
async fn every_engine_has_what_the_document_says() -> Result<()> {
    let table = Table::read("feature")?;
    let mut named: Vec<_> = table.rows.keys().copied().collect();
    let mut asked: Vec<_> = FEATURES.iter().map(|(feature, _)| *feature).collect();
    named.sort_unstable();
    asked.sort_unstable();
    assert_eq!(named, asked, "the document's features, and the test's");

    let wall = Wall::start(Options::default(), Duration::from_secs(5), &[]).await?;
    in_each(Engine::all()?, async |engine| {
        let headings = &table.headings;
        let column = headings.iter().position(|it| *it == engine.name);
        let column = column.context("the document has no such column")?;
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        tab.open(&wall.url("/board/main")).await?;
        for (feature, question) in FEATURES {
            let answer = tab.evaluate(question).await?;
            let has = if answer == true { "yes" } else { "no" };
            let said = table.rows[feature][column];
            ensure!(
                said == has,
                "{feature}: {has}, and the document says {said}"
            );
        }
        Ok(())
    })
    .await
}

/// In which engines the tests of a file run, as their source says.
fn engines_in(source: &str) -> &'static str {
    let has = |call: &str| source.contains(call);
    match () {
        () if has("env::var_os(\"QUEUEWALL_TOO_OLD\")") => "each, and a WebKit of 2016",
        () if has("Engine::all()") || has("Engine::others()") => "each",
        () if has("Engine::today()") => "Chromium today",
        () => "none",
    }
}

#[test]
fn the_document_says_which_tests_run_in_which_engines() -> Result<()> {
    let table = Table::read("tests")?;
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e"))? {
        let file = entry?.path();
        if file.extension().is_some_and(|it| it == "rs") && !file.ends_with("main.rs") {
            let name = file.file_stem().context("a name")?.to_string_lossy();
            let engines = engines_in(&fs::read_to_string(&file)?).to_owned();
            found.insert(format!("`{name}`"), engines);
        }
    }
    let said: BTreeMap<_, _> = (table.rows.iter())
        .map(|(name, cells)| ((*name).to_owned(), cells.join("")))
        .collect();
    assert_eq!(said, found);
    Ok(())
}
