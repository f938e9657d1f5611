//! `queuewall screens`: lets in a screen that shows a code.

use std::{io, time::Duration};

use tokio::time::{Instant, sleep};

use super::{
    args::{AddArgs, ApproveArgs},
    exit::{Exit, Failure},
    links::{CommandIo, until},
    table::printable,
};
use crate::access::{CODE_LIFE, PendingScreen, StoreError, code};

/// For how long a code that is not there is looked for, and how often.
const PATIENCE: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Makes a link of the waiting screen's own secret, which becomes its token. Before that it
/// says where the screen is, and asks a person whether that is right.
pub(super) async fn approve(io: &mut CommandIo<'_>, args: ApproveArgs) -> Result<Exit, Failure> {
    let typed = code::normal(&args.code);
    let Some(screen) = find(io, &typed).await? else {
        return Err(Failure::new(
            Exit::Other,
            format_args!(
                "no waiting screen has the code {}: read it again; a code is valid for {} minutes, then the screen shows \
                 a new one. If it is right, see the server's log: it may be unable to write its database, or use \
                 another one than this command ({})",
                printable(&typed),
                CODE_LIFE.as_secs() / 60,
                io.store.location()
            ),
        ));
    };
    let place = match screen.peer {
        Some(peer) => format!("at {peer}"),
        None => "at an unknown address".to_owned(),
    };
    writeln!(io.notes, "the code {typed} is shown by a screen {place}")?;
    let board = board(io, args.board, args.yes)?;
    if !args.yes && !agrees(io, &board)? {
        return Err(Failure::new(
            Exit::Other,
            "the screen was not approved: its code is valid until it expires",
        ));
    }
    let new = AddArgs {
        board: board.clone(),
        label: args.name,
        expires: args.expires,
        // A screen on a wall shows counts.
        agents: false,
    };
    let approved = io.hand_out(
        &new,
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
    );
    let id = approved.await?;
    writeln!(io.out, "{id}")?;
    writeln!(
        io.notes,
        "the screen {place} shows the board {board} in a few seconds, with the link {id}, {}",
        until(args.expires.at(io.now))
    )?;
    io.note_mode()?;
    Ok(Exit::Done)
}

/// The board that `named` is, else the only one, else the one that a person names. The
/// command that a screen shows has the board of the screen's address, which may not exist:
/// the page must not tell strangers which boards do.
fn board(io: &mut CommandIo<'_>, named: Option<String>, yes: bool) -> Result<String, Failure> {
    let slugs = &io.config.slugs;
    let lack = match (&named, slugs.as_slice()) {
        (Some(slug), _) if slugs.contains(slug) => return Ok(slug.clone()),
        (None, [only]) => return Ok(only.clone()),
        (Some(slug), _) => format!("there is no board {slug:?}"),
        (None, _) => "no board is named by --board".to_owned(),
    };
    let all = slugs.join(", ");
    let answer = match yes {
        true => None,
        false => ask(io, &format!("{lack}. Which one: {all}? "))?,
    };
    match answer {
        Some(slug) if slugs.contains(&slug) => Ok(slug),
        Some(slug) => Err(no_board(&format!("there is no board {slug:?}"), &all)),
        None => Err(no_board(&lack, &all)),
    }
}

fn no_board(lack: &str, all: &str) -> Failure {
    Failure::new(Exit::Usage, format_args!("{lack}: name one of {all}"))
}

/// Whether somebody says yes; a script has said so by its command.
fn agrees(io: &mut CommandIo<'_>, board: &str) -> io::Result<bool> {
    let question = format!("let it show the board {board}? [y/N] ");
    let answer = ask(io, &question)?;
    Ok(answer.is_none_or(|answer| matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes")))
}

/// What somebody answers; `None` in a script.
fn ask(io: &mut CommandIo<'_>, question: &str) -> io::Result<Option<String>> {
    let Some(answers) = io.answers.as_mut() else {
        return Ok(None);
    };
    write!(io.notes, "{question}")?;
    io.notes.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(Some(answer.trim().to_owned()))
}

/// The waiting screen of this code. A screen may show its code a moment before its server has
/// written it to the database.
async fn find(io: &CommandIo<'_>, code: &str) -> Result<Option<PendingScreen>, StoreError> {
    let until = Instant::now() + PATIENCE;
    loop {
        let waiting = io.store.screens().await?;
        let mut good = waiting.into_iter().filter(|screen| screen.is_good(io.now));
        let found = good.find(|screen| screen.code == code);
        if found.is_some() || Instant::now() >= until {
            return Ok(found);
        }
        sleep(LOOK_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{super::links::tests::TestIo, *};
    use crate::{
        access::{Links, PairingCodes, Waiting},
        cli::args::Expires,
    };

    async fn waiting(test_io: &TestIo) -> Waiting {
        let codes = PairingCodes::new(test_io.store());
        let waiting = codes.add(Some([10, 0, 0, 7].into()), test_io.now).unwrap();
        codes.look(test_io.now).await.unwrap();
        waiting
    }

    async fn approved(
        test_io: &TestIo,
        code: &str,
        board: &str,
    ) -> Result<(String, String), Failure> {
        approve_with(test_io, code, board, false).await
    }

    async fn approve_with(
        test_io: &TestIo,
        code: &str,
        board: &str,
        yes: bool,
    ) -> Result<(String, String), Failure> {
        let args = ApproveArgs {
            yes,
            code: code.to_owned(),
            board: (!board.is_empty()).then(|| board.to_owned()),
            name: Some("Hall 2".to_owned()),
            expires: Expires::Days(1),
        };
        let approve = async |io: &mut CommandIo<'_>| approve(io, args).await;
        test_io.ask(approve).await
    }

    #[tokio::test]
    async fn code_that_is_written_a_moment_later_is_found() {
        let test_io = TestIo::open();
        let codes = PairingCodes::new(test_io.store());
        let waiting = codes.add(None, test_io.now).unwrap();
        let written = async {
            tokio::task::yield_now().await;
            codes.look(test_io.now).await.unwrap();
        };
        let approved = approved(&test_io, &waiting.code, "sales");
        assert!(tokio::join!(approved, written).0.is_ok());
    }

    #[tokio::test]
    async fn the_screens_own_secret_becomes_its_link() {
        let test_io = TestIo::open();
        let waiting = waiting(&test_io).await;
        let typed = format!("{}-{}", &waiting.code[..3], &waiting.code[3..]).to_lowercase();
        let (id, notes) = approved(&test_io, &typed, "sales").await.unwrap();
        assert!(
            notes.contains("at 10.0.0.7 shows the board sales"),
            "{notes}"
        );
        let links = Links::open(test_io.store()).await.unwrap();
        let link = links.good(waiting.secret.expose(), test_io.now).unwrap();
        assert_eq!(
            (link.id.as_str(), link.board.as_str()),
            (id.trim(), "sales")
        );
        assert_eq!(link.label.as_deref(), Some("Hall 2"));

        let again = approved(&test_io, &waiting.code, "main").await.unwrap_err();
        assert!(
            again
                .message
                .unwrap()
                .contains("approved before, for the board sales")
        );
    }

    #[tokio::test]
    async fn approval_asks_for_confirmation_on_a_terminal_only() {
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
            let waiting = waiting(&test_io).await;
            let outcome = approve_with(&test_io, &waiting.code, "sales", yes).await;
            assert_eq!(outcome.is_ok(), is_let_in, "{answer:?}");
            assert_eq!(
                test_io.store().links().await.unwrap().len(),
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

    #[tokio::test]
    async fn approval_asks_for_the_board_where_none_or_an_unknown_is_named() {
        let mut test_io = TestIo::open();
        let unnamed = approved(&test_io, &waiting(&test_io).await.code, "")
            .await
            .unwrap_err();
        let message = unnamed.message.unwrap();
        assert_eq!(unnamed.exit, Exit::Usage);
        assert_eq!(
            message,
            "no board is named by --board: name one of main, sales"
        );
        test_io.answer = Some("sales\ny\n");
        for named in ["", "nope"] {
            let waiting = waiting(&test_io).await;
            let (_, notes) = approved(&test_io, &waiting.code, named).await.unwrap();
            assert!(
                notes.contains(". Which one: main, sales? let it"),
                "{notes}"
            );
            assert!(notes.contains("shows the board sales in"), "{notes}");
            let waiting = self::waiting(&test_io).await;
            assert!(
                approve_with(&test_io, &waiting.code, named, true)
                    .await
                    .is_err()
            );
        }
        test_io.answer = Some("nor this\ny\n");
        let unknown = approved(&test_io, &waiting(&test_io).await.code, "nope")
            .await
            .unwrap_err();
        assert!(unknown.message.unwrap().contains("no board \"nor this\""));

        test_io.answer = None;
        test_io.config.slugs.truncate(1);
        let (_, notes) = approved(&test_io, &waiting(&test_io).await.code, "")
            .await
            .unwrap();
        assert!(notes.contains("shows the board main in"), "{notes}");
    }

    #[tokio::test]
    async fn approval_fails_for_wrong_or_expired_code_or_unknown_board() {
        let mut test_io = TestIo::open();
        let waiting = waiting(&test_io).await;
        let wrong = approved(&test_io, "AAAAAA", "sales").await.unwrap_err();
        assert_eq!(wrong.exit, Exit::Other);
        assert!(
            wrong
                .message
                .unwrap()
                .starts_with("no waiting screen has the code AAAAAA: read")
        );
        let unknown = approved(&test_io, &waiting.code, "nowhere")
            .await
            .unwrap_err();
        assert_eq!(unknown.exit, Exit::Usage);
        test_io.now += CODE_LIFE;
        let old = approved(&test_io, &waiting.code, "sales")
            .await
            .unwrap_err();
        assert!(old.message.unwrap().starts_with("no waiting screen"));
        assert_eq!(test_io.store().links().await.unwrap(), []);
    }
}
