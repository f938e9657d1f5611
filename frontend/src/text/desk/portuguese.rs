//! Portuguese as in Brazil.

use queuewall_shared::phrase::{phrase, word};

use super::words::{Choices, Commands, Desk, Names};

pub(in crate::text) const DESK: Desk = Desk {
    search: word("Pesquisa"),
    shown_of: phrase("Visíveis: {0} de {1}"),
    help: word("Teclas"),
    space_bar: word("Espaço"),
    back_key: word("Esc"),
    commands: Commands {
        next_page: phrase("Próxima página"),
        previous_page: phrase("Página anterior"),
        toggle_pause: phrase("Pausar ou retomar a troca de páginas"),
        full_screen: phrase("Ativar ou sair da tela cheia"),
        toggle_sound: phrase("Ligar ou desligar o som"),
        help: phrase("Estas teclas"),
        search: phrase("Pesquisar uma fila"),
    },
    remote_keys: phrase(
        "No controle remoto: OK abre as opções; vermelho é som, verde opções, amarelo tela \
         cheia, azul teclas.",
    ),
    settings: word("Opções"),
    close: word("Fechar"),
    names: Names {
        screen: word("Nome da tela"),
        view: word("Vista para"),
        theme: word("Tema"),
        language: word("Idioma"),
        metres: word("Distância em metros"),
        inches: word("Diagonal em polegadas"),
        rotate: word("Segundos por página"),
        sort: word("Ordem"),
        sound: word("Som"),
        queues: word("Filas"),
    },
    choices: Choices {
        dark: word("Escuro"),
        light: word("Claro"),
        contrast: word("Alto contraste"),
        by_board: word("Como no painel"),
        worst_first: word("Urgentes primeiro"),
        on: word("Ligado"),
        off: word("Desligado"),
    },
    left_open: word("Automático"),
    left_open_to: phrase("Automático ({0})"),
    never: word("nunca"),
    all_queues: word("Todas"),
    address: phrase("Endereço para estas opções"),
    open: word("Abrir"),
    copy: word("Copiar"),
    copied: word("Copiado"),
    not_in_address: phrase("O que não é válido fica fora do endereço."),
};
