//! One component a file; the style sheet of each has the same name in `style/`.

mod banner;
pub mod board;
pub mod board_list;
mod foot;
pub(crate) mod grid;
mod hands;
mod header;
mod line;
pub mod message;
mod no_entry;
mod overlays;
mod problems;
mod tile;
pub(crate) mod toolbar;
