//! The languages that the page speaks.

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, which stands in where no other is asked for.
    #[default]
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// Portuguese.
    Portuguese,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::English,
        Self::German,
        Self::Spanish,
        Self::French,
        Self::Portuguese,
    ];

    /// Its ISO 639-1 code, as links, configuration and HTML name it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Portuguese => "pt",
        }
    }

    /// The language with exactly this code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The language of a BCP 47 tag, whatever its region or case: `de-AT`, `pt_BR`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let code = tag.split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|it| it.code().eq_ignore_ascii_case(code))
    }

    /// What a page speaks: as its link asks, else as its board is configured, else the
    /// first of the browser's languages that there is, else English.
    #[must_use]
    pub fn choose(
        link: Option<Self>,
        board: Option<&str>,
        browser: impl IntoIterator<Item = String>,
    ) -> Self {
        link.or_else(|| board.and_then(Self::of_code))
            .or_else(|| browser.into_iter().find_map(|tag| Self::of_tag(&tag)))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back() {
        for language in Language::ALL {
            assert_eq!(Language::of_code(language.code()), Some(language));
        }
    }

    #[test]
    fn language_of_link_precedes_board_and_board_precedes_browser() {
        let of = |link, board, browser: &[&str]| {
            Language::choose(link, board, browser.iter().map(|tag| (*tag).to_owned()))
        };
        let link = Some(Language::German);
        assert_eq!(of(link, Some("es"), &["fr-CH"]), Language::German);
        assert_eq!(of(None, Some("es"), &["fr-CH"]), Language::Spanish);
        // A younger server's language is none of the page's.
        assert_eq!(of(None, Some("nl"), &["fr-CH"]), Language::French);
        assert_eq!(
            of(None, None, &["nl-NL", "pt-BR", "de"]),
            Language::Portuguese
        );
        assert_eq!(of(None, None, &["nl-NL"]), Language::English);
        assert_eq!(of(None, None, &[]), Language::English);
    }

    #[test]
    fn a_browsers_tag_is_read_by_its_language_alone() {
        assert_eq!(Language::of_tag("de-AT"), Some(Language::German));
        assert_eq!(Language::of_tag("PT_br"), Some(Language::Portuguese));
        assert_eq!(Language::of_tag("en"), Some(Language::English));
        for other in ["nl-NL", "", "-", "deu"] {
            assert_eq!(Language::of_tag(other), None, "{other:?}");
        }
    }
}
