use std::{fs, path::PathBuf, process};

use libp2p::{Multiaddr, kad::Mode};
use serde::Deserialize;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::{Outcome, node::Node, print::print};

pub async fn serve(protocol: String, port: u16, peers: Option<PathBuf>) -> Outcome<()> {
    let mut asked_to_end = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut node = Node::start(protocol, port, Mode::Server).await?;
    if let Some(file) = peers {
        add_peers(&mut node, file)?;
    }
    let id = node.id();
    let address = node.swarm.listeners().next().cloned().ok_or("The node does not listen.")?;
    print(json!({
        "ready": true,
        "impl": "rust",
        "peerId": id.to_string(),
        "addr": format!("{address}/p2p/{id}"),
        "pid": process::id(),
        "table": node.table_size(),
    }));
    loop {
        tokio::select! {
            _ = asked_to_end.recv() => return Ok(()),
            _ = interrupted.recv() => return Ok(()),
            _ = node.next_event() => {}
        }
    }
}

#[derive(Deserialize)]
struct PeerLine {
    id: String,
    addrs: Vec<Multiaddr>,
}

/// A full bucket refuses, or asks its oldest first: that is its rule.
fn add_peers(node: &mut Node, file: PathBuf) -> Outcome<()> {
    for line in fs::read_to_string(file)?.lines().filter(|line| !line.is_empty()) {
        let peer: PeerLine = serde_json::from_str(line)?;
        let id = peer.id.parse()?;
        for address in peer.addrs {
            node.kad().add_address(&id, address);
        }
    }
    Ok(())
}
