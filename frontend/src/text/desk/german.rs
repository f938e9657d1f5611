//! German.

use queuewall_shared::phrase::{phrase, word};

use super::words::{Choices, Commands, Desk, Names};

pub(in crate::text) const DESK: Desk = Desk {
    search: word("Suche"),
    shown_of: phrase("{0} von {1} angezeigt"),
    help: word("Tasten"),
    space_bar: word("Leertaste"),
    back_key: word("Esc"),
    commands: Commands {
        next_page: phrase("Nächste Seite"),
        previous_page: phrase("Vorige Seite"),
        toggle_pause: phrase("Seitenwechsel anhalten oder fortsetzen"),
        full_screen: phrase("Vollbild ein oder aus"),
        toggle_sound: phrase("Ton an oder aus"),
        help: phrase("Diese Tasten"),
        search: phrase("Warteschlange suchen"),
    },
    remote_keys: phrase(
        "Auf der Fernbedienung: OK öffnet die Einstellungen; Rot ist Ton, Grün Einstellungen, \
         Gelb Vollbild, Blau Tasten.",
    ),
    settings: word("Einstellungen"),
    close: word("Schließen"),
    names: Names {
        screen: word("Bildschirmname"),
        view: word("Ausgelegt für"),
        theme: word("Farben"),
        language: word("Sprache"),
        metres: word("Abstand in Metern"),
        inches: word("Diagonale in Zoll"),
        rotate: word("Sekunden je Seite"),
        sort: word("Reihenfolge"),
        sound: word("Ton"),
        queues: word("Warteschlangen"),
    },
    choices: Choices {
        dark: word("Dunkel"),
        light: word("Hell"),
        contrast: word("Hoher Kontrast"),
        by_board: word("Wie im Board"),
        worst_first: word("Dringende zuerst"),
        on: word("An"),
        off: word("Aus"),
    },
    left_open: word("Standard"),
    left_open_to: phrase("Standard ({0})"),
    never: word("nie"),
    all_queues: word("Alle"),
    address: phrase("Adresse für diese Einstellungen"),
    open: word("Öffnen"),
    copy: word("Kopieren"),
    copied: word("Kopiert"),
    not_in_address: phrase("Was nicht gültig ist, fehlt in der Adresse."),
};
