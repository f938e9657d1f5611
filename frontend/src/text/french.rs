//! French. The spaces before `:` and `%` and inside « » do not break.

use queuewall_shared::language::Language;
use queuewall_shared::phrase::{phrase, word};

use super::access;
use super::desk::french::DESK;
use super::words::{Causes, Words};

pub(super) const WORDS: Words = Words {
    language: Language::French,
    locale: "fr-FR",

    stopped: phrase(
        "Queuewall s’est arrêté et n’affiche plus rien, pour qu’aucun ancien chiffre ne passe \
         pour actuel. Il redémarre de lui-même.",
    ),
    no_wake_lock: phrase(
        "Cet écran peut se mettre en veille\u{a0}: ce navigateur ne peut pas l’en empêcher.",
    ),
    wake_lock_needs_https: phrase(
        "Cet écran peut se mettre en veille\u{a0}: il faut HTTPS pour l’en empêcher.",
    ),
    wake_lock_refused: phrase(
        "Cet écran peut se mettre en veille\u{a0}: le navigateur refuse de l’en empêcher.",
    ),
    kept_awake: phrase("L’écran reste allumé."),
    sound_on: phrase("Son activé"),
    sound_off: phrase("Son coupé"),
    restarted: phrase("Redémarré après une erreur\u{a0}: {0}×, la dernière\u{a0}: {1}"),
    sound_blocked: phrase("Son coupé – appuyez sur OK"),
    no_such_zone: phrase("Pas d’horloge\u{a0}: ce navigateur ne peut pas afficher l’heure de {0}"),
    reading: phrase("Lecture des files…"),
    no_page: phrase("Il n’y a pas de page à cette adresse."),
    all_boards: phrase("Tous les tableaux"),
    boards: phrase("Tableaux"),
    wall: word("Mur"),
    desk_word: word("Poste"),
    opening_desk: phrase("Ouverture du poste …"),
    no_boards: phrase("Aucun tableau n’est configuré sur ce serveur."),
    no_queues: phrase("Ce tableau n’a pas de file d’attente."),
    no_board: phrase("Ce serveur n’a pas de tableau «\u{a0}{0}\u{a0}»."),

    waiting: word("en attente"),
    longest: word("max."),
    average: word("moy."),
    counted: phrase("{0} files sur {1}"),
    counted_of_one: phrase("{0} file sur {1}"),
    live: word("En direct"),
    resuming: word("Actualisation"),
    no_connection: word("Pas de connexion"),
    read_every: phrase("chaque file est lue toutes les\u{a0}{0}"),

    tile_wait: word("Attente"),
    tile_longest_wait: word("Max."),
    tile_service: word("Service"),
    percent: word("\u{a0}%"),
    free: word("dispo"),
    busy: word("occ."),
    logged_on: word("log."),
    after_call: word("post-app."),
    away: word("pause"),
    closed: word("Fermée"),

    seconds: phrase("{0}\u{a0}s"),
    minutes: phrase("{0}\u{a0}min"),
    hours: phrase("{0}\u{a0}h"),
    days: phrase("{0}\u{a0}j"),
    hours_and_minutes: phrase("{0}\u{a0}h\u{a0}{1}"),
    wait_days: phrase("{0}\u{a0}j"),
    thousands: phrase("{0}k"),
    millions: phrase("{0}M"),
    ago: phrase("il y a {0}"),
    old: phrase("{0} de retard"),
    too_old: word("de retard"),
    since: phrase("depuis {0}"),
    lasting: phrase("depuis\u{a0}{0}"),

    warning: word("Alerte"),
    critical: word("Critique"),
    colon: "\u{a0}: ",
    many_waiting: phrase("{0} ou plus en attente"),
    wait_over: phrase("attente >\u{a0}{0}"),
    longest_over: phrase("attente max. >\u{a0}{0}"),
    service_under: phrase("service sous {0}\u{a0}%"),
    nobody_free: phrase("aucun agent libre"),
    held: phrase("depuis\u{a0}{0}"),
    few_free: phrase("pas plus de {0} dispo"),

    is_fresh: phrase("à jour"),
    is_ageing: phrase("un peu en retard"),
    is_stale: phrase("obsolète, non fiable"),
    is_closed: phrase("fermée"),
    is_unknown: phrase("inconnue"),
    is_not_found: phrase("introuvable"),
    is_forbidden: phrase("pas d’autorisation"),
    rising: phrase("en hausse"),
    falling: phrase("en baisse"),
    in_after_call_work: phrase("{0} en travail post-appel"),
    unavailable: phrase("{0} indisponibles"),

    nothing_newer: phrase("Pas de données plus récentes"),
    nobody_logged_on: phrase("Personne n’est connecté"),
    nothing_yet: phrase("Pas encore de données"),
    queue_forbidden: phrase("Pas d’autorisation pour lire cette file"),
    causes: Causes {
        sign_in_rejected: phrase("CXone refuse notre authentification"),
        forbidden: phrase("Pas d’autorisation pour lire les files dans CXone"),
        not_found: phrase("Cette file n’existe pas dans CXone"),
        none_found: phrase(
            "CXone ne connaît aucune de ces files\u{a0}: vérifiez leurs identifiants et le locataire",
        ),
        nothing_visible: phrase("Connectés, mais il n’y a aucune file à afficher"),
        left_out: phrase("CXone a omis cette file dans sa réponse"),
        list_incomplete: phrase("CXone liste moins de files qu’il n’en a"),
        all_left_out: phrase("CXone a omis ces files dans sa réponse"),
        stood_still: phrase("CXone répond, mais ses chiffres n’avancent plus"),
        rate_limited: phrase("La limite de requêtes de CXone est atteinte"),
        upstream_trouble: phrase("CXone rencontre un problème"),
        no_connection: phrase("Pas de connexion à CXone"),
        timed_out: phrase("CXone ne répond pas à temps"),
        unreadable: phrase("La réponse de CXone est illisible"),
        no_answer: phrase("Pas de réponse de CXone"),
        first_answer: phrase("En attente de la première réponse de CXone"),
    },

    some_unread: phrase("Certaines files ne peuvent pas être lues dans CXone pour le moment."),
    none_read: phrase("Le serveur Queuewall ne peut pas lire dans CXone."),
    lost: phrase("Pas de connexion au serveur Queuewall {0}\u{a0}: {1}."),
    since_opened: phrase("depuis l’ouverture de cette page"),
    unreachable: phrase("il est injoignable"),
    timed_out: phrase("il ne répond pas à temps"),
    bad_status: phrase("il répond avec le statut {0}"),
    foreign_answer: phrase("un proxy ou une page de connexion répond ({0})"),
    unreadable: phrase("sa réponse est illisible"),
    trying: phrase("Nouvel essai en cours…"),
    next_try: phrase("Prochain essai dans {0}\u{a0}s"),

    page_of: phrase("Page {0} sur {1}"),
    paused: phrase("En pause"),
    too_small: phrase("Écran trop petit pour cette distance"),
    no_room_for_agents: phrase("Pas de place pour les agents"),
    no_room_for_service: phrase("Pas de place pour les agents et le niveau de service"),
    no_room_for_wait: phrase("Pas de place pour les agents, le niveau de service et l’attente"),

    no_setting: phrase(
        "«\u{a0}{0}\u{a0}» dans cette adresse n’est pas un réglage. Les réglages sont {1}.",
    ),
    repeated: phrase(
        "«\u{a0}{0}\u{a0}» figure plusieurs fois dans cette adresse\u{a0}: seule la première fois compte.",
    ),
    not_one_of: phrase(
        "«\u{a0}{0}\u{a0}» dans cette adresse n’est pas valable. Les valeurs possibles sont {1}.",
    ),
    not_within: phrase("«\u{a0}{0}\u{a0}» dans cette adresse n’est pas un nombre de {1} à {2}."),
    not_within_nor_off: phrase(
        "«\u{a0}{0}\u{a0}» dans cette adresse n’est ni un nombre de {1} à {2} ni off.",
    ),
    not_a_name: phrase("«\u{a0}{0}\u{a0}» dans cette adresse est vide ou dépasse {1} caractères."),

    desk: DESK,
    access: access::FRENCH,
};
