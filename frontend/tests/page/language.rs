//! Which language the wall speaks, and that all of it does.

use leptos::prelude::document;
use queuewall_frontend::{language, settings, text};
use queuewall_shared::cause::Cause;
use queuewall_shared::language::Language;
use queuewall_shared::level::{Direction, Level, Metric, Reason};
use queuewall_shared::snapshot::{BoardSnapshot, Queue, QueueState, UpstreamState};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Shown, at, good_link, queue, settle, silent, snapshot, taken, watch};

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    fn prefer(tags: &str);
    fn prefer_as_it_was();
}

/// A queue that is in trouble for four minutes at second 0.
fn red(metric: Metric, limit: f64) -> Queue {
    Queue {
        level: Level::Critical,
        level_since_ms: Some(360_000),
        reasons: vec![Reason {
            metric,
            direction: Direction::Above,
            limit,
            value: None,
            since_ms: None,
            since_at_least: false,
            held: false,
        }],
        ..queue("a")
    }
}

fn many() -> Queue {
    Queue {
        waiting: Some(12_345),
        ..red(Metric::ServiceLevel, 82.5)
    }
}

async fn show(shown: &Shown, snapshot: BoardSnapshot, now: u64) {
    shown.board.take(snapshot);
    shown.answer_times(0, 0);
    shown.board.advance(at(now).monotonic, &good_link());
    settle().await;
}

fn speaks(shown: &Shown, code: &str) {
    let html = document().document_element().expect("a root");
    assert_eq!(html.get_attribute("lang").as_deref(), Some(code));
    let (closed, wait) = match code {
        "de" => ("Geschlossen", "Warten"),
        "es" => ("Cerrada", "Espera"),
        "fr" => ("Fermée", "Attente"),
        "pt" => ("Fechada", "Espera"),
        _ => ("Closed", "Wait"),
    };
    assert_eq!(shown.text(".tile-closed"), closed);
    assert_eq!(shown.text("dt"), wait);
}

#[wasm_bindgen_test]
async fn a_link_decides_every_word_and_number_of_the_wall() {
    for (query, expected) in [
        (
            "?lang=en",
            "12k|12k waiting|Wait|Service|83%|free|busy|on|\
             Critical: service <\u{a0}82.5%4\u{a0}min ·\u{a0}3\u{a0}of\u{a0}12\u{a0}free|0\u{a0}s ago||Queue a: Critical",
        ),
        (
            "?lang=de",
            "12k|12k wartend|Warten|Service|83\u{a0}%|frei|belegt|an|\
             Kritisch: Service <\u{a0}82,5\u{a0}%4\u{a0}min ·\u{a0}3\u{a0}von\u{a0}12\u{a0}frei|vor 0\u{a0}s||Queue a: Kritisch",
        ),
        (
            "?lang=es",
            "12k|12k en espera|Espera|Serv.|83\u{a0}%|lib.|ocup.|log.|\
             Crítico: servicio <\u{a0}82,5\u{a0}%4\u{a0}min ·\u{a0}3\u{a0}de\u{a0}12\u{a0}libres|hace 0\u{a0}s||Queue a: Crítico",
        ),
        (
            "?lang=fr",
            "12k|12k en attente|Attente|Service|83\u{a0}%|dispo|occ.|log.|\
             Critique\u{a0}: service <\u{a0}82,5\u{a0}%4\u{a0}min ·\u{a0}3\u{a0}dispo\u{a0}sur\u{a0}12|il y a 0\u{a0}s||Queue a\u{a0}: Critique",
        ),
        (
            "?lang=pt",
            "12k|12k em espera|Espera|Serviço|83%|liv.|ocup.|log.|\
             Crítico: serviço <\u{a0}82,5%4\u{a0}min ·\u{a0}3\u{a0}de\u{a0}12\u{a0}livres|há 0\u{a0}s||Queue a: Crítico",
        ),
    ] {
        let shown = Shown::opened(query);
        let mut answer = snapshot(vec![many()]);
        answer.board.display.language = Some("es".into());
        show(&shown, answer, 0).await;
        let word = |nth: &str| {
            let text = shown.text(&format!(".tile-counts span:nth-child({nth})"));
            text.split(' ').next_back().unwrap_or_default().to_owned()
        };
        let label = shown.find(".tile").get_attribute("aria-label");
        let seen = [
            shown.metric("a", "waiting"),
            shown.text(".header-total"),
            shown.text("dt"),
            shown.text(".tile-row + .tile-row dt"),
            shown.metric("a", "service_level"),
            word("1"),
            word("2"),
            word("3"),
            shown.text(".tile-reason"),
            shown.text(".header-freshness"),
            shown.text(".header-unread"),
            label.unwrap_or_default(),
        ];
        assert_eq!(seen.join("|"), expected, "{query}");
        assert_eq!(shown.text(".header-clock"), "11:00", "{query}");
        speaks(&shown, &query[6..]);
    }
}

#[wasm_bindgen_test]
async fn board_language_applies_without_link_and_may_change() {
    let shown = Shown::opened("?theme=light");
    settle().await;
    // Before the first answer only the browser is known, and that one speaks English.
    assert_eq!(shown.text(".message h1"), "Reading the queues …");
    for code in ["de", "es", "fr", "pt", "en"] {
        let mut answer = snapshot(vec![red(Metric::AverageWait, 120_000.0)]);
        answer.board.display.language = Some(code.into());
        show(&shown, answer.clone(), 1).await;
        speaks(&shown, code);

        // And nothing moves while it stays so.
        let watching = watch(&shown.host);
        show(&shown, answer, 6).await;
        assert_eq!(taken(&watching), "", "{code}");
    }
    // A language that this page does not have, and none at all.
    for other in [Some("nl".to_owned()), None] {
        let mut answer = snapshot(vec![queue("a")]);
        answer.board.display.language = other;
        show(&shown, answer, 1).await;
        speaks(&shown, "en");
    }
}

#[wasm_bindgen_test]
async fn without_either_the_browser_decides() {
    for (tags, code) in [
        ("nl-NL,pt-PT,de", "pt"),
        ("fr-CH,en", "fr"),
        ("nl-NL", "en"),
    ] {
        prefer(tags);
        let shown = Shown::opened("");
        settle().await;
        prefer_as_it_was();
        if code == "fr" {
            assert_eq!(shown.text(".message h1"), "Lecture des files…");
        }
        let html = document().document_element().expect("a root");
        assert_eq!(html.get_attribute("lang").as_deref(), Some(code), "{tags}");
    }
}

#[wasm_bindgen_test]
async fn cause_is_translated_and_unknown_cause_shown_as_sent() {
    let shown = Shown::opened("?lang=de");
    let mut answer = snapshot(vec![silent("a", QueueState::Unknown)]);
    answer.queues[0].cause = Some("CXone left this queue out of its answer".into());
    answer.queues[0].cause_code = Some(Cause::LeftOut);
    answer.upstream.state = UpstreamState::Degraded;
    answer.upstream.cause = Some("CXone's rate limit is reached".into());
    answer.upstream.cause_code = Some(Cause::RateLimited);
    show(&shown, answer.clone(), 0).await;
    assert_eq!(
        shown.text(".tile-cause"),
        "CXone hat diese Warteschlange in der Antwort ausgelassen"
    );
    assert_eq!(
        shown.text(".foot-notice"),
        "Das Abfragelimit von CXone ist erreicht"
    );
    answer.queues[0].cause_code = None;
    show(&shown, answer, 0).await;
    assert_eq!(
        shown.text(".tile-cause"),
        "CXone left this queue out of its answer"
    );
}

#[wasm_bindgen_test]
async fn a_setting_that_cannot_be_followed_is_explained() {
    let asked = settings::read("?metres=abc&metre=5&rotate=1&sound=loud&lang=de&lang=fr&screen=");
    let said = |code| {
        language::speak(Language::of_code(code).expect("a language"));
        let said: Vec<_> = asked.problems.iter().map(text::problem).collect();
        said.join("\n")
    };
    assert_eq!(
        said("en"),
        "metres: 0.3 to 30.\n\
         metre: no such setting. Settings: screen, view, theme, lang, metres, inches, rotate, sort, \
         sound, queues.\n\
         rotate: 5 to 600, or off.\n\
         sound: on, off.\n\
         lang is there more than once: the first counts.\n\
         screen: 1 to 40 characters."
    );
    let german = said("de");
    assert!(german.starts_with("metres: 0,3 bis 30."), "{german}");
    let french = said("fr");
    assert!(
        french.contains("rotate\u{a0}: de 5 à 600, ou off."),
        "{french}"
    );
    language::speak(Language::English);

    let long = settings::read(&format!("?{}=1", "ä".repeat(1_000)));
    let said = text::problem(&long.problems[0]);
    let cut = format!("{}…: no such setting", "ä".repeat(40));
    assert!(said.starts_with(&cut), "{said}");
}
