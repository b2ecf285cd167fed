//! A rust-libp2p Kademlia node behind the command line of docs/bench.md: one JSON line a result.

mod bench_closest;
mod client;
mod node;
mod ops;
mod print;
mod server;

use std::{error::Error, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use libp2p::Multiaddr;

pub type Outcome<T> = Result<T, Box<dyn Error>>;

const SERVER_LIMIT: Duration = Duration::from_secs(6 * 3600);
const CLIENT_LIMIT: Duration = Duration::from_secs(3600);
const OPS_LIMIT: Duration = Duration::from_secs(300);

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A full server node on 127.0.0.1; ends on SIGTERM.
    Server {
        /// TCP port, 0 for any.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// JSON lines of peers that go into the routing table as they are.
        #[arg(long)]
        peers: Option<PathBuf>,
        #[arg(long, default_value = "/ipfs/kad/1.0.0")]
        protocol: String,
    },
    /// Looks up keys, one after the other.
    Client {
        #[command(flatten)]
        network: Network,
        /// Lines of hexadecimal bytes; the target is their sha256.
        #[arg(long)]
        keys: PathBuf,
        #[arg(long, default_value = "closest", value_parser = ["closest"])]
        op: String,
    },
    /// Puts, gets, finds a peer, provides and finds providers, in this order.
    Ops {
        #[command(flatten)]
        network: Network,
        #[command(flatten)]
        ops: ops::Ops,
    },
    /// How fast the 20 nearest of a key are found in the routing table.
    BenchClosest,
}

#[derive(Args)]
pub struct Network {
    /// Multiaddrs with /p2p/<id>, separated by commas.
    #[arg(long, value_delimiter = ',', required = true)]
    pub bootstrap: Vec<Multiaddr>,
    #[arg(long, default_value = "/ipfs/kad/1.0.0")]
    pub protocol: String,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    match Cli::parse().command {
        Command::Server { port, peers, protocol } => {
            within(SERVER_LIMIT, server::serve(protocol, port, peers)).await
        }
        Command::Client { network, keys, .. } => within(CLIENT_LIMIT, client::look_up(network, keys)).await,
        Command::Ops { network, ops } => within(OPS_LIMIT, ops::run(network, ops)).await,
        Command::BenchClosest => bench_closest::run(),
    }
}

/// Nothing started by a benchmark outlives its limit.
async fn within(limit: Duration, task: impl Future<Output = Outcome<()>>) -> Outcome<()> {
    tokio::time::timeout(limit, task)
        .await
        .map_err(|_| format!("Not done within {} s: ended.", limit.as_secs()))?
}
