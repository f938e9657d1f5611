//! French.

use queuewall_shared::phrase::{phrase, word};

use super::words::{Choices, Commands, Desk, Names};

pub(in crate::text) const DESK: Desk = Desk {
    search: word("Recherche"),
    shown_of: phrase("Affichage\u{a0}: {0} sur {1}"),
    help: word("Touches"),
    space_bar: word("Espace"),
    back_key: word("Échap"),
    commands: Commands {
        next_page: phrase("Page suivante"),
        previous_page: phrase("Page précédente"),
        toggle_pause: phrase("Arrêter ou reprendre le défilement des pages"),
        full_screen: phrase("Activer ou quitter le plein écran"),
        toggle_sound: phrase("Activer ou couper le son"),
        help: phrase("Ces touches"),
        search: phrase("Rechercher une file"),
    },
    remote_keys: phrase(
        "Sur une télécommande\u{a0}: OK ouvre les réglages\u{a0}; rouge pour le son, vert \
         pour les réglages, jaune pour le plein écran, bleu pour les touches.",
    ),
    settings: word("Réglages"),
    close: word("Fermer"),
    names: Names {
        screen: word("Nom de l’écran"),
        view: word("Affichage pour"),
        theme: word("Thème"),
        language: word("Langue"),
        metres: word("Distance en mètres"),
        inches: word("Diagonale en pouces"),
        rotate: word("Secondes par page"),
        sort: word("Ordre"),
        sound: word("Son"),
        queues: word("Files"),
    },
    choices: Choices {
        dark: word("Sombre"),
        light: word("Clair"),
        contrast: word("Contraste élevé"),
        by_board: word("Selon le tableau"),
        worst_first: word("Urgentes d’abord"),
        on: word("Activé"),
        off: word("Coupé"),
    },
    left_open: word("Par défaut"),
    left_open_to: phrase("Par défaut ({0})"),
    never: word("jamais"),
    all_queues: word("Toutes"),
    address: phrase("Adresse pour ces réglages"),
    open: word("Ouvrir"),
    copy: word("Copier"),
    copied: word("Copiée"),
    not_in_address: phrase("Ce qui n’est pas valable ne figure pas dans l’adresse."),
};
