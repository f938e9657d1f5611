//! The screens, as a program lists them for operators.

use std::time::Duration;

use serde_json::Value;

use super::program::Program;

/// What the program answers now, on its listener for operators.
pub(crate) async fn screens(program: &Program) -> Vec<Value> {
    let url = loop {
        let said = program.said();
        let at = said.split_once("metrics and screens at ");
        if let Some((url, _)) = at.and_then(|(_, at)| at.split_once('\n')) {
            break format!("{}/screens", url.trim_end_matches('/'));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(url).header("accept", "application/json");
    let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
    match answer["screens"].take() {
        Value::Array(screens) => screens,
        other => panic!("{other}"),
    }
}
