//! German.

use queuewall_shared::language::Language;
use queuewall_shared::phrase::{phrase, word};

use super::access;
use super::desk::german::DESK;
use super::words::{Causes, Words};

pub(super) const WORDS: Words = Words {
    language: Language::German,
    locale: "de-DE",

    stopped: phrase(
        "Queuewall wurde angehalten und zeigt nichts mehr an, damit keine alte Zahl für eine \
         aktuelle gehalten wird. Es startet von selbst neu.",
    ),
    no_wake_lock: phrase(
        "Dieser Bildschirm kann in den Ruhezustand gehen: Der Browser kann ihn nicht wach halten.",
    ),
    wake_lock_needs_https: phrase(
        "Dieser Bildschirm kann in den Ruhezustand gehen: Wach bleibt er nur über HTTPS.",
    ),
    wake_lock_refused: phrase(
        "Dieser Bildschirm kann in den Ruhezustand gehen: Der Browser weigert sich, ihn wach zu halten.",
    ),
    kept_awake: phrase("Der Bildschirm wird wach gehalten."),
    sound_on: phrase("Ton an"),
    sound_off: phrase("Ton aus"),
    restarted: phrase("Nach einem Fehler neu gestartet: {0}×, zuletzt: {1}"),
    sound_blocked: phrase("Ton aus – OK drücken"),
    no_such_zone: phrase("Keine Uhr: Dieser Browser kann die Zeit von {0} nicht zeigen"),
    reading: phrase("Warteschlangen werden gelesen …"),
    no_page: phrase("Unter dieser Adresse gibt es keine Seite."),
    all_boards: phrase("Alle Boards"),
    boards: phrase("Boards"),
    no_boards: phrase("Auf diesem Server ist kein Board eingerichtet."),
    no_queues: phrase("Dieses Board hat keine Warteschlangen."),
    no_board: phrase("Auf diesem Server gibt es kein Board „{0}“."),

    waiting: word("wartend"),
    longest: word("längste"),
    average: word("im Schnitt"),
    counted: phrase("{0} von {1} Warteschlangen"),
    counted_of_one: phrase("{0} von {1} Warteschlange"),
    live: word("Live"),
    resuming: word("Wird aktualisiert"),
    no_connection: word("Keine Verbindung"),
    read_every: phrase("jede Warteschlange wird alle\u{a0}{0} gelesen"),

    tile_wait: word("Warten"),
    tile_longest_wait: word("Längste"),
    tile_service: word("Service"),
    percent: word("\u{a0}%"),
    free: word("frei"),
    busy: word("belegt"),
    logged_on: word("an"),
    after_call: word("Nacharb."),
    away: word("Pause"),
    closed: word("Geschlossen"),

    seconds: phrase("{0}\u{a0}s"),
    minutes: phrase("{0}\u{a0}min"),
    hours: phrase("{0}\u{a0}h"),
    days: phrase("{0}\u{a0}Tg."),
    hours_and_minutes: phrase("{0}\u{a0}h\u{a0}{1}"),
    wait_days: phrase("{0}\u{a0}d"),
    thousands: phrase("{0}k"),
    millions: phrase("{0}M"),
    ago: phrase("vor {0}"),
    old: phrase("{0} alt"),
    too_old: word("alt"),
    since: phrase("seit {0}"),
    lasting: phrase("seit\u{a0}{0}"),

    warning: word("Warnung"),
    critical: word("Kritisch"),
    colon: ": ",
    many_waiting: phrase("{0} oder mehr wartend"),
    wait_over: phrase("Wartezeit >\u{a0}{0}"),
    longest_over: phrase("max. Wartezeit >\u{a0}{0}"),
    service_under: phrase("Servicelevel <\u{a0}{0}\u{a0}%"),
    nobody_free: phrase("niemand frei"),
    held: phrase("seit\u{a0}{0}"),
    few_free: phrase("höchstens {0} frei"),

    is_fresh: phrase("aktuell"),
    is_ageing: phrase("etwas älter"),
    is_stale: phrase("veraltet, nicht verlässlich"),
    is_closed: phrase("geschlossen"),
    is_unknown: phrase("unbekannt"),
    is_not_found: phrase("nicht gefunden"),
    is_forbidden: phrase("keine Berechtigung"),
    rising: phrase("steigend"),
    falling: phrase("fallend"),
    in_after_call_work: phrase("{0} in Nachbearbeitung"),
    unavailable: phrase("{0} nicht verfügbar"),

    nothing_newer: phrase("Keine neueren Werte"),
    nobody_logged_on: phrase("Niemand angemeldet"),
    nothing_yet: phrase("Noch keine Werte"),
    queue_forbidden: phrase("Keine Berechtigung für diese Warteschlange"),
    causes: Causes {
        sign_in_rejected: phrase("CXone lehnt unsere Anmeldung ab"),
        forbidden: phrase("Keine Berechtigung, Warteschlangen in CXone zu lesen"),
        not_found: phrase("Diese Warteschlange gibt es in CXone nicht"),
        none_found: phrase(
            "CXone kennt keine dieser Warteschlangen: ihre IDs und den Mandanten prüfen",
        ),
        nothing_visible: phrase("Angemeldet, aber es gibt keine Warteschlange zu zeigen"),
        left_out: phrase("CXone hat diese Warteschlange in der Antwort ausgelassen"),
        list_incomplete: phrase("CXone listet weniger Warteschlangen auf, als es hat"),
        all_left_out: phrase("CXone hat diese Warteschlangen in der Antwort ausgelassen"),
        stood_still: phrase("CXone antwortet, aber die Zahlen stehen still"),
        rate_limited: phrase("Das Abfragelimit von CXone ist erreicht"),
        upstream_trouble: phrase("CXone ist gestört"),
        no_connection: phrase("Keine Verbindung zu CXone"),
        timed_out: phrase("CXone antwortet nicht rechtzeitig"),
        unreadable: phrase("Die Antwort von CXone ist nicht lesbar"),
        no_answer: phrase("Keine Antwort von CXone"),
        first_answer: phrase("Warten auf die erste Antwort von CXone"),
    },

    some_unread: phrase("Einige Warteschlangen können derzeit nicht aus CXone gelesen werden."),
    none_read: phrase("Der Queuewall-Server kann nicht aus CXone lesen."),
    lost: phrase("Keine Verbindung zum Queuewall-Server {0}: {1}."),
    since_opened: phrase("seit dem Öffnen dieser Seite"),
    unreachable: phrase("Er ist nicht erreichbar"),
    timed_out: phrase("Er antwortet nicht rechtzeitig"),
    bad_status: phrase("Er antwortet mit Status {0}"),
    foreign_answer: phrase("Ein Proxy oder eine Anmeldeseite antwortet ({0})"),
    unreadable: phrase("Seine Antwort ist nicht lesbar"),
    trying: phrase("Neuer Versuch läuft …"),
    next_try: phrase("Nächster Versuch in {0}\u{a0}s"),

    page_of: phrase("Seite {0} von {1}"),
    paused: phrase("Angehalten"),
    too_small: phrase("Bildschirm zu klein für diesen Abstand"),
    no_room_for_agents: phrase("Kein Platz für Agenten"),
    no_room_for_service: phrase("Kein Platz für Agenten und Servicelevel"),
    no_room_for_wait: phrase("Kein Platz für Agenten, Servicelevel und Wartezeit"),

    no_setting: phrase("„{0}“ in dieser Adresse ist keine Einstellung. Möglich sind {1}."),
    repeated: phrase("„{0}“ steht in dieser Adresse mehrmals: Das erste gilt."),
    not_one_of: phrase("„{0}“ in dieser Adresse ist nicht gültig. Möglich sind {1}."),
    not_within: phrase("„{0}“ in dieser Adresse ist keine Zahl von {1} bis {2}."),
    not_within_nor_off: phrase(
        "„{0}“ in dieser Adresse ist weder eine Zahl von {1} bis {2} noch off.",
    ),
    not_a_name: phrase("„{0}“ in dieser Adresse ist leer oder länger als {1} Zeichen."),

    desk: DESK,
    access: access::GERMAN,
};
