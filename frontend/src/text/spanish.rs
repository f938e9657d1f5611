//! Spanish.

use queuewall_shared::language::Language;
use queuewall_shared::phrase::{phrase, word};

use super::access;
use super::desk::spanish::DESK;
use super::words::{Causes, Words};

pub(super) const WORDS: Words = Words {
    language: Language::Spanish,
    locale: "es-ES",

    stopped: phrase(
        "Queuewall se ha detenido y ya no muestra nada, para que ningún dato antiguo pase por \
         actual. Se reinicia solo.",
    ),
    no_wake_lock: phrase(
        "Esta pantalla puede apagarse: el navegador no puede mantenerla encendida.",
    ),
    wake_lock_needs_https: phrase(
        "Esta pantalla puede apagarse: para mantenerla encendida hace falta HTTPS.",
    ),
    wake_lock_refused: phrase(
        "Esta pantalla puede apagarse: el navegador se niega a mantenerla encendida.",
    ),
    kept_awake: phrase("La pantalla se mantiene encendida."),
    sound_on: phrase("Con sonido"),
    sound_off: phrase("Sin sonido"),
    restarted: phrase("Reiniciado tras un fallo: {0}×, el último: {1}"),
    sound_blocked: phrase("Sin sonido: pulse OK"),
    no_such_zone: phrase("Sin reloj: este navegador no conoce la zona horaria {0}"),
    reading: phrase("Leyendo las colas…"),
    no_page: phrase("No hay ninguna página en esta dirección."),
    all_boards: phrase("Todos los paneles"),
    boards: phrase("Paneles"),
    no_boards: phrase("Este servidor no tiene ningún panel configurado."),
    no_queues: phrase("Este panel no tiene colas."),
    no_board: phrase("Este servidor no tiene ningún panel «{0}»."),

    waiting: word("en espera"),
    longest: word("máx."),
    average: word("media"),
    counted: phrase("{0} de {1} colas"),
    counted_of_one: phrase("{0} de {1} cola"),
    live: word("En directo"),
    resuming: word("Actualizando"),
    no_connection: word("Sin conexión"),
    read_every: phrase("cada cola se lee cada\u{a0}{0}"),

    tile_wait: word("Espera"),
    tile_longest_wait: word("Máx."),
    tile_service: word("Serv."),
    percent: word("\u{a0}%"),
    free: word("lib."),
    busy: word("ocup."),
    logged_on: word("log."),
    after_call: word("cierre"),
    away: word("pausa"),
    closed: word("Cerrada"),

    seconds: phrase("{0}\u{a0}s"),
    minutes: phrase("{0}\u{a0}min"),
    hours: phrase("{0}\u{a0}h"),
    days: phrase("{0}\u{a0}d"),
    hours_and_minutes: phrase("{0}\u{a0}h\u{a0}{1}"),
    wait_days: phrase("{0}\u{a0}d"),
    thousands: phrase("{0}k"),
    millions: phrase("{0}M"),
    ago: phrase("hace {0}"),
    old: phrase("{0} de retraso"),
    too_old: word("de retraso"),
    since: phrase("desde las {0}"),
    lasting: phrase("desde\u{a0}hace\u{a0}{0}"),

    warning: word("Aviso"),
    critical: word("Crítico"),
    colon: ": ",
    many_waiting: phrase("{0} o más en espera"),
    wait_over: phrase("espera >\u{a0}{0}"),
    longest_over: phrase("espera máx. >\u{a0}{0}"),
    service_under: phrase("servicio <\u{a0}{0}\u{a0}%"),
    nobody_free: phrase("nadie libre"),
    held: phrase("hace\u{a0}{0}"),
    few_free: phrase("{0} o menos libres"),

    is_fresh: phrase("al día"),
    is_ageing: phrase("con algo de retraso"),
    is_stale: phrase("desactualizada, no fiable"),
    is_closed: phrase("cerrada"),
    is_unknown: phrase("desconocida"),
    is_not_found: phrase("no encontrada"),
    is_forbidden: phrase("sin permiso"),
    rising: phrase("en aumento"),
    falling: phrase("en descenso"),
    in_after_call_work: phrase("{0} en trabajo posterior a la llamada"),
    unavailable: phrase("{0} no disponibles"),

    nothing_newer: phrase("Sin datos más recientes"),
    nobody_logged_on: phrase("Nadie conectado"),
    nothing_yet: phrase("Aún sin datos"),
    queue_forbidden: phrase("Sin permiso para leer esta cola"),
    causes: Causes {
        sign_in_rejected: phrase("CXone rechaza nuestro inicio de sesión"),
        forbidden: phrase("Sin permiso para leer colas en CXone"),
        not_found: phrase("Esta cola no existe en CXone"),
        none_found: phrase(
            "CXone no conoce ninguna de estas colas: revise la URL base y el inquilino",
        ),
        nothing_visible: phrase("Sesión iniciada, pero CXone no nos muestra ninguna cola"),
        left_out: phrase("CXone omitió esta cola en su respuesta"),
        list_incomplete: phrase("CXone muestra menos colas de las que tiene"),
        rate_limited: phrase("Se ha alcanzado el límite de consultas de CXone"),
        upstream_trouble: phrase("CXone tiene problemas"),
        no_connection: phrase("Sin conexión con CXone"),
        timed_out: phrase("CXone no responde a tiempo"),
        unreadable: phrase("No se puede leer la respuesta de CXone"),
        no_answer: phrase("CXone no responde"),
        first_answer: phrase("Esperando la primera respuesta de CXone"),
    },

    some_unread: phrase("En este momento no se pueden leer algunas colas de CXone."),
    none_read: phrase("El servidor de Queuewall no puede leer de CXone."),
    lost: phrase("Sin conexión con el servidor de Queuewall {0}: {1}."),
    since_opened: phrase("desde que se abrió esta página"),
    unreachable: phrase("no se puede acceder a él"),
    timed_out: phrase("no responde a tiempo"),
    bad_status: phrase("responde con el estado {0}"),
    foreign_answer: phrase(
        "un proxy o una página de inicio de sesión responde en su lugar, con el estado {0}",
    ),
    unreadable: phrase("no se puede leer su respuesta"),
    trying: phrase("Intentando ahora…"),
    next_try: phrase("Próximo intento en {0}\u{a0}s"),

    page_of: phrase("Página {0} de {1}"),
    paused: phrase("En pausa"),
    too_small: phrase("Pantalla demasiado pequeña para esta distancia"),
    no_room_for_agents: phrase("Sin espacio para agentes"),
    no_room_for_service: phrase("Sin espacio para agentes y nivel de servicio"),
    no_room_for_wait: phrase("Sin espacio para agentes, nivel de servicio y espera"),

    no_setting: phrase("«{0}» en esta dirección no es un ajuste. Los ajustes son {1}."),
    repeated: phrase("«{0}» aparece más de una vez en esta dirección: vale el primero."),
    not_one_of: phrase("«{0}» en esta dirección no es válido. Los valores posibles son {1}."),
    not_within: phrase("«{0}» en esta dirección no es un número de {1} a {2}."),
    not_within_nor_off: phrase("«{0}» en esta dirección no es un número de {1} a {2} ni off."),
    not_a_name: phrase("«{0}» en esta dirección está vacío o tiene más de {1} caracteres."),

    desk: DESK,
    access: access::SPANISH,
};
