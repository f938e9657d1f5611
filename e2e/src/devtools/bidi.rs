//! WebDriver BiDi, as much of it as the tests need: <https://w3c.github.io/webdriver-bidi/>.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::{Protocol, Tab};

impl Tab {
    /// Takes control of the first tab of the Firefox whose remote agent listens at
    /// `port`.
    pub async fn attach_to_firefox(port: u16) -> Result<Self> {
        let address = format!("ws://127.0.0.1:{port}/session");
        let nowhere = Protocol::Bidi {
            context: String::new(),
        };
        let mut tab = Self::connect(&address, nowhere).await?;
        tab.command("session.new", json!({ "capabilities": {} }))
            .await?;
        let tree = tab.command("browsingContext.getTree", json!({})).await?;
        let context = tree["contexts"][0]["context"]
            .as_str()
            .context("the browser opened no tab")?
            .to_owned();
        tab.protocol = Protocol::Bidi { context };
        tab.command("session.subscribe", json!({ "events": ["log.entryAdded"] }))
            .await?;
        Ok(tab)
    }

    pub(super) async fn navigate_in(&mut self, context: &str, url: &str) -> Result<Value> {
        let to = json!({ "context": context, "url": url, "wait": "none" });
        self.command("browsingContext.navigate", to).await
    }

    pub(super) async fn reload_in(&mut self, context: &str) -> Result<Value> {
        let of = json!({ "context": context, "wait": "none" });
        self.command("browsingContext.reload", of).await
    }

    /// Has every request shown before it is sent, for [`decide`](Self::decide): the
    /// protocol's own patterns have no wildcard.
    pub(super) async fn intercept(&mut self, urls: &[&str]) -> Result<()> {
        self.blocked = urls.iter().map(|url| (*url).to_owned()).collect();
        if !self.intercepts {
            self.intercepts = true;
            let events = json!({ "events": ["network.beforeRequestSent"] });
            self.command("session.subscribe", events).await?;
            let phases = json!({ "phases": ["beforeRequestSent"] });
            self.command("network.addIntercept", phases).await?;
        }
        Ok(())
    }

    /// Lets a request pass that waits to be sent, or fail. Nobody waits for the answer.
    pub(super) async fn decide(&mut self, waiting: &Value) -> Result<()> {
        let url = waiting["request"]["url"].as_str().unwrap_or_default();
        let is_blocked = self.blocked.iter().any(|pattern| matches(pattern, url));
        let method = if is_blocked {
            "network.failRequest"
        } else {
            "network.continueRequest"
        };
        let request = json!({ "request": waiting["request"]["request"] });
        self.send(method, request).await?;
        Ok(())
    }

    /// A value crosses as JSON: the protocol's own form names every value's type.
    pub(super) async fn evaluate_in(&mut self, context: &str, expression: &str) -> Result<Value> {
        let awaited = format!("(async () => JSON.stringify(await ({expression})))()");
        self.json_of(context, &awaited).await
    }

    /// The same without promises, which no page settles whose scripts are forbidden.
    pub(super) async fn evaluate_at_once_in(
        &mut self,
        context: &str,
        expression: &str,
    ) -> Result<Value> {
        let value = format!("JSON.stringify({expression})");
        self.json_of(context, &value).await
    }

    async fn json_of(&mut self, context: &str, expression: &str) -> Result<Value> {
        let parameters = json!({
            "expression": expression,
            "target": { "context": context },
            "awaitPromise": true,
        });
        let answer = self.command("script.evaluate", parameters).await?;
        if answer["type"] == "exception" {
            bail!("{expression} threw {}", answer["exceptionDetails"]["text"]);
        }
        match answer["result"]["value"].as_str() {
            Some(json) => Ok(serde_json::from_str(json)?),
            None => Ok(Value::Null),
        }
    }

    pub(super) async fn set_viewport(
        &mut self,
        context: &str,
        width: u32,
        height: u32,
    ) -> Result<()> {
        let size = json!({
            "context": context,
            "viewport": { "width": width, "height": height },
            "devicePixelRatio": 1.0,
        });
        self.command("browsingContext.setViewport", size).await?;
        Ok(())
    }

    pub(super) async fn capture(&mut self, context: &str) -> Result<Value> {
        let of = json!({ "context": context });
        self.command("browsingContext.captureScreenshot", of).await
    }

    pub(super) async fn preload(&mut self, script: &str) -> Result<Value> {
        let function = json!({ "functionDeclaration": format!("() => {{ {script} }}") });
        self.command("script.addPreloadScript", function).await
    }

    /// Presses and releases the key with this value in WebDriver's table.
    pub(super) async fn press(&mut self, context: &str, key: &str) -> Result<()> {
        let strokes = json!({
            "context": context,
            "actions": [{ "type": "key", "id": "keyboard", "actions": [
                { "type": "keyDown", "value": key }, { "type": "keyUp", "value": key },
            ] }],
        });
        self.command("input.performActions", strokes).await?;
        Ok(())
    }
}

/// Whether `url` is what `pattern` says, in which each `*` stands for anything.
fn matches(pattern: &str, url: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| url.strip_prefix(start)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
        last = Some(part);
    }
    rest.is_empty() || last.is_some_and(|part| part.is_empty() || url.ends_with(part))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_anything() {
        let url = "http://host/assets/queuewall.wasm";
        for pattern in ["*", "*/assets/*", "*.wasm", "http://host/*", url] {
            assert!(matches(pattern, url), "{pattern}");
        }
        for pattern in ["", "*/api/*", "*.js", "assets*", "*/assets"] {
            assert!(!matches(pattern, url), "{pattern}");
        }
    }
}
