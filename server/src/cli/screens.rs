//! `queuewall screens`: lets in a screen that shows a code.

use std::io;

use super::{
    args::ApproveArgs,
    exit::{Exit, Failure},
    links::{CommandIo, until},
    table::printable,
};
use crate::access::{CODE_LIFE, code};

/// Makes a link of the waiting screen's own secret, which becomes its token. Before that it
/// says where the screen is, and asks a person whether that is right.
pub(super) fn approve(io: &mut CommandIo<'_>, args: ApproveArgs) -> Result<Exit, Failure> {
    let typed = code::normal(&args.code);
    let waiting = io.store().screens()?;
    let mut good = waiting.into_iter().filter(|screen| screen.is_good(io.now));
    let Some(screen) = good.find(|screen| screen.code == typed) else {
        return Err(Failure::new(
            Exit::Other,
            format_args!(
                "no waiting screen has the code {}: read it again; a code is valid for {} minutes, then the screen shows \
                 a new one. If it is right, see the server's log: it may be unable to write screens.json, or use \
                 another state folder than this command ({})",
                printable(&typed),
                CODE_LIFE.as_secs() / 60,
                io.config.access.state_dir.display()
            ),
        ));
    };
    let place = match screen.peer {
        Some(peer) => format!("at {peer}"),
        None => "at an unknown address".to_owned(),
    };
    writeln!(io.notes, "the code {typed} is shown by a screen {place}")?;
    if !args.yes && !agrees(io, &args.board)? {
        return Err(Failure::new(
            Exit::Other,
            "the screen was not approved: its code is valid until it expires",
        ));
    }
    let id = io.hand_out(
        &args.board,
        args.name,
        args.expires,
        screen.sha256,
        |links| match links.iter().find(|link| link.sha256 == screen.sha256) {
            None => Ok(()),
            Some(link) => Err(Failure::new(
                Exit::Other,
                format_args!(
                    "this screen was approved before, for the board {} with the link {}: revoke that \
                     one, and the screen shows a new code",
                    link.board, link.id
                ),
            )),
        },
    )?;
    writeln!(io.out, "{id}")?;
    writeln!(
        io.notes,
        "the screen {place} shows the board {} in a few seconds, with the link {id}, {}",
        args.board,
        until(args.expires.at(io.now))
    )?;
    io.note_mode()?;
    Ok(Exit::Done)
}

/// Whether somebody says yes; a script has said so by its command.
fn agrees(io: &mut CommandIo<'_>, board: &str) -> io::Result<bool> {
    let Some(answers) = io.answers.as_mut() else {
        return Ok(true);
    };
    write!(io.notes, "let it show the board {board}? [y/N] ")?;
    io.notes.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_ascii_lowercase().as_str(),
        "y" | "yes"
    ))
}

#[cfg(test)]
mod tests {
    use super::{super::links::tests::TestIo, *};
    use crate::{
        access::{Links, PairingCodes, Waiting},
        cli::args::Expires,
    };

    fn waiting(test_io: &TestIo) -> Waiting {
        let codes = PairingCodes::new(test_io.store());
        let waiting = codes.add(Some([10, 0, 0, 7].into()), test_io.now).unwrap();
        codes.write().unwrap();
        waiting
    }

    fn approved(test_io: &TestIo, code: &str, board: &str) -> Result<(String, String), Failure> {
        approve_with(test_io, code, board, false)
    }

    fn approve_with(
        test_io: &TestIo,
        code: &str,
        board: &str,
        yes: bool,
    ) -> Result<(String, String), Failure> {
        let args = ApproveArgs {
            yes,
            code: code.to_owned(),
            board: board.to_owned(),
            name: Some("Hall 2".to_owned()),
            expires: Expires::Days(1),
        };
        test_io.ask(|io| approve(io, args))
    }

    #[test]
    fn the_screens_own_secret_becomes_its_link() {
        let test_io = TestIo::open();
        let waiting = waiting(&test_io);
        let typed = format!("{}-{}", &waiting.code[..3], &waiting.code[3..]).to_lowercase();
        let (id, notes) = approved(&test_io, &typed, "sales").unwrap();
        assert!(
            notes.contains("at 10.0.0.7 shows the board sales"),
            "{notes}"
        );
        let links = Links::open(test_io.store()).unwrap();
        let link = links.good(waiting.secret.expose(), test_io.now).unwrap();
        assert_eq!(
            (link.id.as_str(), link.board.as_str()),
            (id.trim(), "sales")
        );
        assert_eq!(link.label.as_deref(), Some("Hall 2"));

        let again = approved(&test_io, &waiting.code, "main").unwrap_err();
        assert!(
            again
                .message
                .unwrap()
                .contains("approved before, for the board sales")
        );
    }

    #[test]
    fn approval_asks_for_confirmation_on_a_terminal_only() {
        for (answer, yes, is_let_in) in [
            (None, false, true),
            (Some("y\n"), false, true),
            (Some(" YES \n"), false, true),
            (Some("n\n"), true, true),
            (Some("n\n"), false, false),
            (Some("\n"), false, false),
            (Some(""), false, false),
            (Some("yesterday\n"), false, false),
        ] {
            let mut test_io = TestIo::open();
            test_io.answer = answer;
            let waiting = waiting(&test_io);
            let outcome = approve_with(&test_io, &waiting.code, "sales", yes);
            assert_eq!(outcome.is_ok(), is_let_in, "{answer:?}");
            assert_eq!(
                test_io.store().links().unwrap().len(),
                usize::from(is_let_in)
            );
            match outcome {
                Ok((_, notes)) => {
                    let asked = notes.contains("let it show the board sales? [y/N]");
                    assert_eq!(asked, answer.is_some() && !yes, "{notes}");
                    let (shown, let_in) = notes.split_once('\n').unwrap();
                    assert!(shown.contains("10.0.0.7"), "before it is let in: {notes}");
                    assert!(let_in.contains("shows the board"), "{notes}");
                }
                Err(failure) => assert!(failure.message.unwrap().contains("not approved")),
            }
        }
    }

    #[test]
    fn approval_fails_for_wrong_or_expired_code_or_unknown_board() {
        let mut test_io = TestIo::open();
        let waiting = waiting(&test_io);
        let wrong = approved(&test_io, "AAAAAA", "sales").unwrap_err();
        assert_eq!(wrong.exit, Exit::Other);
        assert!(
            wrong
                .message
                .unwrap()
                .starts_with("no waiting screen has the code AAAAAA: read")
        );
        let unknown = approved(&test_io, &waiting.code, "nowhere").unwrap_err();
        assert_eq!(unknown.exit, Exit::Usage);
        test_io.now += CODE_LIFE;
        let old = approved(&test_io, &waiting.code, "sales").unwrap_err();
        assert!(old.message.unwrap().starts_with("no waiting screen"));
        assert_eq!(test_io.store().links().unwrap(), []);
    }
}
