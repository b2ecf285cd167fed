use std::{collections::HashSet, time::Duration};

use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, StreamProtocol, Swarm, SwarmBuilder, identify,
    kad::{self, QueryId, QueryResult, store::MemoryStore},
    multiaddr::Protocol,
    noise,
    swarm::{NetworkBehaviour, SwarmEvent},
    tcp, yamux,
};

use crate::{Network, Outcome};

const JOIN_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_TIMEOUT: Duration = Duration::from_secs(600);

#[derive(NetworkBehaviour)]
pub struct Behaviour {
    pub kad: kad::Behaviour<MemoryStore>,
    identify: identify::Behaviour,
}

pub struct Node {
    pub swarm: Swarm<Behaviour>,
    protocol: StreamProtocol,
}

impl Node {
    /// Starts a node on loopback; returns once it listens. As the DHT's default is, no record is validated.
    pub async fn start(protocol: String, port: u16, mode: kad::Mode) -> Outcome<Self> {
        let protocol = StreamProtocol::try_from_owned(protocol)?;
        let kad_protocol = protocol.clone();
        let mut swarm = SwarmBuilder::with_new_identity()
            .with_tokio()
            .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)?
            .with_behaviour(|key| {
                let id = key.public().to_peer_id();
                let mut config = kad::Config::new(kad_protocol);
                config.set_periodic_bootstrap_interval(None);
                Behaviour {
                    kad: kad::Behaviour::with_config(id, MemoryStore::new(id), config),
                    identify: identify::Behaviour::new(identify::Config::new(
                        "ipfs/0.1.0".into(),
                        key.public(),
                    )),
                }
            })?
            .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_TIMEOUT))
            .build();
        swarm.behaviour_mut().kad.set_mode(Some(mode));
        swarm.listen_on(format!("/ip4/127.0.0.1/tcp/{port}").parse()?)?;
        let mut node = Self { swarm, protocol };
        node.listening().await?;
        Ok(node)
    }

    /// A client that is connected to its bootstrap peers and has them in its table, at most 10 s later.
    pub async fn join(network: Network) -> Outcome<Self> {
        let mut node = Self::start(network.protocol, 0, kad::Mode::Client).await?;
        let mut missing = HashSet::new();
        for address in network.bootstrap {
            let (id, address) = split(address)?;
            node.swarm.behaviour_mut().kad.add_address(&id, address.clone());
            node.swarm.dial(address.with(Protocol::P2p(id)))?;
            missing.insert(id);
        }
        let count = missing.len();
        // Those that do not answer in time are left out, as everywhere.
        let _ = tokio::time::timeout(JOIN_TIMEOUT, node.connected(&mut missing)).await;
        if missing.len() < count { Ok(node) } else { Err("None of the bootstrap peers answered.".into()) }
    }

    pub fn id(&self) -> PeerId {
        *self.swarm.local_peer_id()
    }

    pub fn kad(&mut self) -> &mut kad::Behaviour<MemoryStore> {
        &mut self.swarm.behaviour_mut().kad
    }

    /// Peers in the routing table.
    pub fn table_size(&mut self) -> usize {
        self.kad().kbuckets().map(|bucket| bucket.num_entries()).sum()
    }

    /// Lets the node work for a while.
    pub async fn run_for(&mut self, time: Duration) {
        let _ = tokio::time::timeout(time, async {
            loop {
                self.next_event().await;
            }
        })
        .await;
    }

    /// Closes all connections in good order: what was sent without a reply may not have left yet.
    pub async fn disconnect(&mut self) {
        let peers: Vec<_> = self.swarm.connected_peers().copied().collect();
        for peer in peers {
            // Fails for those that left just now.
            let _ = self.swarm.disconnect_peer_id(peer);
        }
        while self.swarm.connected_peers().next().is_some() {
            self.next_event().await;
        }
    }

    /// The next result of a query, and whether it is its last.
    pub async fn next_result(&mut self, query: QueryId) -> (QueryResult, bool) {
        loop {
            if let SwarmEvent::Behaviour(BehaviourEvent::Kad(kad::Event::OutboundQueryProgressed {
                id,
                result,
                step,
                ..
            })) = self.next_event().await
                && id == query
            {
                return (result, step.last);
            }
        }
    }

    /// The last result of a query.
    pub async fn last_result(&mut self, query: QueryId) -> QueryResult {
        loop {
            if let (result, true) = self.next_result(query).await {
                return result;
            }
        }
    }

    /// The next event. As its documentation advises, servers that identify themselves enter the table.
    pub async fn next_event(&mut self) -> SwarmEvent<BehaviourEvent> {
        let event = self.swarm.select_next_some().await;
        if let SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Received {
            peer_id,
            info,
            ..
        })) = &event
            && info.protocols.contains(&self.protocol)
        {
            for address in &info.listen_addrs {
                self.kad().add_address(peer_id, address.clone());
            }
        }
        event
    }

    async fn listening(&mut self) -> Outcome<()> {
        loop {
            match self.next_event().await {
                SwarmEvent::NewListenAddr { address, .. } => {
                    // Provider records carry confirmed external addresses only.
                    self.swarm.add_external_address(address);
                    return Ok(());
                }
                SwarmEvent::ListenerClosed { reason: Err(error), .. } => return Err(error.into()),
                _ => {}
            }
        }
    }

    async fn connected(&mut self, missing: &mut HashSet<PeerId>) {
        while !missing.is_empty() {
            if let SwarmEvent::ConnectionEstablished { peer_id, .. } = self.next_event().await {
                missing.remove(&peer_id);
            }
        }
    }
}

fn split(mut address: Multiaddr) -> Outcome<(PeerId, Multiaddr)> {
    match address.pop() {
        Some(Protocol::P2p(id)) => Ok((id, address)),
        _ => Err(format!("{address} does not end in /p2p/<peer id>.").into()),
    }
}
