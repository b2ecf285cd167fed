use std::{fs, mem::MaybeUninit, path::PathBuf, time::Instant};

use libp2p::kad::{GetClosestPeersError, GetClosestPeersOk, PeerInfo, QueryResult};
use serde_json::json;

use crate::{
    Network, Outcome,
    node::Node,
    print::{milliseconds, print, texts},
};

/// Looks up every key of a file, one after the other, and prints a line for each.
pub async fn look_up(network: Network, keys: PathBuf) -> Outcome<()> {
    let text = fs::read_to_string(keys)?;
    let keys: Vec<Vec<u8>> =
        text.lines().filter(|line| !line.is_empty()).map(hex::decode).collect::<Result<_, _>>()?;
    let mut node = Node::join(network).await?;
    let before = cpu_ms();
    for key in &keys {
        let started = Instant::now();
        let peers = closest(&mut node, key.clone()).await;
        let ids = texts(peers.into_iter().map(|peer| peer.peer_id));
        print(json!({ "key": hex::encode(key), "ms": milliseconds(started), "peers": ids }));
    }
    print(json!({ "done": true, "n": keys.len(), "cpu_ms": cpu_ms() - before }));
    Ok(())
}

/// The peers nearest to the sha256 of a key, nearest first; those found so far when it took too long.
pub async fn closest(node: &mut Node, key: Vec<u8>) -> Vec<PeerInfo> {
    let query = node.kad().get_closest_peers(key);
    match node.last_result(query).await {
        QueryResult::GetClosestPeers(
            Ok(GetClosestPeersOk { peers, .. }) | Err(GetClosestPeersError::Timeout { peers, .. }),
        ) => peers,
        _ => vec![],
    }
}

/// Milliseconds of processor time of this process.
fn cpu_ms() -> i64 {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: getrusage only writes to the struct it is given, and all zeros are one.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    [usage.ru_utime, usage.ru_stime].iter().map(|t| t.tv_sec * 1000 + t.tv_usec / 1000).sum()
}
