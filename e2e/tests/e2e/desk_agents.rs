//! The board's agents on a desk: few and many, in every theme, and how long that takes.

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine},
    scene::{self, Mood},
    stage::{NO_RIGHT, Stage},
};
use queuewall_shared::{agents::AgentsShown, snapshot::Theme};

use crate::desk::{SOON, check, press};
use crate::desk_queue::{AGENTS, is_at};
use crate::languages::keep_picture;
use crate::looks::{axe, too_faint, violations};

/// How long a script's work takes until the next frame is drawn, in milliseconds.
fn timed(act: &str) -> String {
    format!(
        "(() => {{ const start = performance.now(); {act}; \
         return new Promise(done => requestAnimationFrame(() => setTimeout(() => \
         done(performance.now() - start)))); }})()"
    )
}

#[tokio::test]
async fn agents_pass_axe_and_contrast_in_every_theme() -> Result<()> {
    let _core = crate::busy().await;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    let axe = axe()?;
    let mut wrong = Vec::new();
    for theme in [Theme::Dark, Theme::Light, Theme::Contrast] {
        let mut board = scene::board(Mood::Mixed, 12, Some(theme));
        let list = scene::agents(&mut board, AgentsShown::Names, 80);
        let queue = list.agents.iter().flatten().find_map(|it| it.queue.clone());
        let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
        stage.list_agents(&list)?;
        let detail = format!("/desk/main/queues/{}", queue.unwrap_or_default());
        for (path, is_there) in [
            ("/desk/main/agents", format!("{AGENTS} === 80")),
            (&*detail, "!!document.querySelector('.handling li')".into()),
        ] {
            for (width, height) in [(1440, 900), (390, 844)] {
                tab.resize(width, height).await?;
                tab.open(&stage.url(path)).await?;
                tab.wait_for(&is_there, SOON).await?;
                check(
                    &mut tab,
                    "document.documentElement.scrollWidth <= innerWidth",
                )
                .await?;
                let page = if path == detail { "handling" } else { "agents" };
                keep_picture(&mut tab, &format!("{page}-80-{width}-{theme:?}")).await?;
                let mut found = too_faint(&mut tab).await?;
                tab.evaluate(&axe).await?;
                found.extend(violations(&mut tab).await?);
                wrong.extend(
                    found
                        .iter()
                        .map(|it| format!("{theme:?} {path} {width} {it}")),
                );
            }
        }
    }
    ensure!(wrong.is_empty(), "found:\n{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn list_is_quick_with_5_80_and_600_agents() -> Result<()> {
    let _core = crate::busy().await;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    for count in [5, 80, 600] {
        let mut board = scene::board(Mood::Mixed, 24, None);
        let list = scene::agents(&mut board, AgentsShown::Names, count);
        let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
        stage.list_agents(&list)?;
        for (width, height) in [(1440, 900), (390, 844)] {
            tab.resize(width, height).await?;
            for theme in ["light", "dark"] {
                tab.open(&stage.url(&format!("/desk/main/agents?theme={theme}")))
                    .await?;
                tab.wait_for(&format!("{AGENTS} === {count}"), SOON).await?;
                keep_picture(&mut tab, &format!("agents-{count}-{width}-{theme}")).await?;
            }
        }
        let order = "document.querySelector('.people-table [data-act=name]').click()";
        let ordered = tab.evaluate(&timed(order)).await?;
        let find = "const search = document.querySelector('.toolbar input'); \
            search.value = 'back office'; \
            search.dispatchEvent(new Event('input', { bubbles: true }))";
        let found = tab.evaluate(&timed(find)).await?;
        // A team may be in the address, as no name may.
        is_at(
            &mut tab,
            "/desk/main/agents?theme=dark&by=name&find=back%20office",
        )
        .await?;
        check(&mut tab, &format!("{AGENTS} === {}", count / 5)).await?;
        println!("{count} agents: in another order {ordered} ms, searched {found} ms");
        for took in [ordered, found] {
            ensure!(took.as_f64().is_some_and(|ms| ms < 5_000.0), "{took}");
        }
        tab.evaluate(&find.replace("back office", "ada")).await?;
        is_at(&mut tab, "/desk/main/agents?theme=dark&by=name").await?;
        check(
            &mut tab,
            "[].every.call(document.querySelectorAll('.people-table tbody .of-name'), \
             it => it.textContent.startsWith('Ada'))",
        )
        .await?;
        // What a second costs in which every time goes on.
        let ticks = "new Promise(done => { const times = []; let last = performance.now(); \
            const look = () => { const now = performance.now(); times.push(now - last); last = now; \
            times.length < 180 ? requestAnimationFrame(look) : done(Math.max(...times)); }; \
            requestAnimationFrame(look); })";
        press(&mut tab, "Escape").await?;
        check(&mut tab, &format!("{AGENTS} === {count}")).await?;
        println!(
            "the longest frame of three seconds: {} ms",
            tab.evaluate(ticks).await?
        );
    }
    Ok(())
}

#[tokio::test]
async fn page_without_right_shows_counts_and_the_servers_sentence() -> Result<()> {
    let mut board = scene::board(Mood::Mixed, 12, None);
    scene::agents(&mut board, AgentsShown::Names, 80);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1440, 900).await?;
    tab.open(&stage.url("/desk/main/agents?lang=en")).await?;
    let sentence = format!(
        "(document.querySelector('.people-note') || {{}}).textContent === \
         'This page may not list the board’s agents. T{}.'",
        &NO_RIGHT[1..]
    );
    tab.wait_for(&sentence, SOON).await?;
    check(
        &mut tab,
        "document.querySelectorAll('.band').length === 4 && !document.querySelector('button.band')",
    )
    .await?;
    keep_picture(&mut tab, "agents-no-right").await?;
    // The wall has the counts.
    tab.resize(1920, 1080).await?;
    tab.open(&stage.url("/board/main?view=wall&lang=en"))
        .await?;
    tab.wait_for(
        "['.foot-over', '.foot-next'].map(it => (document.querySelector(it) || {}).textContent).join() \
             === 'Critical: 4 away over 30\\u{a0}min,Warning: 4 wrap-up over 2\\u{a0}min'",
        SOON,
    )
    .await?;
    keep_picture(&mut tab, "wall-agents").await
}
