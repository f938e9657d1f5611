//! The next page's address in a `Link` header (RFC 8288).

/// What follows the relation `next`, of all values of the header joined by commas.
pub(crate) fn next_in(header: &str) -> Option<String> {
    let mut rest = header;
    // An address may hold commas and semicolons itself.
    while let Some((address, after)) = rest
        .split_once('<')
        .and_then(|(_, after)| after.split_once('>'))
    {
        let (parameters, next) = until_comma(after);
        if parameters.iter().any(|it| is_next(it)) && !address.trim().is_empty() {
            return Some(address.trim().to_owned());
        }
        rest = next;
    }
    None
}

/// The parameters up to a comma outside of quotes, and what follows it.
fn until_comma(text: &str) -> (Vec<&str>, &str) {
    let mut parameters = Vec::new();
    let (mut start, mut is_quoted) = (0, false);
    for (place, letter) in text.char_indices() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ';' | ',' if !is_quoted => {
                parameters.push(&text[start..place]);
                start = place + 1;
                if letter == ',' {
                    return (parameters, &text[start..]);
                }
            }
            _ => {}
        }
    }
    parameters.push(&text[start..]);
    (parameters, "")
}

/// Whether a parameter is `rel` with `next` among its relations.
fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return false;
    };
    let mut relations = value.trim().trim_matches(['"', '\'']).split_whitespace();
    name.trim().eq_ignore_ascii_case("rel") && relations.any(|it| it.eq_ignore_ascii_case("next"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_link_of_header_is_found_in_every_spelling() {
        for header in [
            "</p,2;x>; rel=\"next\"",
            "</p,2;x>;rel=next",
            "< /p,2;x > ; title=\"a, b; c\" ; Rel = \"prev NEXT\"",
            "</p1>; rel=\"first\", </p,2;x>; rel='next', </p9>; rel=last",
            "</p1>; title=\"<x>, rel=next\"; rel=prev, </p,2;x>; rel=next",
        ] {
            assert_eq!(next_in(header).as_deref(), Some("/p,2;x"), "{header}");
        }
        for header in [
            "",
            "</p2>",
            "</p2>; rel=\"prev\"",
            "</p2>; rel=next-archive",
            "<>; rel=next",
            "/p2; rel=next",
            "</p2; rel=next",
            "</p2>; xrel=next",
        ] {
            assert_eq!(next_in(header), None, "{header}");
        }
    }
}
