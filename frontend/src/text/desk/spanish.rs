//! Spanish.

use queuewall_shared::phrase::{phrase, word};

use super::words::{Choices, Commands, Desk, Names};

pub(in crate::text) const DESK: Desk = Desk {
    search: word("Buscar"),
    shown_of: phrase("Mostrando {0} de {1}"),
    help: word("Teclas"),
    space_bar: word("Espacio"),
    back_key: word("Esc"),
    commands: Commands {
        next_page: phrase("Página siguiente"),
        previous_page: phrase("Página anterior"),
        toggle_pause: phrase("Pausar o reanudar el cambio de página"),
        full_screen: phrase("Activar o quitar la pantalla completa"),
        toggle_sound: phrase("Activar o quitar el sonido"),
        help: phrase("Estas teclas"),
        search: phrase("Buscar una cola"),
    },
    remote_keys: phrase(
        "En el mando a distancia: OK abre los ajustes; rojo es sonido, verde ajustes, \
         amarillo pantalla completa, azul teclas.",
    ),
    settings: word("Ajustes"),
    close: word("Cerrar"),
    names: Names {
        screen: word("Nombre de la pantalla"),
        view: word("Vista para"),
        theme: word("Tema"),
        language: word("Idioma"),
        metres: word("Distancia en metros"),
        inches: word("Diagonal en pulgadas"),
        rotate: word("Segundos por página"),
        sort: word("Orden"),
        sound: word("Sonido"),
        queues: word("Colas"),
    },
    choices: Choices {
        dark: word("Oscuro"),
        light: word("Claro"),
        contrast: word("Alto contraste"),
        by_board: word("Como en el panel"),
        worst_first: word("Urgentes primero"),
        on: word("Sí"),
        off: word("No"),
    },
    left_open: word("Por defecto"),
    left_open_to: phrase("Por defecto ({0})"),
    never: word("nunca"),
    all_queues: word("Todas"),
    address: phrase("Dirección con estos ajustes"),
    open: word("Abrir"),
    copy: word("Copiar"),
    copied: word("Copiada"),
    not_in_address: phrase("Lo que no es válido no figura en la dirección."),
};
