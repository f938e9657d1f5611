//! The screens as a page for people: no script, nothing from elsewhere, and every word
//! that a screen says of itself escaped.

use std::{
    fmt::{self, Display, Write as _},
    time::Duration,
};

use queuewall_shared::{
    format::{self, AgeUnit},
    report::{SoundState, WakeLock},
};

use crate::screens::{Screen, State};

/// The page asks for itself again after so many seconds.
const REFRESH_SECONDS: u32 = 10;

/// The whole page.
pub(super) fn write(screens: &[Screen], build: &str, leader: Option<&str>) -> String {
    let mut html = String::with_capacity(2_048 + screens.len() * 512);
    // Writing to memory does not fail.
    let _ = write_to(&mut html, screens, build, leader);
    html
}

fn write_to(
    html: &mut String,
    screens: &[Screen],
    build: &str,
    leader: Option<&str>,
) -> fmt::Result {
    let count = |state| screens.iter().filter(|it| it.state == state).count();
    let dark = count(State::Dark);
    // In the tab's title as well.
    let mark = match dark {
        0 => String::new(),
        _ => format!("{dark} dark – "),
    };
    write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"dark light\">\n\
         <meta http-equiv=\"refresh\" content=\"{REFRESH_SECONDS}\">\n\
         <title>{mark}Screens – Queuewall</title>\n\
         <link rel=\"stylesheet\" href=\"/screens.css\">\n</head>\n<body>\n\
         <header>\n<h1>Screens</h1>\n<p class=\"counts\">"
    )?;
    if screens.is_empty() {
        html.push_str("<span>none yet</span>");
    }
    for (state, words) in [
        (State::Dark, "dark"),
        (State::NotPainting, "not painting"),
        (State::OldBuild, "with an old page"),
        (State::Live, "live"),
    ] {
        let number = count(state);
        if number > 0 {
            let class = state.word();
            write!(
                html,
                "<span class=\"{class}\"><b>{number}</b> {words}</span>"
            )?;
        }
    }
    let leader = leader.map(|words| format!(" · {words}"));
    write!(
        html,
        "</p>\n<p class=\"build\">server {}{}</p>\n</header>\n<main>\n",
        Text(build),
        Text(leader.as_deref().unwrap_or_default())
    )?;
    if screens.is_empty() {
        html.push_str(
            "<p class=\"empty\">No screen has asked for a board since this server started. Each one appears here \
             with its first poll, by the name that stands in its address: <code>?screen=Hall%202</code></p>\n",
        );
    } else {
        html.push_str(
            "<table>\n<thead><tr><th>Screen</th><th>State</th><th>To look at</th><th>Board</th>\
             <th class=\"age\">Last asked</th><th class=\"age\">Known for</th><th>Address</th></tr></thead>\n\
             <tbody>\n",
        );
        for screen in screens {
            write_row(html, screen, build)?;
        }
        html.push_str("</tbody>\n</table>\n");
    }
    html.push_str("</main>\n</body>\n</html>\n");
    Ok(())
}

fn write_row(html: &mut String, screen: &Screen, build: &str) -> fmt::Result {
    write!(
        html,
        "<tr class=\"{}\"><th scope=\"row\">",
        screen.state.word()
    )?;
    match &screen.name {
        // Its own direction of writing stays its own.
        Some(name) => write!(html, "<bdi>{}</bdi>", Text(name))?,
        None => write!(html, "<i>without a name ({})</i>", Text(&screen.page))?,
    }
    html.push_str("</th><td class=\"state\">");
    let age = Age(screen.last_seen_age);
    match screen.state {
        State::Dark => write!(html, "dark since {age}")?,
        State::NotPainting => html.push_str("not painting"),
        State::OldBuild => html.push_str("old page"),
        State::Live => html.push_str("live"),
    }
    html.push_str("</td><td>");
    for (index, note) in notes(screen, build).iter().enumerate() {
        let gap = if index > 0 { "<br>" } else { "" };
        write!(html, "{gap}{}", Text(note))?;
    }
    let board = Text(&screen.board);
    let known = Age(screen.first_seen_age);
    write!(
        html,
        "</td><td class=\"whole\">{board}</td><td class=\"age\">{age}</td><td class=\"age\">{known}</td><td class=\"whole\">"
    )?;
    match screen.address {
        Some(address) => write!(html, "{address}")?,
        None => html.push_str(format::UNKNOWN),
    }
    if let Some(server) = &screen.server {
        write!(html, "<br>by {}", Text(server))?;
    }
    html.push_str("</td></tr>\n");
    Ok(())
}

/// The problems of a screen that an operator may want to solve, as of its last request.
fn notes(screen: &Screen, build: &str) -> Vec<String> {
    let mut notes = Vec::new();
    if screen.state == State::NotPainting
        && let Some(age) = screen.paint_age
    {
        notes.push(format!("its browser drew nothing for {}", Age(age)));
    }
    if let Some(own) = screen.build.as_deref().filter(|own| *own != build) {
        notes.push(format!("old page: build {own}, server {build}"));
    }
    if matches!(screen.awake, WakeLock::Refused | WakeLock::Unsupported) {
        notes.push("screen can fall asleep".to_owned());
    }
    if screen.sound == SoundState::Blocked {
        notes.push("sound blocked".to_owned());
    }
    match screen.errors {
        0 => {}
        1 => notes.push("1 error in its page".to_owned()),
        errors => notes.push(format!("{errors} errors in its page")),
    }
    if screen.shares_its_name {
        notes.push("another screen has the same name".to_owned());
    }
    notes
}

/// Text within HTML, and within quotes there.
struct Text<'t>(&'t str);

impl Display for Text<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                other => formatter.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// An age in words.
struct Age(Duration);

impl Display for Age {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = format::age(self.0);
        let unit = match unit {
            AgeUnit::Seconds => "s",
            AgeUnit::Minutes => "min",
            AgeUnit::Hours => "h",
            AgeUnit::Days => "d",
        };
        write!(formatter, "{number} {unit}")
    }
}
