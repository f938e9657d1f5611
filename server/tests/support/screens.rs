//! The screens, as a program lists them for operators.

use serde_json::Value;

use super::program::Program;

/// What the program answers now, on its listener for operators.
pub(crate) async fn screens(program: &Program) -> Vec<Value> {
    let said = program.said();
    let (_, at) = said.split_once("metrics and screens at ").unwrap();
    let url = at.split_whitespace().next().unwrap();
    let url = format!("{}/screens", url.trim_end_matches('/'));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(url).header("accept", "application/json");
    let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
    match answer["screens"].take() {
        Value::Array(screens) => screens,
        other => panic!("{other}"),
    }
}
