//! Recompiles the server when the page that it embeds has changed.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A folder that is missing is looked for at every build, and found when it comes.
    println!("cargo::rerun-if-changed=../dist");
}
