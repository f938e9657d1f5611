//! docs/metrics.md, made from the table of metrics. After a change of either write it again with
//! `UPDATE_DOCUMENTS=1 cargo test -p queuewall-shared --test metrics_document`.

use std::fmt::Write as _;

use queuewall_shared::metric::{Aggregation, Metric, Unit};

const HEAD: &str = "# Metrics

<!-- Made from shared/src/metric.rs by shared/tests/metrics_document.rs: do not edit. -->

Every number of a queue: its name in the API, in `levels` and for a board's `hero` and `beside`, its label in
English, German, Spanish, French and Portuguese (on tiles shorter), its unit, how several queues make one, and where CXone says it. \"–\": that API does not.

An unknown number is `null` in the API and \"–\" elsewhere, never 0: always where CXone leaves it out or writes
it in a form that cannot be read, and as said below. Live numbers are of the latest read. Today's are counted
since midnight of the board's time zone (`boards.timezone`, else `server.timezone`, else the machine's) and
have an age of their own.
";

struct Texts {
    labels: [&'static str; 5],
    reporting_v2: &'static str,
    realtime: &'static str,
    unknown: &'static str,
}

/// Labels in the terms of docs/glossary.md.
#[rustfmt::skip]
fn texts(metric: Metric) -> Texts {
    use Metric as M;
    let (labels, reporting_v2, realtime, unknown) = match metric {
        M::AgentsLoggedOn => (["logged on", "angemeldet", "conectados", "connectés", "logados"],
            "agentsLoggedOn", "agentsLoggedIn", ""),
        M::LongestWait => (["longest wait", "längste Wartezeit", "espera máx.", "attente max.", "espera máx."],
            "", "earliestQueueTime, against the answer's time", "nobody waits"),
        M::AverageWait => (["average wait", "Ø Wartezeit", "espera media", "attente moyenne", "espera média"],
            "averageWaitTime", "", "nobody waits"),
        M::Waiting => (["waiting", "wartend", "en espera", "en attente", "em espera"],
            "callsWaiting", "queueCount", ""),
        M::AvailableAgents => (["free", "frei", "libres", "dispo", "livres"],
            "agentsAvailable", "agentsAvailable", ""),
        M::ServiceLevel => (["service level", "Servicelevel", "nivel de servicio", "niveau de service", "nível de serviço"],
            "serviceLevel", "serviceLevel", "it is over no call"),
        M::AbandonRate => (["abandon rate", "Abbruchquote", "tasa de abandono", "taux d’abandon", "taxa de abandono"],
            "", "abandonCount of contactsQueued", "none was queued"),
        M::ServiceLevelToday => (["service level today", "Servicelevel heute", "nivel de servicio hoy", "niveau de service du jour", "nível de serviço hoje"],
            "", "contactsWithinSLA of within and out", "it is over no contact"),
        M::AverageSpeedOfAnswer => (["average speed of answer", "Ø Annahmezeit", "tiempo medio de respuesta", "délai moyen de réponse", "tempo médio de resposta"],
            "", "averageSpeedToAnswer", "none was handled"),
        M::AgentsBusy => (["busy", "belegt", "ocupados", "occupés", "ocupados"],
            "agentsBusy", "agentsWorking", ""),
        M::AgentsAfterCallWork => (["after-call work", "Nachbearbeitung", "trabajo posterior a la llamada", "travail après appel", "pós-atendimento"],
            "", "agentsACW", ""),
        M::AgentsUnavailable => (["unavailable", "nicht verfügbar", "no disponibles", "indisponibles", "indisponíveis"],
            "", "agentsUnavailable", ""),
        M::ServiceLevelSample => (["calls in the service level", "Anrufe im Servicelevel", "llamadas en el nivel de servicio", "appels du niveau de service", "chamadas no nível de serviço"],
            "", "inSLA and outSLA", ""),
        M::Offered => (["offered", "angeboten", "ofrecidos", "offerts", "oferecidos"],
            "", "contactsOffered", ""),
        M::Queued => (["queued", "eingereiht", "en cola", "mis en file", "enfileirados"],
            "", "contactsQueued", ""),
        M::Handled => (["handled", "bearbeitet", "atendidos", "traités", "atendidos"],
            "", "contactsHandled", ""),
        M::Abandoned => (["abandoned", "abgebrochen", "abandonados", "abandonnés", "abandonados"],
            "", "abandonCount", ""),
        M::AverageHandle => (["average handle time", "Ø Bearbeitungszeit", "tiempo medio de gestión", "durée moyenne de traitement", "tempo médio de atendimento"],
            "", "averageHandleTime", "none was handled"),
        M::AverageTalk => (["average talk time", "Ø Gesprächszeit", "tiempo medio de conversación", "durée moyenne de conversation", "tempo médio de conversa"],
            "", "averageTalkTime", "none was handled"),
        M::AverageWrap => (["average wrap-up", "Ø Nachbearbeitung", "cierre medio", "travail après appel moyen", "pós-atendimento médio"],
            "", "averageWrapTime", "none was handled"),
        M::ServiceLevelTodaySample => (["contacts in today’s service level", "Kontakte im Servicelevel heute", "contactos en el nivel de servicio hoy", "contacts du niveau de service du jour", "contatos no nível de serviço hoje"],
            "", "contactsWithinSLA and contactsOutOfSLA", ""),
    };
    Texts { labels, reporting_v2, realtime, unknown }
}

fn unit(metric: Metric) -> &'static str {
    match metric.unit() {
        Unit::Calls if metric.is_of_today() => "contacts",
        Unit::Calls => "calls",
        Unit::Agents => "agents",
        Unit::Milliseconds => "ms",
        Unit::Percent => "%",
    }
}

fn aggregation(metric: Metric) -> String {
    match metric.aggregation() {
        Aggregation::Sum => "sum".into(),
        Aggregation::Maximum => "highest".into(),
        Aggregation::MeanWeightedBy(weight) => format!("mean by `{}`", weight.as_str()),
        Aggregation::None => "not: an agent serves several queues".into(),
    }
}

fn document() -> String {
    let mut text = HEAD.to_owned();
    let field = |fields: &'static str| if fields.is_empty() { "–" } else { fields };
    for (title, is_of_today) in [("Live", false), ("Today (dialect `realtime`)", true)] {
        let _ = write!(
            text,
            "\n## {title}\n\n| name | label | unit | several queues | `reporting-v2` | `realtime` | unknown also where |\n\
             |---|---|---|---|---|---|---|\n"
        );
        let of_kind = |metric: &Metric| metric.is_of_today() == is_of_today;
        for metric in Metric::ALL.into_iter().filter(of_kind) {
            let texts = texts(metric);
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} | {} | {} | {} |",
                metric.as_str(),
                texts.labels.join(" · "),
                unit(metric),
                aggregation(metric),
                field(texts.reporting_v2),
                field(texts.realtime),
                texts.unknown,
            );
        }
    }
    text
}

#[test]
fn metrics_document_is_that_of_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/metrics.md");
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(path, document()).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(kept, document(), "write it with UPDATE_DOCUMENTS=1");
}
