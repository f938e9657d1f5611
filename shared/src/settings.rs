//! What a link asks of the page: `/board/main?theme=light&metres=5`.
//!
//! A screen has nobody to set it up twice, so everything that makes one screen
//! different from another is in its address. What the address leaves open, the board's
//! configuration decides, and then the page.

use std::ops::RangeInclusive;

use crate::language::Language;
use crate::snapshot::Theme;

/// How far away people may read a screen, in metres.
pub const METRES: RangeInclusive<f64> = 0.3..=30.0;
/// How large a screen may be, in inches across.
pub const INCHES: RangeInclusive<f64> = 5.0..=150.0;
/// How long a page of tiles may stay, in seconds.
pub const ROTATE_SECONDS: RangeInclusive<f64> = 5.0..=600.0;
/// The longest name that a screen may have, in characters.
pub const SCREEN_NAME_LENGTH: usize = 40;

/// For whom the page is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum View {
    /// A screen on a wall: pages that rotate, nothing scrolls.
    #[default]
    Wall,
    /// A supervisor's tab at arm's length: scrolls, does not rotate.
    Tab,
}

/// In which order the queues stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// As the board's configuration has them.
    #[default]
    Board,
    /// The worst first.
    Worst,
}

/// How pages of tiles change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rotate {
    /// Not by themselves.
    Off,
    /// After so many seconds.
    Seconds(u32),
}

/// What one link asks. The default asks nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// `screen`: what this screen is called.
    pub screen: Option<String>,
    /// `view`: `wall` or `tab`. The address's path says the same, and is what a link has.
    pub view: View,
    /// `theme`: `dark`, `light` or `contrast`.
    pub theme: Option<Theme>,
    /// `lang`: an ISO 639-1 code.
    pub language: Option<Language>,
    /// `metres`: from how far the screen is read, within [`METRES`].
    pub metres: Option<f64>,
    /// `inches`: the screen's diagonal, within [`INCHES`].
    pub inches: Option<f64>,
    /// `rotate`: seconds a page, within [`ROTATE_SECONDS`], or `off`.
    pub rotate: Option<Rotate>,
    /// `sort`: `board` or `worst`; `None` leaves it to the view.
    pub sort: Option<Sort>,
    /// `sound`: `on` or `off`.
    pub sound: bool,
    /// `queues`: ids with commas between them; empty means all of the board.
    pub queues: Vec<String>,
}

/// Something in a link that the page cannot follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The setting's name as the link has it.
    pub name: String,
    /// Its value as the link has it.
    pub value: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// There is no setting of this name.
    UnknownName,
    /// It is given more than once; the first one counts.
    Repeated,
    /// It is none of these words.
    NotOneOf(&'static [&'static str]),
    /// It is no number within these bounds.
    NotWithin(RangeInclusive<f64>),
    /// It is empty or longer than so many characters.
    NotAName(usize),
}

impl Settings {
    /// The names of all settings in the order in which a link has them.
    pub const NAMES: [&'static str; 10] = [
        "screen", "view", "theme", "lang", "metres", "inches", "rotate", "sort", "sound", "queues",
    ];

    /// Reads the parameters of a link, already decoded. What cannot be followed is left
    /// as it would be without it, and said.
    pub fn read(parameters: impl IntoIterator<Item = (String, String)>) -> (Self, Vec<Problem>) {
        let mut settings = Self::default();
        let mut problems = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in parameters {
            let outcome = if seen.contains(&name) {
                Err(Fault::Repeated)
            } else {
                settings.set(&name, value.trim())
            };
            if let Err(fault) = outcome {
                problems.push(Problem {
                    name: name.clone(),
                    value,
                    fault,
                });
            }
            seen.push(name);
        }
        (settings, problems)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        match name {
            "screen" => self.screen = Some(screen_name(value)?),
            "view" => self.view = one_of(value, &VIEWS)?,
            "theme" => self.theme = Some(one_of(value, &THEMES)?),
            "lang" => self.language = Some(language(value)?),
            "metres" => self.metres = Some(number(value, METRES)?),
            "inches" => self.inches = Some(number(value, INCHES)?),
            "rotate" => self.rotate = Some(rotate(value)?),
            "sort" => self.sort = Some(one_of(value, &SORTS)?),
            "sound" => self.sound = one_of(value, &SOUNDS)?,
            "queues" => self.queues = ids(value),
            _ => return Err(Fault::UnknownName),
        }
        Ok(())
    }

    /// The parameters of a link that asks just this, not yet encoded. What is as it
    /// would be anyway is left out, so that an address stays short enough to be typed.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        let mut add = |name, value: Option<String>| {
            parameters.extend(value.map(|value| (name, value)));
        };
        let plain = Self::default();
        add("screen", self.screen.clone());
        add("theme", self.theme.and_then(|it| word(it, &THEMES)));
        add("lang", self.language.map(|it| it.code().to_owned()));
        add("metres", self.metres.map(crate::format::tenths));
        add("inches", self.inches.map(crate::format::tenths));
        add(
            "rotate",
            self.rotate.map(|it| match it {
                Rotate::Off => "off".to_owned(),
                Rotate::Seconds(seconds) => seconds.to_string(),
            }),
        );
        add("sort", self.sort.and_then(|it| word(it, &SORTS)));
        add("sound", differs(self.sound, plain.sound, &SOUNDS));
        add(
            "queues",
            (!self.queues.is_empty()).then(|| self.queues.join(",")),
        );
        parameters
    }
}

/// Words and what they mean: one table for reading and writing.
struct Words<T: 'static, const N: usize> {
    words: &'static [&'static str; N],
    meanings: [T; N],
}

const VIEWS: Words<View, 2> = Words {
    words: &["wall", "tab"],
    meanings: [View::Wall, View::Tab],
};
const THEMES: Words<Theme, 3> = Words {
    words: &["dark", "light", "contrast"],
    meanings: [Theme::Dark, Theme::Light, Theme::Contrast],
};
const SORTS: Words<Sort, 2> = Words {
    words: &["board", "worst"],
    meanings: [Sort::Board, Sort::Worst],
};
const SOUNDS: Words<bool, 2> = Words {
    words: &["on", "off"],
    meanings: [true, false],
};

fn one_of<T: Copy, const N: usize>(value: &str, table: &Words<T, N>) -> Result<T, Fault> {
    let place = table.words.iter().position(|word| *word == value);
    place
        .map(|place| table.meanings[place])
        .ok_or(Fault::NotOneOf(table.words))
}

fn word<T: PartialEq, const N: usize>(meaning: T, table: &Words<T, N>) -> Option<String> {
    let place = table.meanings.iter().position(|it| *it == meaning)?;
    Some(table.words[place].to_owned())
}

fn differs<T: PartialEq, const N: usize>(
    value: T,
    plain: T,
    table: &Words<T, N>,
) -> Option<String> {
    if value == plain {
        return None;
    }
    word(value, table)
}

fn language(value: &str) -> Result<Language, Fault> {
    Language::of_code(value).ok_or(Fault::NotOneOf(&["en", "de", "es", "fr", "pt"]))
}

fn number(value: &str, bounds: RangeInclusive<f64>) -> Result<f64, Fault> {
    decimal(value)
        .filter(|number| bounds.contains(number))
        .ok_or(Fault::NotWithin(bounds))
}

/// A number as people type it, to a tenth: `5`, `4.5`, or `4,5` as half of our users do.
///
/// By whole numbers: the general reading of floats costs the page more than all else
/// of this file.
fn decimal(value: &str) -> Option<f64> {
    let (whole, part) = value.split_once(['.', ',']).unwrap_or((value, "0"));
    let digits = |text: &str| {
        let all = text.bytes().all(|byte| byte.is_ascii_digit());
        (all && (1..=4).contains(&text.len())).then(|| text.parse::<u32>().ok())?
    };
    let tenths = digits(part)? / 10_u32.pow(part.len() as u32 - 1);
    Some(f64::from(digits(whole)? * 10 + tenths) / 10.0)
}

fn rotate(value: &str) -> Result<Rotate, Fault> {
    if value == "off" {
        return Ok(Rotate::Off);
    }
    // Within bounds, so that the cast cuts nothing but part seconds.
    number(value, ROTATE_SECONDS).map(|seconds| Rotate::Seconds(seconds as u32))
}

fn screen_name(value: &str) -> Result<String, Fault> {
    match value.chars().count() {
        1..=SCREEN_NAME_LENGTH => Ok(value.to_owned()),
        _ => Err(Fault::NotAName(SCREEN_NAME_LENGTH)),
    }
}

/// The ids of a list, each once, without empty ones.
fn ids(value: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for id in value.split(',').map(str::trim) {
        if !id.is_empty() && !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(query: &[(&str, &str)]) -> (Settings, Vec<Problem>) {
        Settings::read(
            query
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    fn fault(name: &str, value: &str) -> Fault {
        let (settings, mut problems) = read(&[(name, value)]);
        assert_eq!(settings, Settings::default(), "{name}={value}");
        assert_eq!(problems.len(), 1, "{name}={value}");
        problems.remove(0).fault
    }

    #[test]
    fn a_link_sets_everything() {
        let (settings, problems) = read(&[
            ("screen", " Hall 2 "),
            ("view", "tab"),
            ("theme", "contrast"),
            ("lang", "pt"),
            ("metres", "4,5"),
            ("inches", "65"),
            ("rotate", "20"),
            ("sort", "worst"),
            ("sound", "on"),
            ("queues", "7, 9,,7"),
        ]);
        assert_eq!(problems, []);
        assert_eq!(
            settings,
            Settings {
                screen: Some("Hall 2".into()),
                view: View::Tab,
                theme: Some(Theme::Contrast),
                language: Some(Language::Portuguese),
                metres: Some(4.5),
                inches: Some(65.0),
                rotate: Some(Rotate::Seconds(20)),
                sort: Some(Sort::Worst),
                sound: true,
                queues: vec!["7".into(), "9".into()],
            }
        );
        let names: Vec<_> = settings.parameters().iter().map(|it| it.0).collect();
        let in_query = Settings::NAMES.iter().filter(|name| **name != "view");
        assert!(names.iter().eq(in_query), "{names:?}");
    }

    #[test]
    fn invalid_settings_are_reported_and_ignored() {
        assert_eq!(fault("metre", "5"), Fault::UnknownName);
        assert_eq!(fault("view", "Tab"), Fault::NotOneOf(&["wall", "tab"]));
        assert_eq!(fault("sound", ""), Fault::NotOneOf(&["on", "off"]));
        for value in [
            "", "abc", "0.2", "31", "NaN", "inf", "-5", "+5", "5m", "5.", ".5", "1.2.3", "5e0",
        ] {
            assert_eq!(fault("metres", value), Fault::NotWithin(METRES), "{value}");
        }
        assert_eq!(fault("rotate", "4"), Fault::NotWithin(ROTATE_SECONDS));
        assert_eq!(fault("screen", " "), Fault::NotAName(SCREEN_NAME_LENGTH));
        let long = "x".repeat(SCREEN_NAME_LENGTH + 1);
        assert_eq!(fault("screen", &long), Fault::NotAName(SCREEN_NAME_LENGTH));
    }

    #[test]
    fn numbers_are_read_to_a_tenth() {
        for (text, number) in [("5", 5.0), ("4.5", 4.5), ("4,59", 4.5), ("12.0", 12.0)] {
            let (settings, problems) = read(&[("metres", text)]);
            assert_eq!(
                (settings.metres, problems),
                (Some(number), Vec::new()),
                "{text}"
            );
        }
    }

    #[test]
    fn of_two_the_first_counts() {
        let (settings, problems) = read(&[("theme", "light"), ("theme", "dark")]);
        assert_eq!(settings.theme, Some(Theme::Light));
        assert_eq!(problems[0].fault, Fault::Repeated);
    }

    #[test]
    fn a_link_that_asks_nothing_is_empty() {
        assert_eq!(Settings::default().parameters(), []);
    }

    fn any_settings() -> impl Strategy<Value = Settings> {
        let tenths = |most: u32| (5u32..most).prop_map(|tenths| f64::from(tenths) / 10.0);
        (
            proptest::option::of("[a-zA-Z0-9 äé&=%+#]{0,18}[a-z]"),
            proptest::option::of(prop_oneof![Just(Theme::Dark), Just(Theme::Contrast)]),
            proptest::option::of((0..5usize).prop_map(|place| Language::ALL[place])),
            (
                proptest::option::of(tenths(300)),
                proptest::option::of(tenths(1500).prop_map(|it| it.max(5.0))),
            ),
            proptest::option::of(prop_oneof![
                Just(Rotate::Off),
                (5u32..=600).prop_map(Rotate::Seconds)
            ]),
            proptest::option::of(prop_oneof![Just(Sort::Board), Just(Sort::Worst)]),
            any::<bool>(),
            proptest::collection::btree_set("[a-z0-9-]{1,8}", 0..5),
        )
            .prop_map(
                |(screen, theme, language, (metres, inches), rotate, sort, sound, queues)| {
                    Settings {
                        screen: screen.map(|it| it.trim().to_owned()),
                        // In the path.
                        view: View::Wall,
                        theme,
                        language,
                        metres,
                        inches,
                        rotate,
                        sort,
                        sound,
                        queues: queues.into_iter().collect(),
                    }
                },
            )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(settings in any_settings()) {
            let parameters = settings.parameters();
            let owned = parameters.into_iter().map(|(name, value)| (name.to_owned(), value));
            prop_assert_eq!(Settings::read(owned), (settings, Vec::new()));
        }

        #[test]
        fn no_link_makes_the_page_stumble(
            parameters in proptest::collection::vec((".{0,8}", ".{0,12}"), 0..8),
        ) {
            let count = parameters.len();
            let (_, problems) = Settings::read(parameters);
            prop_assert!(problems.len() <= count);
        }
    }
}
