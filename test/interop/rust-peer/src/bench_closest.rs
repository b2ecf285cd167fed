use std::time::{Duration, Instant};

use libp2p::{
    Multiaddr, PeerId,
    kad::{self, KBucketKey, store::MemoryStore},
};
use serde_json::json;

use crate::{Outcome, print::print};

const PEERS: usize = 1_000;
const KEYS: usize = 10_000;
const COUNT: usize = 20;
const WARM_UP: Duration = Duration::from_millis(300);
const RUN: Duration = Duration::from_secs(2);

/// How often a second the 20 nearest of random keys are found in a table that 1,000 peers were offered to.
pub fn run() -> Outcome<()> {
    let id = PeerId::random();
    let mut kad = kad::Behaviour::new(id, MemoryStore::new(id));
    let address: Multiaddr = "/ip4/127.0.0.1/tcp/4001".parse()?;
    for _ in 0..PEERS {
        kad.add_address(&PeerId::random(), address.clone());
    }
    let keys: Vec<_> = (0..KEYS).map(|_| KBucketKey::from(PeerId::random())).collect();
    run_for(WARM_UP, &mut kad, &keys);
    let ops_per_s = run_for(RUN, &mut kad, &keys).round();
    let table: usize = kad.kbuckets().map(|bucket| bucket.num_entries()).sum();
    print(json!({ "ops_per_s": ops_per_s, "table": table }));
    Ok(())
}

/// Operations a second.
fn run_for(limit: Duration, kad: &mut kad::Behaviour<MemoryStore>, keys: &[KBucketKey<PeerId>]) -> f64 {
    let started = Instant::now();
    let mut done = 0;
    let mut seen = 0;
    while started.elapsed() < limit {
        for key in keys {
            seen += kad.get_closest_local_peers(key).take(COUNT).count();
        }
        done += keys.len();
    }
    assert!(seen > 0, "the table is empty");
    done as f64 / started.elapsed().as_secs_f64()
}
