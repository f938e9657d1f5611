//! What a desk, the list of keys and the settings say, in every language.

use std::collections::BTreeSet;

use leptos::prelude::document;
use queuewall_frontend::board::{Summary, Total};
use queuewall_frontend::keys::Command;
use queuewall_frontend::{language, text};
use queuewall_shared::language::Language;
use queuewall_shared::level::Level;
use queuewall_shared::settings::Settings;
use queuewall_shared::snapshot::Metric;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::desk::{at_level, press};
use crate::support::{Shown, settle};

const COMMANDS: [Command; 11] = [
    Command::NextPage,
    Command::PreviousPage,
    Command::TogglePause,
    Command::FullScreen,
    Command::ToggleSound,
    Command::Settings,
    Command::Help,
    Command::Search,
    Command::Table,
    Command::Agents,
    Command::Close,
];

/// What can be chosen in words, but for the languages, which are called the same in all.
const CHOICES: [(&str, &str); 9] = [
    ("view", "wall"),
    ("view", "tab"),
    ("theme", "dark"),
    ("theme", "light"),
    ("theme", "contrast"),
    ("sort", "board"),
    ("sort", "worst"),
    ("sound", "on"),
    ("sound", "off"),
];

/// Everything that differs from language to language.
fn said() -> Vec<String> {
    let words = [
        text::no_such_queues(),
        text::nothing_found(),
        text::search(),
        text::help(),
        text::no_data(),
        text::space_bar(),
        text::remote_keys(),
        text::never(),
        text::all_queues(),
        text::address(),
        text::open(),
        text::copy(),
        text::copied(),
        text::not_in_address(),
        text::kept_awake(),
    ];
    let names = Settings::NAMES.map(text::setting);
    let choices = CHOICES.map(|(name, word)| text::choice(name, word));
    let all = words.into_iter().chain(COMMANDS.map(text::command));
    let all = all.chain(names).chain(choices).map(str::to_owned);
    all.chain([
        text::missing_queues(&["1".into()]),
        text::shown_of(2, 5),
        text::agents_logged_on(7),
        text::left_open(""),
        text::left_open("!"),
        text::restarted(2, "!"),
    ])
    .collect()
}

#[wasm_bindgen_test]
fn desk_texts_exist_and_differ_in_every_language() {
    language::speak(Language::English);
    let english = said();
    for language in Language::ALL.into_iter().rev() {
        language::speak(language);
        let said = said();
        let different: BTreeSet<_> = said.iter().collect();
        assert_eq!(different.len(), said.len(), "{language:?}: {said:#?}");
        for (sentence, original) in said.iter().zip(&english) {
            assert!(!sentence.trim().is_empty(), "{language:?}: {original}");
            assert!(!sentence.contains(['{', '}']), "{language:?}: {sentence}");
            let is_english = language == Language::English;
            assert_eq!(sentence == original, is_english, "{language:?}: {sentence}");
        }
        // Each language is listed under its own name.
        let own = Language::ALL.map(|it| text::choice("lang", it.code()));
        assert_eq!(own.join(" "), "English Deutsch Español Français Português");
    }
}

#[wasm_bindgen_test]
fn missing_queue_that_may_be_a_token_is_not_named() {
    language::speak(Language::English);
    let token = "Zm9v_YmFy-bXl0b2tlbjEy";
    let uuid = "11e8f5b1-7a3c-4d20-9b64-0242ac110002";
    let said = text::missing_queues(&[token.into(), "4711".into(), uuid.into()]);
    assert!(
        said.ends_with(&["Zm9v…, 4711, ", uuid, "."].concat()),
        "{said}"
    );
}

#[wasm_bindgen_test]
fn the_tabs_title_counts_as_the_language_does() {
    let mut said = Vec::new();
    for language in Language::ALL.into_iter().rev() {
        language::speak(language);
        let title = |critical, warning, waiting, is_partial| {
            let total = Total {
                metric: Metric::Waiting,
                value: waiting,
                is_at_least: is_partial,
            };
            let summary = Summary {
                critical,
                warning,
                totals: [Some(total), None],
                ..Summary::default()
            };
            text::tab_title(&summary, "B")
        };
        said.push(
            [
                title(1, 5, Some(1.0), false),
                title(2, 0, Some(12_345.0), true),
                title(0, 1, None, true),
                title(0, 3, Some(0.0), false),
                title(0, 0, Some(4.0), false),
                text::shown_of(12_345, 23_456),
            ]
            .join(" | "),
        );
    }
    assert_eq!(
        said,
        [
            "● 1 crítica · 1 em espera – B | ● 2 críticas · 12k+ em espera – B | \
             ▲ 1 alerta · – em espera – B | ▲ 3 alertas · 0 em espera – B | \
             4 em espera – B | Visíveis: 12.345 de 23.456",
            "● 1 critique · 1 en attente – B | \
             ● 2 critiques · 12k+ en attente – B | \
             ▲ 1 alerte · – en attente – B | ▲ 3 alertes · 0 en attente – B | \
             4 en attente – B | Affichage\u{a0}: 12\u{202f}345 sur 23\u{202f}456",
            "● 1 crítica · 1 en espera – B | ● 2 críticas · 12k+ en espera – B | \
             ▲ 1 aviso · – en espera – B | ▲ 3 avisos · 0 en espera – B | \
             4 en espera – B | Mostrando 12.345 de 23.456",
            "● 1 kritisch · 1 wartend – B | ● 2 kritisch · 12k+ wartend – B | \
             ▲ 1 Warnung · – wartend – B | ▲ 3 Warnungen · 0 wartend – B | \
             4 wartend – B | 12.345 von 23.456 angezeigt",
            "● 1 critical · 1 waiting – B | ● 2 critical · 12k+ waiting – B | \
             ▲ 1 warning · – waiting – B | ▲ 3 warnings · 0 waiting – B | \
             4 waiting – B | 12,345 of 23,456 shown",
        ]
    );
}

#[wasm_bindgen_test]
async fn a_board_that_speaks_spanish_has_a_spanish_title() {
    let queues = || {
        vec![
            at_level("a", Level::Critical, 1_200),
            at_level("b", Level::Critical, 34),
        ]
    };
    let shown = Shown::asked("?lang=es", queues(), 0, 0).await;
    let title = document().title();
    assert_eq!(title, "● 2 críticas · 1,2k en espera – Customer Care");
    drop(shown);
    let shown = Shown::asked("?lang=es", queues(), 200, 0).await;
    assert_eq!(document().title(), "? Sin datos actuales – Customer Care");
    drop(shown);
}

/// All that is written within an element: texts, labels that are heard, and what stands
/// in empty lines.
fn written(shown: &Shown, within: &str) -> BTreeSet<String> {
    let found = shown
        .host
        .query_selector_all(&format!("{within}, {within} *"));
    let found = found.expect("the selector is well formed");
    let mut written = BTreeSet::new();
    for place in 0..found.length() {
        let node = found.get(place).expect("it is there");
        let children = node.child_nodes();
        for child in (0..children.length()).filter_map(|place| children.get(place)) {
            if child.node_type() == web_sys::Node::TEXT_NODE {
                let text = child.text_content().unwrap_or_default();
                written.extend(text.lines().map(|line| line.trim().to_owned()));
            }
        }
        let element: web_sys::Element = wasm_bindgen::JsCast::unchecked_into(node);
        for name in ["aria-label", "placeholder", "title"] {
            let value = element.get_attribute(name).unwrap_or_default();
            written.insert(value.trim().to_owned());
        }
    }
    written.remove("");
    written
}

/// What keys, settings and toolbar of a screen write.
async fn opened(query: &'static str) -> BTreeSet<String> {
    let shown = Shown::asked(query, vec![at_level("a", Level::Ok, 1)], 0, 0).await;
    let mut all = BTreeSet::new();
    all.extend(written(&shown, ".toolbar"));
    for key in ["?", "s"] {
        press(key, None);
        settle().await;
        let panel = written(&shown, "[role=dialog]");
        assert!(panel.len() > 10, "{key}: {panel:?}");
        all.extend(panel);
        press("Escape", None);
        settle().await;
    }
    all
}

#[wasm_bindgen_test]
async fn keys_settings_and_toolbar_are_translated_completely() {
    // Keys, numbers, the board's own names, what languages call themselves, and a word that
    // contact centres have in three of them.
    let same = [
        "/",
        "?",
        "F",
        "M",
        "S",
        "T",
        "A",
        "→",
        "←",
        "Esc",
        "Queue a",
        "Agents",
        "English",
        "Deutsch",
        "Español",
        "Français",
        "Português",
    ];
    let mut german = BTreeSet::new();
    let original = opened("?view=tab&lang=en").await;
    for other in [
        "?view=tab&lang=de",
        "?view=tab&lang=es",
        "?view=tab&lang=fr",
        "?view=tab&lang=pt",
    ] {
        let said = opened(other).await;
        assert_eq!(said.len(), original.len(), "{other}: {said:#?}");
        let left: Vec<_> = said
            .intersection(&original)
            .filter(|it| !same.contains(&it.as_str()))
            .filter(|it| it.parse::<f64>().is_err())
            .collect();
        assert!(left.is_empty(), "{other}: {left:?}");
        if other.ends_with("de") {
            german = said;
        }
    }
    for sentence in [
        "Leertaste",
        "Seitenwechsel anhalten oder fortsetzen",
        "Einstellungen",
        "Standard (Dunkel)",
        "Standard (Dringende zuerst)",
        "Ton aus",
    ] {
        assert!(german.contains(sentence), "{sentence}: {german:#?}");
    }
}
