//! Starts the wall: everything else is in the library, where tests reach it.

fn main() {
    queuewall_frontend::start(queuewall_frontend::app::Wall);
}
