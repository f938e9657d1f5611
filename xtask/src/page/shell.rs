//! `index.html`: Trunk's loader and its list of style sheets are replaced by one
//! deferred script and one style sheet. One inline script is left, which says why the others
//! do not come.

use anyhow::{Context, Result, bail};

/// Trunk's `index.html`, taken apart.
#[derive(Debug)]
pub(crate) struct Shell {
    /// The page without Trunk's loader, style sheets and icon; `HOLE` marks where
    /// the first of them stood.
    body: String,
    /// The style sheets' file names, in order.
    pub(crate) stylesheets: Vec<String>,
    /// The icon's file name.
    pub(crate) icon: Option<String>,
}

/// Addresses of the finished files.
#[derive(Debug)]
pub(crate) struct Links {
    /// The script that stands in the document itself.
    pub(crate) start: String,
    pub(crate) wasm: String,
    pub(crate) script: String,
    /// The worker's script, which `frontend/src/ticking.rs` looks for.
    pub(crate) tick: String,
    /// Languages by their codes, for `frontend/words.js`.
    pub(crate) words: Vec<(&'static str, String)>,
    pub(crate) style: String,
    pub(crate) fonts: Vec<String>,
    pub(crate) icon: Option<String>,
}

const HOLE: &str = "<!--links-->";

impl Shell {
    /// Takes Trunk's output apart.
    pub(crate) fn parse(html: &str) -> Result<Self> {
        let mut shell = Self {
            body: String::new(),
            stylesheets: Vec::new(),
            icon: None,
        };
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            let (text, tail) = rest.split_at(start);
            shell.body.push_str(text);
            let end = tail.find('>').context("index.html ends inside a tag")? + 1;
            let (tag, after) = tail.split_at(end);
            rest = after;
            if tag.starts_with("<!--") {
                let end = tail
                    .find("-->")
                    .context("index.html ends inside a comment")?
                    + 3;
                rest = &tail[end..];
            } else if tag.starts_with("<script") {
                let end = rest
                    .find("</script>")
                    .context("index.html ends inside a script")?;
                rest = &rest[end + "</script>".len()..];
                shell.mark();
            } else if tag.starts_with("<link") {
                shell.take_link(tag)?;
            } else {
                shell.body.push_str(tag);
            }
        }
        shell.body.push_str(rest);
        if !shell.body.contains(HOLE) {
            bail!("index.html holds no link of Trunk's: is its `data-trunk` link there?");
        }
        Ok(shell)
    }

    fn take_link(&mut self, tag: &str) -> Result<()> {
        let name = attribute(tag, "href").map(|href| href.trim_start_matches('/').to_owned());
        match attribute(tag, "rel") {
            Some("stylesheet") => self
                .stylesheets
                .push(name.context("a style sheet without href")?),
            Some("icon") => self.icon = Some(name.context("an icon without href")?),
            Some("modulepreload" | "preload") => {}
            _ => {
                self.body.push_str(tag);
                return Ok(());
            }
        }
        self.mark();
        Ok(())
    }

    fn mark(&mut self) {
        if !self.body.contains(HOLE) {
            self.body.push_str(HOLE);
        }
    }

    /// The page with the finished files' addresses.
    pub(crate) fn finish(&self, links: &Links) -> String {
        let Links {
            start,
            wasm,
            script,
            tick,
            words,
            style,
            fonts,
            icon,
        } = links;
        let words = words
            .iter()
            .map(|(code, file)| format!(" data-{code}=\"{file}\""));
        let words: String = words.collect();
        // It hears of each file that does not come. The wasm is fetched while the script is
        // still on its way.
        let mut tags = format!(
            "<script>{start}</script><link rel=\"preload\" href=\"{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\
             <link rel=\"stylesheet\" href=\"{style}\"><script defer src=\"{script}\" data-wasm=\"{wasm}\" data-tick=\"{tick}\"{words}></script>"
        );
        // The style sheet asks for them only once there is text: too late to be seamless.
        for font in fonts {
            tags.push_str(&format!(
                "<link rel=\"preload\" href=\"{font}\" as=\"font\" type=\"font/woff2\" crossorigin>"
            ));
        }
        if let Some(icon) = icon {
            tags.push_str(&format!(
                "<link rel=\"icon\" type=\"image/svg+xml\" href=\"{icon}\">"
            ));
        }
        let html = self.body.replacen(HOLE, &tags, 1);
        let lines: Vec<&str> = html
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        lines.join("\n") + "\n"
    }
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUNK: &str = r#"<!DOCTYPE html>
<html><head>
    <!-- words for the reader of the source -->
    <link rel="stylesheet" href="/tokens.css"/>
    <link rel="stylesheet" href="/tile.css"/>
    <link rel="icon" href="/icon.svg">
    <link rel="canonical" href="/here">
<script type="module">
import init from '/queuewall-frontend.js'; if (1 < 2) await init();
</script><link rel="modulepreload" href="/queuewall-frontend.js"><link rel="preload" href="/queuewall-frontend_bg.wasm" as="fetch"></head>
<body><p>Too old</p></body></html>"#;

    #[test]
    fn trunks_loader_gives_way_to_one_script_and_one_style_sheet() {
        let shell = Shell::parse(TRUNK).unwrap();
        assert_eq!(shell.stylesheets, ["tokens.css", "tile.css"]);
        assert_eq!(shell.icon.as_deref(), Some("icon.svg"));
        let links = Links {
            start: "says(1 < 2)".into(),
            wasm: "/assets/p.wasm".into(),
            script: "/assets/p.js".into(),
            tick: "/assets/t.js".into(),
            words: vec![("de", "/assets/de.words".into())],
            style: "/assets/p.css".into(),
            fonts: vec!["/assets/f.woff2".into()],
            icon: Some("/assets/i.svg".into()),
        };
        let html = shell.finish(&links);
        assert!(html.contains("<script>says(1 < 2)</script><link"));
        assert_eq!(html.matches("<script").count(), 2);
        assert!(
            html.contains(
                r#"<script defer src="/assets/p.js" data-wasm="/assets/p.wasm" data-tick="/assets/t.js" data-de="/assets/de.words"></script>"#
            )
        );
        assert_eq!(html.matches("rel=\"stylesheet\"").count(), 1);
        assert!(html.contains(r#"href="/assets/f.woff2" as="font""#));
        for gone in ["await", "modulepreload", "tokens.css", "words for", HOLE] {
            assert!(!html.contains(gone), "{gone} is still there:\n{html}");
        }
        for kept in ["rel=\"canonical\"", "Too old", "<!DOCTYPE html>"] {
            assert!(html.contains(kept), "{kept} is gone:\n{html}");
        }
    }

    #[test]
    fn a_page_without_trunks_links_is_refused() {
        assert!(Shell::parse("<html><head></head></html>").is_err());
    }
}
