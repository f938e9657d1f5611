use super::*;

#[test]
fn ca_file_that_is_none_is_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let refused = |path: &Path| {
        let error = read_ca_file(path).unwrap_err();
        let words = error.to_string();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(words.contains(name), "{words}");
        assert!(words.contains("CXONE_CA_FILE"), "{words}");
        error
    };
    for unreadable in [&path, folder.path()] {
        let error = refused(unreadable);
        assert!(matches!(error, SetupError::CaFileUnreadable { .. }));
    }
    std::fs::write(&path, "just text").unwrap();
    let error = refused(&path);
    assert!(matches!(error, SetupError::CaFileWithoutCertificate { .. }));
    let malformed = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(&path, malformed).unwrap();
    let error = refused(&path);
    assert!(matches!(error, SetupError::CaFileMalformed { .. }));
}

#[test]
fn missing_trust_store_is_named_with_the_remedy() {
    let detail = "no certificates".to_owned();
    let words = SetupError::from(cxone::SetupError { detail }).to_string();
    assert!(
        words.contains("(no certificates): check SSL_CERT_FILE"),
        "{words}"
    );
    assert!(words.contains("ca-certificates"), "{words}");
}
