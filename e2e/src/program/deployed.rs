//! The program as it is deployed: a copy alone in its folder, whose board a link opens.

use std::fs;

use anyhow::{Context as _, Result, bail, ensure};
use queuewall_simulator::Options;

use super::{ONE_BOARD, Program, built, write_private};

/// A word of the page as `index.html` has it, and what another build has in its place.
const OLD_WORD: &[u8] = b"This wallboard could not start.";
const NEW_WORD: &[u8] = b"This wallboard did not start up";

impl Program {
    /// Puts a copy of the same program into its folder, with a board that a link opens, and
    /// with as much logging as there is: none of it may be a secret.
    pub async fn deploy(options: Options) -> Result<Self> {
        let boards = format!("[access]\nmode = \"links\"\n\n{ONE_BOARD}");
        let mut program = Self::prepare(built()?, options, &boards).await?;
        let copy = program.folder().join("queuewall");
        fs::copy(&program.program, &copy).context("QUEUEWALL_PROGRAM cannot be copied")?;
        program.program = copy;
        let log = "QUEUEWALL_LOG=debug\nQUEUEWALL_LOG_FORMAT=json\n";
        write_private(&program.folder().join(".env"), log)?;
        Ok(program)
    }

    /// Puts another build into the place of the copy that [`deploy`](Self::deploy) made: the
    /// same but for a word of its page, which is enough for another name.
    pub fn rebuild(&self) -> Result<()> {
        let mut bytes = fs::read(&self.program)?;
        let places: Vec<usize> = bytes
            .windows(OLD_WORD.len())
            .enumerate()
            .filter_map(|(place, window)| (window == OLD_WORD).then_some(place))
            .collect();
        let [place] = places[..] else {
            bail!("the page's words are in the program at {places:?}: has index.html changed?");
        };
        bytes[place..place + OLD_WORD.len()].copy_from_slice(NEW_WORD);
        fs::write(&self.program, bytes).context("the other build cannot be put in its place")
    }

    /// A link to the board: its address, and the token behind it.
    pub async fn link(&self) -> Result<(String, String)> {
        let added = self.run(&["links", "add", "--board", "main"]).await?;
        ensure!(added.code == Some(0), "{}", self.said());
        let link = added.answer.lines().find(|line| line.contains("#t="));
        let (address, token) = link
            .and_then(|line| line.trim().split_once("#t="))
            .context("a link to open")?;
        Ok((address.to_owned(), token.to_owned()))
    }
}
