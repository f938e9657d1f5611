//! Each language's labels of the metrics, in the order of [`Metric::ALL`]: a short one for beside a
//! tile's large number, and a long one for its foot.

use super::Labels;
use crate::metric::Metric;
use crate::phrase::word;

type All = [Labels; Metric::ALL.len()];

const fn of(short: &'static str, long: &'static str) -> Labels {
    Labels {
        short: word(short),
        long: word(long),
    }
}

pub(super) const ENGLISH: All = [
    of("On", "Logged on"),
    of("Longest", "Longest wait"),
    of("Wait", "Average wait"),
    of("Waiting", "Waiting"),
    of("Free", "Free agents"),
    of("Service", "Service level"),
    of("Abandon", "Abandon rate"),
    of("SL today", "Service level today"),
    of("Answer", "Speed of answer"),
    of("Busy", "Busy agents"),
    of("Wrap-up", "After-call work"),
    of("Away", "Unavailable"),
    of("Sample", "Calls measured"),
    of("Offered", "Offered today"),
    of("Queued", "Queued today"),
    of("Handled", "Handled today"),
    of("Gave up", "Abandoned today"),
    of("Handling", "Handle time"),
    of("Talk", "Talk time"),
    of("Wrap-up", "Wrap-up time"),
    of("Sample", "Measured today"),
];

pub(super) const GERMAN: All = [
    of("An", "Angemeldet"),
    of("Längste", "Längste Wartezeit"),
    of("Warten", "Wartezeit"),
    of("Wartend", "Wartend"),
    of("Frei", "Freie Agenten"),
    of("Service", "Servicelevel"),
    of("Abbruch", "Abbruchquote"),
    of("SL heute", "Servicelevel heute"),
    of("Antwort", "Antwortzeit"),
    of("Belegt", "Belegte Agenten"),
    of("Nacharb.", "Nachbearbeitung"),
    of("N.\u{a0}verf.", "Nicht verfügbar"),
    of("Basis", "Gemessene Anrufe"),
    of("Eingang", "Angeboten heute"),
    of("Gereiht", "Eingereiht heute"),
    of("Erledigt", "Bearbeitet heute"),
    of("Verloren", "Abgebrochen heute"),
    of("Bearb.", "Bearbeitungszeit"),
    of("Gespr.", "Gesprächszeit"),
    of("Nacharb.", "Nacharbeitszeit"),
    of("Basis", "Gemessen heute"),
];

pub(super) const SPANISH: All = [
    of("Log.", "Conectados"),
    of("Máx.", "Espera máxima"),
    of("Espera", "Espera media"),
    of("Esperan", "En espera"),
    of("Libres", "Agentes libres"),
    of("Serv.", "Nivel de servicio"),
    of("Aband.", "Tasa de abandono"),
    of("NS hoy", "Servicio de hoy"),
    of("Resp.", "Respuesta media"),
    of("Ocup.", "Agentes ocupados"),
    of("Cierre", "Trabajo posterior"),
    of("No\u{a0}disp.", "No disponibles"),
    of("Base", "Llamadas medidas"),
    of("Ofrec.", "Ofrecidos hoy"),
    of("Encol.", "Encolados hoy"),
    of("Atend.", "Atendidos hoy"),
    of("Perdidos", "Abandonados hoy"),
    of("Gestión", "Tiempo de gestión"),
    of("Convers.", "Conversación"),
    of("Cierre", "Cierre medio"),
    of("Base", "Contactos medidos"),
];

pub(super) const FRENCH: All = [
    of("Log.", "Connectés"),
    of("Max.", "Attente max."),
    of("Attente", "Attente moyenne"),
    of("En\u{a0}att.", "En attente"),
    of("Dispo", "Agents dispo"),
    of("Service", "Niveau de service"),
    of("Abandon", "Taux d’abandon"),
    of("NS jour", "Service du jour"),
    of("Réponse", "Délai de réponse"),
    of("Occ.", "Agents occupés"),
    of("Post-ap.", "Travail après appel"),
    of("Indisp.", "Indisponibles"),
    of("Base", "Appels mesurés"),
    of("Offerts", "Offerts ce jour"),
    of("Entrés", "Mis en file ce jour"),
    of("Traités", "Traités ce jour"),
    of("Perdus", "Abandons du jour"),
    of("Durée", "Durée de traitement"),
    of("Convers.", "Conversation"),
    of("Post-ap.", "Après appel moyen"),
    of("Base", "Contacts mesurés"),
];

pub(super) const PORTUGUESE: All = [
    of("Logados", "Logados"),
    of("Máx.", "Espera máxima"),
    of("Espera", "Espera média"),
    of("Em\u{a0}esp.", "Em espera"),
    of("Livres", "Agentes livres"),
    of("Serviço", "Nível de serviço"),
    of("Aband.", "Taxa de abandono"),
    of("NS hoje", "Serviço de hoje"),
    of("Resp.", "Tempo de resposta"),
    of("Ocup.", "Agentes ocupados"),
    of("Pós-at.", "Pós-atendimento"),
    of("Indisp.", "Indisponíveis"),
    of("Base", "Base do serviço"),
    of("Oferec.", "Oferecidos hoje"),
    of("Enfil.", "Enfileirados hoje"),
    of("Atend.", "Atendidos hoje"),
    of("Perdidos", "Abandonados hoje"),
    of("TMA", "Tempo de atend."),
    of("Convers.", "Conversa média"),
    of("Pós-at.", "Pós-atend. médio"),
    of("Base", "Base de hoje"),
];
