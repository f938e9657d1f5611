//! What is typed and chosen in the settings panel, and the address that it makes.

use leptos::prelude::window;
use queuewall_shared::settings::{Problem, Settings, View};

use crate::{settings, text};

/// A link in the making.
#[derive(Clone)]
pub(super) struct Draft {
    /// Values as a link has them, in the order of [`Settings::NAMES`]; empty is left open.
    values: Vec<String>,
    /// What a link of these comes to.
    settings: Settings,
    problems: Vec<Problem>,
}

impl Draft {
    /// As the page's own address has it.
    pub(super) fn of_address() -> Self {
        let asked = settings::asked();
        let given = asked.settings.parameters();
        let value = |name: &&str| {
            if *name == "view" {
                // A wall's settings are written on the desk.
                return match asked.panel {
                    Some(_) => "wall".to_owned(),
                    None => "tab".to_owned(),
                };
            }
            let known = given.iter().find(|(known, _)| known == name);
            known.map_or_else(String::new, |(_, value)| value.clone())
        };
        Self {
            values: Settings::NAMES.iter().map(value).collect(),
            settings: Settings {
                view: match asked.panel {
                    Some(_) => View::Wall,
                    None => View::Tab,
                },
                ..asked.settings.clone()
            },
            problems: Vec::new(),
        }
    }

    /// A setting's value as a link has it.
    pub(super) fn get(&self, name: &str) -> &str {
        let value = place(name).and_then(|place| self.values.get(place));
        value.map_or("", String::as_str)
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        if let Some(known) = place(name).and_then(|place| self.values.get_mut(place)) {
            *known = value.trim().to_owned();
        }
        let all = Settings::NAMES.iter().zip(&self.values);
        let given = all.filter(|(_, value)| !value.is_empty());
        (self.settings, self.problems) =
            Settings::read(given.map(|(name, value)| ((*name).to_owned(), value.clone())));
    }

    /// What can be followed.
    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What is wrong with a setting, in words; empty when nothing is.
    pub(super) fn fault(&self, name: &str) -> String {
        let problem = self.problems.iter().find(|problem| problem.name == name);
        problem.map_or_else(String::new, text::problem)
    }

    pub(super) fn has_faults(&self) -> bool {
        !self.problems.is_empty()
    }

    /// The chosen queues' ids in the order in which they were chosen; none means all.
    pub(super) fn toggle_queue(&mut self, id: &str) {
        let mut queues = self.settings.queues.clone();
        match queues.iter().position(|known| known == id) {
            Some(place) => {
                queues.remove(place);
            }
            None => queues.push(id.to_owned()),
        }
        self.set("queues", &queues.join(","));
    }

    /// The address of this board with these settings.
    pub(super) fn address(&self) -> String {
        let location = window().location();
        let mut address = location.origin().unwrap_or_default();
        let path = location.pathname().unwrap_or_default();
        address += &settings::path_as(self.settings.view, &path);
        let mut sign = '?';
        for (name, value) in self.settings.parameters() {
            address.push(sign);
            sign = '&';
            address += name;
            address.push('=');
            for (place, part) in value.split(',').enumerate() {
                // A comma may stand in a query, and a shorter address is sooner typed.
                if place > 0 {
                    address.push(',');
                }
                address += &String::from(js_sys::encode_uri_component(part));
            }
        }
        address
    }
}

fn place(name: &str) -> Option<usize> {
    Settings::NAMES.iter().position(|known| *known == name)
}
