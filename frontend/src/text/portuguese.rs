//! Portuguese, in words that serve Brazil and Portugal alike.

use queuewall_shared::language::Language;
use queuewall_shared::phrase::{phrase, word};

use super::access;
use super::desk::portuguese::DESK;
use super::words::{Causes, Words};

pub(super) const WORDS: Words = Words {
    language: Language::Portuguese,
    locale: "pt",

    stopped: phrase(
        "O Queuewall parou e já não mostra nada, para que nenhum número antigo passe por \
         atual. Reinicia sozinho.",
    ),
    no_wake_lock: phrase(
        "Este monitor pode entrar em repouso: o navegador não consegue mantê-lo ligado.",
    ),
    wake_lock_needs_https: phrase(
        "Este monitor pode entrar em repouso: mantê-lo ligado requer HTTPS.",
    ),
    wake_lock_refused: phrase(
        "Este monitor pode entrar em repouso: o navegador não aceita mantê-lo ligado.",
    ),
    kept_awake: phrase("O monitor permanece ligado."),
    sound_on: phrase("Com som"),
    sound_off: phrase("Sem som"),
    restarted: phrase("Reiniciado após uma falha: {0}×, a última: {1}"),
    sound_blocked: phrase("Sem som – pressione OK"),
    no_such_zone: phrase("Sem relógio: este navegador não conhece o fuso horário {0}"),
    reading: phrase("Leitura das filas…"),
    no_page: phrase("Não há nenhuma página neste endereço."),
    all_boards: phrase("Todos os painéis"),
    boards: phrase("Painéis"),
    no_boards: phrase("Nenhum painel está configurado neste servidor."),
    no_queues: phrase("Este painel não tem filas."),
    no_board: phrase("Este servidor não tem nenhum painel “{0}”."),

    waiting: word("em espera"),
    longest: word("máx."),
    average: word("média"),
    counted: phrase("{0} de {1} filas"),
    counted_of_one: phrase("{0} de {1} fila"),
    live: word("Ao vivo"),
    resuming: word("Atualização"),
    no_connection: word("Sem conexão"),
    read_every: phrase("cada fila é lida a cada\u{a0}{0}"),

    tile_wait: word("Espera"),
    tile_longest_wait: word("Máx."),
    tile_service: word("Serviço"),
    percent: word("%"),
    free: word("liv."),
    busy: word("ocup."),
    logged_on: word("log."),
    after_call: word("pós-at."),
    away: word("pausa"),
    closed: word("Fechada"),

    seconds: phrase("{0}\u{a0}s"),
    minutes: phrase("{0}\u{a0}min"),
    hours: phrase("{0}\u{a0}h"),
    days: phrase("{0}\u{a0}d"),
    hours_and_minutes: phrase("{0}\u{a0}h\u{a0}{1}"),
    wait_days: phrase("{0}\u{a0}d"),
    thousands: phrase("{0}k"),
    millions: phrase("{0}M"),
    ago: phrase("há {0}"),
    old: phrase("{0} de atraso"),
    too_old: word("de atraso"),
    since: phrase("desde as {0}"),
    lasting: phrase("há\u{a0}{0}"),

    warning: word("Alerta"),
    critical: word("Crítico"),
    colon: ": ",
    many_waiting: phrase("{0} ou mais em espera"),
    wait_over: phrase("espera >\u{a0}{0}"),
    longest_over: phrase("espera máx. >\u{a0}{0}"),
    service_under: phrase("serviço <\u{a0}{0}%"),
    nobody_free: phrase("ninguém livre"),
    held: phrase("há\u{a0}{0}"),
    few_free: phrase("{0} ou menos livres"),

    is_fresh: phrase("em dia"),
    is_ageing: phrase("com algum atraso"),
    is_stale: phrase("desatualizada, não confiável"),
    is_closed: phrase("fechada"),
    is_unknown: phrase("desconhecida"),
    is_not_found: phrase("não encontrada"),
    is_forbidden: phrase("sem permissão"),
    rising: phrase("em alta"),
    falling: phrase("em queda"),
    in_after_call_work: phrase("{0} em pós-atendimento"),
    unavailable: phrase("{0} em pausa"),

    nothing_newer: phrase("Sem dados mais recentes"),
    nobody_logged_on: phrase("Ninguém conectado"),
    nothing_yet: phrase("Ainda sem dados"),
    queue_forbidden: phrase("Sem permissão para ler esta fila"),
    causes: Causes {
        sign_in_rejected: phrase("O CXone recusa a nossa autenticação"),
        forbidden: phrase("Sem permissão para ler filas no CXone"),
        not_found: phrase("Esta fila não existe no CXone"),
        none_found: phrase(
            "O CXone não conhece nenhuma destas filas: verifique o URL base e o locatário",
        ),
        nothing_visible: phrase("Sessão iniciada, mas o CXone não nos mostra nenhuma fila"),
        left_out: phrase("O CXone omitiu esta fila na resposta"),
        list_incomplete: phrase("O CXone lista menos filas do que tem"),
        rate_limited: phrase("O limite de consultas do CXone foi atingido"),
        upstream_trouble: phrase("O CXone está com problemas"),
        no_connection: phrase("Sem conexão com o CXone"),
        timed_out: phrase("O CXone não responde a tempo"),
        unreadable: phrase("A resposta do CXone não pode ser lida"),
        no_answer: phrase("Sem resposta do CXone"),
        first_answer: phrase("À espera da primeira resposta do CXone"),
    },

    some_unread: phrase("Neste momento, algumas filas do CXone não podem ser lidas."),
    none_read: phrase("O servidor do Queuewall não consegue ler do CXone."),
    lost: phrase("Sem conexão com o servidor do Queuewall {0}: {1}."),
    since_opened: phrase("desde que esta página foi aberta"),
    unreachable: phrase("está inacessível"),
    timed_out: phrase("não responde a tempo"),
    bad_status: phrase("responde com o código {0}"),
    foreign_answer: phrase(
        "um proxy ou uma página de login responde no lugar dele, com o código {0}",
    ),
    unreadable: phrase("a resposta não pode ser lida"),
    trying: phrase("Nova tentativa em curso…"),
    next_try: phrase("Próxima tentativa em {0}\u{a0}s"),

    page_of: phrase("Página {0} de {1}"),
    paused: phrase("Em pausa"),
    too_small: phrase("Monitor pequeno demais para esta distância"),
    no_room_for_agents: phrase("Sem espaço para agentes"),
    no_room_for_service: phrase("Sem espaço para agentes e nível de serviço"),
    no_room_for_wait: phrase("Sem espaço para agentes, nível de serviço e espera"),

    no_setting: phrase("“{0}” neste endereço não é uma opção. As opções são {1}."),
    repeated: phrase("“{0}” aparece mais de uma vez neste endereço: vale a primeira."),
    not_one_of: phrase("“{0}” neste endereço não é válido. Os valores possíveis são {1}."),
    not_within: phrase("“{0}” neste endereço não é um número de {1} a {2}."),
    not_within_nor_off: phrase("“{0}” neste endereço não é um número de {1} a {2} nem off."),
    not_a_name: phrase("“{0}” neste endereço está vazio ou tem mais de {1} caracteres."),

    desk: DESK,
    access: access::PORTUGUESE,
};
