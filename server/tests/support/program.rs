//! The real program in a separate environment, and its output.

use std::{
    io::{BufRead as _, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_queuewall");

/// For whatever has to happen, on a busy machine too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// `queuewall` with these arguments, these variables and no others, in `folder`.
pub(crate) fn command(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    command
}

/// `queuewall serve`; ended when it is dropped.
pub(crate) struct Program {
    child: Child,
    /// Where it serves.
    pub(crate) address: SocketAddr,
    said: Arc<Mutex<Vec<u8>>>,
    listening: Vec<JoinHandle<()>>,
}

impl Program {
    /// Starts it, and waits until it says where it serves.
    pub(crate) fn serve(folder: &Path, variables: &[(&str, &str)]) -> Self {
        Self::start(command(folder, variables, &["serve"]))
    }

    /// The same of a command that becomes `queuewall serve`.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let stderr = listen(child.stderr.take().unwrap(), &said);
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        said.lock().unwrap().extend_from_slice(line.as_bytes());
        let address = line.trim().trim_end_matches('/').split_once("://");
        let Some((_, address)) = address else {
            let _ = child.wait();
            stderr.join().unwrap();
            panic!("{}", String::from_utf8_lossy(&said.lock().unwrap()));
        };
        let address = address.parse().unwrap();
        let listening = vec![stderr, listen(stdout, &said)];
        Self {
            child,
            address,
            said,
            listening,
        }
    }

    /// What it has said so far, on stdout and stderr.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&self.said.lock().unwrap()).into_owned()
    }

    /// Sends it this signal, by its name.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as systemd does, and tells all that it said. It has to be there still, and to
    /// end well.
    pub(crate) fn end(mut self) -> String {
        assert_eq!(self.child.try_wait().unwrap(), None, "it goes on");
        self.signal("TERM");
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it does not end");
            thread::sleep(Duration::from_millis(20));
        };
        for thread in self.listening.drain(..) {
            thread.join().unwrap();
        }
        let said = self.said();
        assert!(status.success(), "{status}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        said
    }
}

/// Sends a process this signal, by its name.
pub(crate) fn signal(id: u32, name: &str) {
    let mut kill = Command::new("kill");
    let status = kill.args(["-s", name, &id.to_string()]).status().unwrap();
    assert!(status.success(), "{status}");
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended where the test came to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(mut from: impl Read + Send + 'static, said: &Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    let said = Arc::clone(said);
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            said.lock().unwrap().extend_from_slice(&bytes[..count]);
        }
    })
}
