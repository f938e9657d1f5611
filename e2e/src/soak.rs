//! stub
/// week
pub const A_WEEK: u32 = 120_960;
