//! `queuewall store export`: the files of an older version, to go back to it.

use std::{fs, io, io::Write, sync::Arc};

use super::super::{
    args::StoreExportArgs,
    exit::{Exit, Failure},
};
use crate::{
    access::{Store, takeover},
    config::StoreSettings,
    database::Database,
    state::StateDir,
    system_error::{Attempt, remedy},
};

/// Writes the links and revocations of now, and the requests that were counted last.
pub(super) async fn run(
    settings: &StoreSettings,
    args: &StoreExportArgs,
    notes: &mut dyn Write,
) -> Result<Exit, Failure> {
    let to = args.folder.display();
    match fs::read_dir(&args.folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Ok(false) => {
            let what = format_args!("{to} is not empty: name a new folder");
            return Err(Failure::new(Exit::Usage, what));
        }
        Err(error) => {
            let remedy = remedy(Attempt::Read, &error);
            let what = format_args!("{to} cannot be read ({error}): {remedy}");
            return Err(Failure::new(Exit::Other, what));
        }
    }
    let dir = StateDir::new(settings.state_dir.clone());
    let database = Database::of(&settings.store, &dir).with_links();
    let database = Arc::new(database.of_command());
    let store = Store::of(Arc::clone(&database), dir);
    let exported = async {
        let (links, budget) = (store.links().await?, store.budget().await?);
        let count = links.len();
        takeover::export(links, budget.as_deref(), &args.folder)?;
        Ok::<_, Failure>(count)
    };
    let exported = exported.await;
    database.close().await;
    writeln!(
        notes,
        "links written to {to}: {}. Stop the server, copy the files to the state folder, and start version 0.1",
        exported?
    )?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::tests::link,
        cli::{ExportVersion, store::tests::kept},
    };

    #[tokio::test]
    async fn links_are_exported_to_an_empty_folder_alone() {
        let (settings, folder) = kept().await;
        let store = Store::new(settings.state_dir.clone());
        let added = store.change::<_, crate::access::StoreError>(|links| {
            links.push(link("main", "a"));
            links[0].revoked = Some(7);
            Ok(())
        });
        added.await.unwrap();
        let args = StoreExportArgs {
            version: ExportVersion::V0_1,
            folder: folder.path().join("export"),
        };
        let mut notes = Vec::new();
        run(&settings, &args, &mut notes).await.unwrap();
        let notes = String::from_utf8(notes).unwrap();
        assert!(notes.contains(": 1. Stop the server"), "{notes}");
        let file = args.folder.join("access.json");
        let written: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        assert_eq!(written["version"], 1);
        assert_eq!(written["links"][0]["revoked"], 7);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let again = run(&settings, &args, &mut Vec::new()).await.unwrap_err();
        assert_eq!(again.exit, Exit::Usage);
    }
}
