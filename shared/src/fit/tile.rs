//! What a tile says, how, and how much room that takes: the measures of `style/tile.css`, in
//! ems of the tile's type.

use crate::metric::{Metric, Unit};

/// Borders and margins left and right in a tile, in ems of its type like all that follows.
pub(super) const INSET_EM: f64 = 1.34;
/// Wait and service level beside the calls waiting.
pub(super) const SIDE_EM: f64 = 6.85;
/// How many more wait than a while ago: `+14`.
pub(super) const CHANGE_EM: f64 = 1.85;
/// A percent sign.
const PERCENT_EM: f64 = 1.35;
/// Between a number and what is beside it.
const BESIDE_EM: f64 = 0.2;
/// A second line for long names.
pub(super) const NAME_EM: f64 = 1.15;
/// What the large number is, below it.
pub(super) const LABEL_EM: f64 = 1.2;
/// The trend's line.
pub(super) const TREND_EM: f64 = 2.1;
/// The line of agents who are off calls.
pub(super) const OFF_CALL_EM: f64 = 1.15;
/// A tile's borders, name, and reason or agents: all but what is between.
pub(super) const HEAD_AND_FOOT_EM: f64 = 4.3;

/// How high a number is with the room above and below it, of the size of its type.
pub(super) const FIGURE_HEIGHT: f64 = 0.95;
/// The calls waiting are at most so high, of their tile's height.
pub(super) const MOST_OF_TILE: f64 = 0.6;

/// How much a tile says. Each says why it is at its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Everything.
    Full,
    /// Calls waiting and the wait.
    NoService,
    /// Calls waiting alone.
    NoWait,
}

impl Form {
    /// From the most to the least.
    pub const ALL: [Self; 3] = [Self::Full, Self::NoService, Self::NoWait];

    /// Its name in style sheets and test hooks.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::NoService => "no_service",
            Self::NoWait => "no_wait",
        }
    }

    /// Width and height in ems of the tile's type.
    pub(super) const fn size_em(self) -> (f64, f64) {
        match self {
            Self::Full => (13.4, 7.6),
            Self::NoService => (12.4, 6.2),
            Self::NoWait => (8.6, 6.1),
        }
    }

    /// What a queue's tile tells: calls waiting, wait, service level, agents, or as many other
    /// numbers.
    pub(super) const fn facts(self) -> usize {
        match self {
            Self::Full => 4,
            Self::NoService => 2,
            Self::NoWait => 1,
        }
    }
}

/// What a whole tile says beyond that where there is room, or would if there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lines {
    /// Names may take two lines.
    pub name: bool,
    /// Agents in after-call work and away.
    pub off_call: bool,
    /// The last three hours of calls waiting.
    pub trend: bool,
    /// A line of the frame's type above each row, for the headings of groups: where it is wanted
    /// it is there.
    pub heading: bool,
}

impl Lines {
    /// What of these to try for, the most first. Numbers are dearer than a picture.
    pub(super) fn choices(self) -> [Self; 3] {
        let without_trend = Self {
            trend: false,
            ..self
        };
        let name_alone = Self {
            off_call: false,
            ..without_trend
        };
        [self, without_trend, name_alone]
    }

    /// Height in ems of the tile's type.
    pub(super) fn height_em(self) -> f64 {
        let lines = [
            (self.name, NAME_EM),
            (self.off_call, OFF_CALL_EM),
            (self.trend, TREND_EM),
        ];
        let there = lines.into_iter().filter(|(is_there, _)| *is_there);
        there.map(|(_, height)| height).sum()
    }
}

/// Beside a name, with the room before it.
const ICON_EM: f64 = 1.4;

/// Whether a name takes more than one line of the narrowest whole tile.
#[must_use]
pub fn is_long_name(name: &str) -> bool {
    name_em(name) > Form::Full.size_em().0 - INSET_EM - ICON_EM
}

/// How wide a name is in ems of its type, by the advance widths of the page's own
/// semibold, each to a twentieth.
#[must_use]
pub fn name_em(name: &str) -> f64 {
    let twentieths = |letter: char| match letter {
        'i' | 'j' | 'l' | ' ' | '\u{a0}' | 'ì'..='ï' => 5_u32,
        '!' | ',' | '.' | ':' | 'I' | '’' | 'Ì'..='Ï' => 6,
        '\'' | '(' | ')' | ';' | '[' | ']' | 't' => 7,
        '/' | '1' | 'f' | 'r' => 8,
        '-' | '_' => 9,
        '"' | '–' => 10,
        '*' | 'a' | 'k' | 's' | 'x' | 'z' | 'L' | 'à'..='å' => 11,
        'b'..='h' | 'n'..='q' | 'u' | 'v' | 'y' | 'E' | 'F' | 'J' | '2' | '5' | '7' => 12,
        'È'..='Ë' | 'ç'..='ë' | 'ñ'..='ö' | 'ø'..='ý' => 12,
        'B' | 'P' | 'R' | 'S' | 'T' | 'Z' | 'ß' => 13,
        'D' | 'K' | 'X' | 'Y' => 14,
        'A' | 'C' | 'G' | 'H' | 'N' | 'O' | 'Q' | 'U' | 'V' => 15,
        'À'..='Å' | 'Ç' | 'Ñ'..='Ö' | 'Ø'..='Ü' => 15,
        'w' => 17,
        'm' | 'M' | 'æ' => 18,
        '%' | '@' | 'W' | 'Æ' | '\u{1100}'.. => 20,
        _ => 13,
    };
    f64::from(name.chars().map(twentieths).sum::<u32>()) / 20.0
}

/// How much room the widest large number of a board takes as it is written. All its tiles
/// have numbers of one size, so that a worse one is never smaller than a better one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figures {
    /// A count up to 99, or a percentage below 100.
    #[default]
    Two,
    /// A count up to 999, and `1.2k` and `12k`.
    Three,
    /// Minutes below 10 and seconds, or a percentage with a tenth.
    Clock,
    /// 100 percent.
    Hundred,
    /// A larger count.
    Four,
    /// More minutes, or hours.
    LongClock,
}

impl Figures {
    /// Of the largest value of a metric, in its unit.
    #[must_use]
    pub fn of(metric: Metric, most: f64) -> Self {
        match metric.unit() {
            Unit::Calls | Unit::Agents if most < 100.0 => Self::Two,
            Unit::Calls | Unit::Agents if most < 100_000.0 => Self::Three,
            Unit::Calls | Unit::Agents => Self::Four,
            Unit::Milliseconds if most < 600_000.0 => Self::Clock,
            Unit::Milliseconds => Self::LongClock,
            Unit::Percent if most >= 100.0 => Self::Hundred,
            Unit::Percent if metric == Metric::AbandonRate => Self::Clock,
            Unit::Percent => Self::Two,
        }
    }

    /// The width of the widest number without its unit, of the size of its type.
    pub(super) const fn width(self) -> f64 {
        match self {
            Self::Two => 1.28,
            Self::Three | Self::Hundred => 2.07,
            Self::Clock => 2.2,
            Self::Four => 2.8,
            Self::LongClock => 3.05,
        }
    }

    /// The room that a change or a percent sign has beside it. Beside long numbers a change is not
    /// shown where there is none, and a number with a tenth is less wide than its room.
    pub(super) const fn change_em(self) -> f64 {
        match self {
            Self::Two => CHANGE_EM,
            Self::Hundred => PERCENT_EM,
            _ => BESIDE_EM,
        }
    }
}

/// Where the large number is in a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Beside two others: wait and service level, unless a board chooses others.
    Beside,
    /// Beside these and the trend: in a wide tile.
    Wide,
    /// Above all of them: in a high tile.
    Above,
}

impl Layout {
    /// The usual one first.
    pub(super) const ALL: [Self; 3] = [Self::Beside, Self::Wide, Self::Above];

    /// Its name in style sheets and test hooks.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Beside => "beside",
            Self::Wide => "wide",
            Self::Above => "above",
        }
    }
}
