use std::time::Instant;

use serde_json::Value;

/// Writes one JSON line to stdout.
pub fn print(line: Value) {
    println!("{line}");
}

pub fn milliseconds(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

/// A list of JSON texts.
pub fn texts<T: ToString>(values: impl IntoIterator<Item = T>) -> Value {
    values.into_iter().map(|value| value.to_string()).collect()
}
