//! The two pages, wall and desk: built by Trunk, then made to run in old TV browsers,
//! bundled, compressed and named by content, into `dist/`, which the server embeds.

mod assets;
mod imports;
mod inputs;
mod shell;

use std::{fs, path::Path};

use anyhow::{Context, Result};
use queuewall_shared::words;

use crate::{
    command::{run, run_quietly},
    step::{note, step},
    tools::PageTools,
    workspace::Workspace,
};
use assets::Assets;

/// One of the two pages: a program of the crate `frontend`.
struct Page {
    /// The program.
    name: &'static str,
    /// Its document, in the root and in `dist/`.
    document: &'static str,
    /// Its settings for Trunk.
    trunk: &'static str,
}

const PAGES: [Page; 2] = [
    Page {
        name: "wall",
        document: "index.html",
        trunk: "Trunk.toml",
    },
    Page {
        name: "desk",
        document: "desk.html",
        trunk: "Trunk.desk.toml",
    },
];

/// The fonts in `style/`, which the style sheets name by their files.
const FONTS: [&str; 2] = ["inter-regular", "inter-semibold"];

/// What the compiler may emit, how each is brought down to what Chromium 66 knows
/// (WebAssembly's first edition plus mutable globals), and what makes it small: flat code
/// twice optimised is 1 KB less. No safe Rust relies on a trap of a load or a division, nor has
/// anything below address 1024: 0.5 KB less.
const LOWERING: [&str; 20] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--signext-lowering",
    "--llvm-nontrapping-fptoint-lowering",
    "--llvm-memory-copy-fill-lowering",
    "--ignore-implicit-traps",
    "--low-memory-unused",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--merge-similar-functions",
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Builds `dist/`, or leaves it when nothing that goes into it has changed.
pub(crate) fn build(workspace: &Workspace, tools: &PageTools) -> Result<()> {
    let stamp = workspace.staging.with_extension("stamp");
    let fingerprint = inputs::fingerprint(&workspace.root)?;
    if workspace.dist.join("desk.html").exists()
        && fs::read_to_string(&stamp).is_ok_and(|known| known == fingerprint)
    {
        return Ok(());
    }
    step("Compiling wall and desk to WebAssembly", || {
        PAGES
            .iter()
            .try_for_each(|page| trunk(workspace, tools, page))
    })?;
    step("Making them fit for TVs: lower, bundle, compress", || {
        finish(workspace, tools)
    })?;
    fs::write(&stamp, fingerprint).context("the target folder cannot be written")
}

fn trunk(workspace: &Workspace, tools: &PageTools, page: &Page) -> Result<()> {
    let mut trunk = tools.command("trunk")?;
    trunk
        .args(["--config", page.trunk])
        .args([
            "build",
            "--release",
            "--offline",
            "--skip-version-check",
            "--filehash=false",
            "--no-sri=true",
            "--dist",
        ])
        .arg(workspace.staging.join(page.name))
        // Trunk takes these words for its own settings.
        .env_remove("NO_COLOR")
        .env("TRUNK_COLOR", "auto");
    run(
        &mut trunk,
        "the compiler's message above says where; `cargo xtask tools` installs a missing tool",
    )
}

fn finish(workspace: &Workspace, tools: &PageTools) -> Result<()> {
    let fresh = workspace.dist.with_extension("new");
    let mut assets = Assets::create(&fresh)?;
    let common = Common {
        start: minify_start(workspace, tools)?,
        tick: assets.add("tick", "js", &minify_worker(workspace, tools)?)?,
        words: add_words(&mut assets)?,
    };
    for page in &PAGES {
        let before = assets.sizes();
        finish_page(workspace, tools, page, &common, &mut assets)?;
        note(&format!("{}: {}", page.name, assets.sizes().since(before)));
    }
    if workspace.dist.exists() {
        fs::remove_dir_all(&workspace.dist)?;
    }
    fs::rename(&fresh, &workspace.dist).context("dist/ cannot be replaced")
}

/// What both pages have.
struct Common {
    start: String,
    tick: String,
    words: Vec<(&'static str, String)>,
}

/// A file for each language that is not built in: its code, and the file's address.
fn add_words(assets: &mut Assets) -> Result<Vec<(&'static str, String)>> {
    let others = words::ALL.iter().filter(|it| **it != words::ENGLISH);
    let files = others.map(|words| {
        let code = words.language.code();
        let address = assets.add(code, "words", words.to_file().as_bytes())?;
        Ok((code, address))
    });
    files.collect()
}

fn finish_page(
    workspace: &Workspace,
    tools: &PageTools,
    page: &Page,
    common: &Common,
    assets: &mut Assets,
) -> Result<()> {
    let staging = &workspace.staging.join(page.name);
    let wasm = lower(staging, page.name, tools)?;
    let script = fs::read_to_string(staging.join(format!("{}.js", page.name)))
        .with_context(|| format!("Trunk wrote no {}.js", page.name))?;
    let (wasm, script) = imports::shorten(&wasm, &script)?;
    fs::write(staging.join("page.js"), script)?;
    let script = bundle_script(workspace, staging, tools)?;
    let html =
        fs::read_to_string(staging.join("index.html")).context("Trunk wrote no index.html")?;
    let shell = shell::Shell::parse(&html)?;
    let mut style = bundle_style(staging, tools, &shell.stylesheets)?;

    let wasm = assets.add(page.name, "wasm", &wasm)?;
    let script = assets.add(page.name, "js", &script)?;
    let mut fonts = Vec::new();
    for name in FONTS {
        let file = format!("{name}.woff2");
        let font =
            fs::read(staging.join(&file)).with_context(|| format!("Trunk left {file} out"))?;
        let address = assets.add(name, "woff2", &font)?;
        // By where they lie: the wall may be below a path.
        style = style.replace(&file, address.trim_start_matches("/assets/"));
        fonts.push(address);
    }
    let style = assets.add(page.name, "css", style.as_bytes())?;
    let icon = match &shell.icon {
        Some(name) => Some(assets.add("icon", "svg", &fs::read(staging.join(name))?)?),
        None => None,
    };
    let html = shell.finish(&shell::Links {
        start: common.start.clone(),
        wasm,
        script,
        tick: common.tick.clone(),
        words: common.words.clone(),
        style,
        fonts,
        icon,
    });
    assets.add_document(page.document, &html)
}

fn lower(staging: &Path, name: &str, tools: &PageTools) -> Result<Vec<u8>> {
    let (source, lowered) = (
        staging.join(format!("{name}_bg.wasm")),
        staging.join("page.wasm"),
    );
    let mut optimise = tools.command("wasm-opt")?;
    optimise.args(LOWERING).arg(&source).arg("-o").arg(&lowered);
    run_quietly(
        &mut optimise,
        "the page's wasm uses a feature that its lowering does not know",
    )?;
    // The proof: an optimiser that knows only the first edition reads it.
    let mut validate = tools.command("wasm-opt")?;
    validate
        .args(["--mvp-features", "--enable-mutable-globals"])
        .arg(&lowered);
    run_quietly(
        &mut validate,
        "the page would not run in TVs of 2020: a WebAssembly feature was left in",
    )?;
    fs::read(&lowered).context("wasm-opt wrote nothing")
}

fn bundle_script(workspace: &Workspace, staging: &Path, tools: &PageTools) -> Result<Vec<u8>> {
    // Beside wasm-bindgen's script, which it imports.
    for script in ["boot.js", "restart.js", "words.js"] {
        let source = workspace.root.join("frontend").join(script);
        fs::copy(source, staging.join(script))
            .with_context(|| format!("frontend/{script} cannot be copied"))?;
    }
    let boot = staging.join("boot.js");
    let out = staging.join("page.bundle.js");
    let mut esbuild = tools.command("esbuild")?;
    esbuild
        .arg(&boot)
        .args([
            "--bundle",
            "--minify",
            "--format=iife",
            "--target=chrome66",
            "--log-level=warning",
        ])
        // The boot script always says where the wasm is; this keeps the fallback quiet.
        .args(["--define:import.meta.url=\"\"", "--legal-comments=none"])
        .arg(format!("--outfile={}", out.display()));
    run_quietly(&mut esbuild, "frontend/boot.js does not bundle")?;
    fs::read(&out).context("esbuild wrote nothing")
}

/// The script that stands in the document, which any browser has to read.
fn minify_start(workspace: &Workspace, tools: &PageTools) -> Result<String> {
    let out = workspace.staging.join("start.min.js");
    let mut esbuild = tools.command("esbuild")?;
    esbuild
        .arg(workspace.root.join("frontend/start.js"))
        .args(["--minify", "--target=es5", "--charset=ascii"])
        .args(["--log-level=warning", "--legal-comments=none"])
        .arg(format!("--outfile={}", out.display()));
    run_quietly(
        &mut esbuild,
        "frontend/start.js is not valid in old browsers",
    )?;
    let script = fs::read_to_string(&out).context("esbuild wrote nothing")?;
    Ok(script.trim().to_owned())
}

/// The worker's script: a separate file, since a page's policy may forbid inline scripts.
fn minify_worker(workspace: &Workspace, tools: &PageTools) -> Result<Vec<u8>> {
    let out = workspace.staging.join("tick.min.js");
    let mut esbuild = tools.command("esbuild")?;
    esbuild
        .arg(workspace.root.join("frontend/tick.js"))
        .args(["--minify", "--target=chrome66", "--log-level=warning"])
        .arg(format!("--outfile={}", out.display()));
    run_quietly(&mut esbuild, "frontend/tick.js is not valid")?;
    fs::read(&out).context("esbuild wrote nothing")
}

fn bundle_style(staging: &Path, tools: &PageTools, sheets: &[String]) -> Result<String> {
    let mut all = String::new();
    for sheet in sheets {
        let text = fs::read_to_string(staging.join(sheet))
            .with_context(|| format!("{sheet} cannot be read"))?;
        all.push_str(&text);
        all.push('\n');
    }
    let (source, out) = (
        staging.join("page.source.css"),
        staging.join("page.bundle.css"),
    );
    fs::write(&source, all)?;
    let mut esbuild = tools.command("esbuild")?;
    esbuild
        .arg(&source)
        .args(["--minify", "--target=chrome66", "--log-level=warning"])
        .arg(format!("--outfile={}", out.display()));
    run_quietly(&mut esbuild, "a style sheet is not valid")?;
    fs::read_to_string(&out).context("esbuild wrote nothing")
}
