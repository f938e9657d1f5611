//! One component a file; the style sheet of each has the same name in `style/`.

pub mod banner;
pub mod board;
pub mod board_list;
pub mod foot;
pub mod grid;
pub mod header;
pub mod hints;
pub mod message;
pub mod no_entry;
pub mod overlays;
pub mod problems;
pub mod tile;
pub mod toolbar;
