//! The wall in every language, as real browsers lay it out and write its numbers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    devtools::Tab,
    scene::{self, Mood},
    stage::Stage,
    wall::Wall,
};
use queuewall_shared::snapshot::Agents;
use queuewall_simulator::{Field, Options, QueueOverride};

const SOON: Duration = Duration::from_secs(180);

/// Per language: a tile's wait and its service level in words, and 1234 calls waiting.
const LANGUAGES: [(&str, &str, &str, &str); 5] = [
    ("en", "Wait", "Service", "1.2k"),
    ("de", "Warten", "Service", "1,2k"),
    ("es", "Espera", "Serv.", "1,2k"),
    ("fr", "Attente", "Service", "1,2k"),
    ("pt", "Espera", "Serviço", "1,2k"),
];

/// Words that are cut, or that did not stay on their line: of labels, agents and header.
const CUT: &str = "(() => {
    const cut = [];
    const look = (selector, is_cut) => [].slice.call(document.querySelectorAll(selector))
        .filter(it => it.offsetParent && is_cut(it))
        .forEach(it => cut.push(selector + ' ' + it.textContent));
    look('.tile-row, .tile-row dt, .header-title', it => it.scrollWidth > it.clientWidth + 1);
    look('.tile-counts', it => it.lastElementChild.offsetTop > it.firstElementChild.offsetTop);
    look('.header', it => it.scrollWidth > it.clientWidth);
    return cut.join('; ');
})()";

async fn speaks(
    tab: &mut Tab,
    wall: &Wall,
    (code, wait, service, thousands): (&str, &str, &str, &str),
) -> Result<()> {
    tab.open(&wall.url(&format!("/board/main?lang={code}")))
        .await?;
    let count = "document.querySelector('.tile-hero')";
    tab.wait_for(
        &format!("!!{count} && {count}.textContent.trim().length > 3"),
        SOON,
    )
    .await?;
    let hero = tab.evaluate(&format!("{count}.textContent.trim()")).await?;
    let hero = hero.as_str().unwrap_or_default();
    ensure!(hero == thousands, "{code}: {hero:?}");
    let labels = "[].slice.call(document.querySelectorAll('.tile:first-child dt'))\
        .filter(it => it.offsetWidth > 0).map(it => it.textContent).join('|')";
    let labels = tab.evaluate(labels).await?;
    ensure!(labels == format!("{wait}|{service}"), "{code}: {labels}");
    let lang = tab.evaluate("document.documentElement.lang").await?;
    ensure!(lang == code, "{lang} for {code}");
    let clock = "/^0[0-9]:[0-5][0-9]$/.test(document.querySelector('.header-clock').textContent)";
    ensure!(tab.evaluate(clock).await? == true, "{code}: the clock");
    let cut = tab.evaluate(CUT).await?;
    ensure!(cut == "", "{code}: {cut}");
    let complaints = tab.take_complaints();
    ensure!(complaints.is_empty(), "{code}: {complaints:#?}");
    Ok(())
}

/// What a roomy tile says of agents off calls, per language.
const OFF_CALL: [(&str, &str); 5] = [
    ("en", "12 wrap-up|118 away"),
    ("de", "12 Nacharb.|118 n.\u{a0}verf."),
    ("es", "12 cierre|118 no\u{a0}disp."),
    ("fr", "12 ap.\u{a0}appel|118 indisp."),
    ("pt", "12 pós-at.|118 indisp."),
];

/// Agents off calls, in five figures together, and a longest wait of four, on a wall and
/// at a desk.
async fn tells_agents_off_calls(tab: &mut Tab, engine: &Engine) -> Result<()> {
    let mut board = scene::board(Mood::Detailed, 6, None);
    for queue in &mut board.queues {
        queue.longest_wait_ms = Some(1_428_000);
        queue.agents = Agents {
            logged_on: Some(188),
            available: Some(8),
            busy: Some(50),
            after_call_work: Some(12),
            unavailable: Some(118),
        };
    }
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    for (code, words) in OFF_CALL {
        for view in ["wall", "tab"] {
            tab.open(&stage.url(&format!("/board/main?view={view}&lang={code}")))
                .await?;
            let said = "[].slice.call(document.querySelectorAll(\
                '[data-level=\"ok\"] .tile-off-call')[0].children)\
                .filter(it => it.offsetWidth > 0).map(it => it.textContent).join('|')";
            let shown = "!!document.querySelector('[data-level=\"ok\"] .tile-off-call')";
            tab.wait_for(shown, SOON).await?;
            keep_picture(tab, &format!("off-call-{view}-{code}-{}", engine.name)).await?;
            let said = tab.evaluate(said).await?;
            ensure!(said == words, "{code} {view}: {said}");
            let cut = tab.evaluate(CUT).await?;
            ensure!(cut == "", "{code} {view}: {cut}");
        }
    }
    Ok(())
}

/// A hero that runs into what stands beside it, or out of its tile.
const HERO_CUT: &str = "[].slice.call(document.querySelectorAll('.tile:not([hidden])'))\
    .filter(tile => {
        const hero = tile.querySelector('.tile-hero').getBoundingClientRect();
        const side = tile.querySelector('.tile-side').getBoundingClientRect();
        return side.height && hero.right > side.left
            || hero.right > tile.getBoundingClientRect().right;
    }).map(tile => tile.querySelector('.tile-hero').textContent).join('; ')";

/// Waits and counts as e-mail queues have them: nothing is cut, in any language.
async fn shows_large_numbers_whole(tab: &mut Tab, engine: &Engine) -> Result<()> {
    let mut board = scene::board(Mood::Calm, 12, None);
    let waiting = [
        999,
        1_000,
        1_299,
        9_999,
        12_345,
        99_999,
        123_456,
        999_999,
        1_000_000,
        12_345_678,
        999_999_999,
        45,
    ];
    let waits = [
        59, 45, 5_400, 35_999, 90_000, 172_799, 2_592_000, 86_400_000,
    ];
    for (place, queue) in board.queues.iter_mut().enumerate() {
        queue.waiting = Some(waiting[place]);
        let wait = Some(waits[place % waits.len()] * 1_000);
        queue.longest_wait_ms = wait;
        queue.average_wait_ms = wait.filter(|_| place % 3 > 0);
        queue.trend = (0..36).map(Some).collect();
        queue.service_level.percent = Some(100.0);
    }
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    for (code, ..) in LANGUAGES {
        for view in ["wall", "tab"] {
            tab.open(&stage.url(&format!("/board/main?view={view}&lang={code}")))
                .await?;
            let shown = "document.querySelectorAll('.tile').length > 11 \
                && document.fonts.status === 'loaded'";
            tab.wait_for(shown, SOON).await?;
            keep_picture(tab, &format!("large-{view}-{code}-{}", engine.name)).await?;
            for look in [CUT, HERO_CUT] {
                let cut = tab.evaluate(look).await?;
                ensure!(cut == "", "{code} {view}: {cut}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn large_numbers_and_long_waits_are_never_cut() -> Result<()> {
    let _core = crate::busy().await;
    in_each(Engine::all()?, async |engine| {
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        tab.resize(1920, 1080).await?;
        shows_large_numbers_whole(&mut tab, &engine).await
    })
    .await
}

/// What of a desk is cut or broken: the toolbar's buttons on one line, keys as wide as
/// their column, and panels within the screen.
const CUT_AT_A_DESK: &str = "(() => {
    const cut = [];
    const look = (selector, is_cut) => [].slice.call(document.querySelectorAll(selector))
        .filter(it => it.offsetParent && is_cut(it))
        .forEach(it => cut.push(selector + ' ' + it.textContent));
    const lines = it => it.clientHeight / parseFloat(getComputedStyle(it).fontSize);
    look('.toolbar', it => lines(it) > 4);
    look('.help-line dt', it => it.firstChild.offsetWidth > it.clientWidth);
    look('.dialog', it => it.scrollWidth > it.clientWidth + 1);
    look('.setting-name', it => lines(it) > 3.2);
    look('.setting .choices, .settings-acts', it =>
        it.lastElementChild.offsetTop > it.firstElementChild.offsetTop + 1 ||
        it.lastElementChild.getBoundingClientRect().right >
            it.parentElement.getBoundingClientRect().right + 1);
    return cut.join('; ');
})()";

/// The toolbar, the list of keys and the settings in one language.
async fn fits_a_desk(tab: &mut Tab, wall: &Wall, engine: &Engine, code: &str) -> Result<()> {
    for (name, key, shown) in [
        ("desk", "x", ".toolbar-count"),
        ("keys", "?", ".help"),
        ("settings", "s", ".settings"),
    ] {
        let url = wall.url(&format!("/desk/main?lang={code}"));
        if key != "s" {
            tab.open(&url).await?;
        }
        tab.wait_for("!!document.querySelector('.tile-hero')", SOON)
            .await?;
        let press = format!(
            "(document.activeElement || document.body).dispatchEvent(\
             new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }}))"
        );
        tab.evaluate(&press).await?;
        tab.wait_for(&format!("!!document.querySelector('{shown}')"), SOON)
            .await?;
        keep_picture(tab, &format!("{name}-{code}-{}", engine.name)).await?;
        let cut = tab.evaluate(CUT_AT_A_DESK).await?;
        ensure!(cut == "", "{name} in {code}: {cut}");
    }
    Ok(())
}

/// A picture to be looked at, where somebody asked for it.
pub(crate) async fn keep_picture(tab: &mut Tab, name: &str) -> Result<()> {
    if let Some(folder) = std::env::var_os("QUEUEWALL_PICTURES") {
        let file = std::path::Path::new(&folder).join(format!("{}.png", name.replace(' ', "-")));
        std::fs::write(file, tab.screenshot().await?)?;
    }
    Ok(())
}

/// A zone in which it is before ten for an hour at least, without summer time: engines
/// differ in how they write one digit. Chromium 66 does not know `Etc/GMT+9` and its like.
fn zone_before_ten() -> Result<&'static str> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(match since_1970.as_secs() / 3600 % 24 {
        0..=8 => "Africa/Abidjan",
        9..=17 => "Pacific/Gambier",
        _ => "Asia/Dhaka",
    })
}

/// Every language in `engine`, on a full HD screen full of tiles, and at a desk.
async fn speaks_all(engine: &Engine) -> Result<()> {
    let options = Options {
        speed: 0.0,
        rate_limit_per_minute: None,
        ..Options::default()
    };
    let mut wall = Wall::start(options, Duration::from_secs(5), &[]).await?;
    wall.move_to(zone_before_ten()?).await?;
    // Calm, so that the counts of agents show, and as wide as on a busy day.
    for (nth, queue) in wall.tenant().queue_ids().iter().enumerate() {
        let wide = QueueOverride {
            waiting: Field::Value(if nth == 0 { 1_234 } else { 0 }),
            average_wait_ms: Field::Value(if nth == 0 { 59_000 } else { 48_000 }),
            logged_on: Field::Value(46),
            available: Field::Value(8),
            busy: Field::Value(38),
            service_level: Field::Value(100.0),
            ..QueueOverride::default()
        };
        wall.tenant().set(queue, wide);
    }
    let browser = Browser::start(engine).await?;
    let mut tab = browser.tab().await?;
    for language in LANGUAGES {
        speaks(&mut tab, &wall, language).await?;
        keep_picture(&mut tab, &format!("{}-{}", language.0, engine.name)).await?;
    }
    tells_agents_off_calls(&mut tab, engine).await?;
    tab.resize(1366, 768).await?;
    for (code, ..) in LANGUAGES {
        fits_a_desk(&mut tab, &wall, engine, code).await?;
    }
    Ok(())
}

/// The board's language, the first word of a tile, and how many tiles there are.
const SPOKEN: &str = "document.documentElement.lang + '|' + \
    document.querySelector('dt').textContent + '|' + document.querySelectorAll('.tile').length";

/// A board that says German, then French, while languages cannot be fetched, and after that.
async fn goes_on_until_its_language_comes(engine: &Engine) -> Result<()> {
    let browser = Browser::start(engine).await?;
    let mut tab = browser.tab().await?;
    let mut board = scene::board(Mood::Calm, 6, None);
    board.board.display.language = Some("de".into());
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    tab.block(&["*.words"]).await?;
    tab.open(&stage.url("/board/main")).await?;
    tab.wait_for("document.querySelectorAll('.tile-hero').length === 6", SOON)
        .await?;
    stage.polled(stage.polls().0 + 2).await?;
    let spoken = tab.evaluate(SPOKEN).await?;
    ensure!(spoken == "en|Wait|6", "{}: {spoken}", engine.name);

    tab.block(&[]).await?;
    tab.wait_for(&format!("{SPOKEN} === 'de|Warten|6'"), SOON)
        .await?;
    board.board.display.language = Some("fr".into());
    stage.set(&board)?;
    tab.wait_for(&format!("{SPOKEN} === 'fr|Attente|6'"), SOON)
        .await
}

#[tokio::test]
async fn wall_shows_numbers_in_english_until_its_language_comes() -> Result<()> {
    in_each(Engine::all()?, async |engine| {
        goes_on_until_its_language_comes(&engine).await
    })
    .await
}

#[tokio::test]
async fn every_language_fits_its_tiles() -> Result<()> {
    let _core = crate::busy().await;
    speaks_all(&Engine::today()?).await
}

#[tokio::test]
async fn every_language_fits_its_tiles_in_every_other_engine() -> Result<()> {
    let _core = crate::busy().await;
    in_each(Engine::others(), async |engine| speaks_all(&engine).await).await
}
