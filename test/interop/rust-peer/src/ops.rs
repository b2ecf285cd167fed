use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use clap::Args;
use libp2p::{
    PeerId,
    kad::{
        GetProvidersOk, GetRecordError, GetRecordOk, PeerRecord, PutRecordError, QueryResult, Quorum, Record,
        RecordKey,
    },
};
use serde_json::{Value, json};

use crate::{
    Network, Outcome,
    client::closest,
    node::Node,
    print::{milliseconds, print, texts},
};

/// The query of a provide ends when the requests are handed on; no event tells when they have been sent.
const UNACKNOWLEDGED: Duration = Duration::from_secs(1);

/// What to do; keys of records as text, those of providers as hexadecimal multihashes.
#[derive(Args)]
pub struct Ops {
    /// A record key and its value in hexadecimal.
    #[arg(long, num_args = 2)]
    put: Option<Vec<String>>,
    /// A record key.
    #[arg(long)]
    get: Option<String>,
    /// A peer id.
    #[arg(long)]
    find_peer: Option<String>,
    /// A multihash in hexadecimal.
    #[arg(long)]
    provide: Option<String>,
    /// A multihash in hexadecimal.
    #[arg(long)]
    find_providers: Option<String>,
}

/// Does what is asked, in the order put, get, find-peer, provide, find-providers, and prints a line for each.
pub async fn run(network: Network, ops: Ops) -> Outcome<()> {
    let mut node = Node::join(network).await?;
    if let Some([key, value]) = ops.put.as_deref() {
        let started = Instant::now();
        report("put", key, started, put(&mut node, key, value).await);
    }
    if let Some(key) = &ops.get {
        let started = Instant::now();
        report("get", key, started, get(&mut node, key).await);
    }
    if let Some(id) = &ops.find_peer {
        let started = Instant::now();
        report("find-peer", id, started, find_peer(&mut node, id).await);
    }
    if let Some(key) = &ops.provide {
        let started = Instant::now();
        report("provide", key, started, provide(&mut node, key).await);
    }
    if let Some(key) = &ops.find_providers {
        let started = Instant::now();
        report("find-providers", key, started, find_providers(&mut node, key).await);
    }
    node.disconnect().await;
    Ok(())
}

/// A refusal is a result too.
fn report(op: &str, key: &str, started: Instant, result: Outcome<Value>) {
    let mut line = result.unwrap_or_else(|error| json!({ "ok": false, "error": error.to_string() }));
    line["op"] = op.into();
    line["key"] = key.into();
    line["ms"] = milliseconds(started).into();
    print(line);
}

/// With any other quorum the query would end before all have answered, and this program with it.
async fn put(node: &mut Node, key: &str, value: &str) -> Outcome<Value> {
    let record = Record::new(record_key(key)?, hex::decode(value)?);
    let query = node.kad().put_record(record, Quorum::All)?;
    match node.last_result(query).await {
        QueryResult::PutRecord(Ok(_)) => Ok(json!({ "ok": true })),
        QueryResult::PutRecord(Err(PutRecordError::QuorumFailed { success, .. })) if !success.is_empty() => {
            Ok(json!({ "ok": true, "stored": success.len() }))
        }
        QueryResult::PutRecord(Err(error)) => Err(error.into()),
        other => unexpected(other),
    }
}

/// The first record that anybody has: there is no rule here that selects one.
async fn get(node: &mut Node, key: &str) -> Outcome<Value> {
    let query = node.kad().get_record(record_key(key)?);
    match node.next_result(query).await.0 {
        QueryResult::GetRecord(Ok(GetRecordOk::FoundRecord(PeerRecord { record, .. }))) => {
            Ok(json!({ "ok": true, "value": hex::encode(record.value) }))
        }
        QueryResult::GetRecord(Err(error @ GetRecordError::NotFound { .. })) => Err(error.into()),
        other => unexpected(other),
    }
}

async fn find_peer(node: &mut Node, text: &str) -> Outcome<Value> {
    let id: PeerId = text.parse()?;
    let peers = closest(node, id.to_bytes()).await;
    let found = peers.into_iter().find(|peer| peer.peer_id == id).ok_or("The peer was not found.")?;
    Ok(json!({ "ok": true, "peer": text, "addrs": texts(found.addrs) }))
}

async fn provide(node: &mut Node, key: &str) -> Outcome<Value> {
    let query = node.kad().start_providing(provider_key(key)?)?;
    match node.last_result(query).await {
        QueryResult::StartProviding(Ok(_)) => {
            node.run_for(UNACKNOWLEDGED).await;
            Ok(json!({ "ok": true, "peerId": node.id().to_string() }))
        }
        QueryResult::StartProviding(Err(error)) => Err(error.into()),
        other => unexpected(other),
    }
}

async fn find_providers(node: &mut Node, key: &str) -> Outcome<Value> {
    let query = node.kad().get_providers(provider_key(key)?);
    let mut found = HashSet::new();
    loop {
        let (result, is_last) = node.next_result(query).await;
        match result {
            QueryResult::GetProviders(Ok(GetProvidersOk::FoundProviders { providers, .. })) => {
                found.extend(providers);
            }
            QueryResult::GetProviders(Ok(_)) => {}
            QueryResult::GetProviders(Err(error)) => return Err(error.into()),
            other => return unexpected(other),
        }
        if is_last {
            return Ok(json!({ "ok": !found.is_empty(), "providers": texts(found) }));
        }
    }
}

fn unexpected(result: QueryResult) -> Outcome<Value> {
    Err(format!("Not a result of this query: {result:?}").into())
}

/// Reads a record key; the names after /pk/ and /ipns/ are multihashes in hexadecimal.
fn record_key(text: &str) -> Outcome<RecordKey> {
    for prefix in ["/pk/", "/ipns/"] {
        if let Some(name) = text.strip_prefix(prefix) {
            return Ok(RecordKey::from([prefix.as_bytes(), &hex::decode(name)?].concat()));
        }
    }
    Ok(RecordKey::new(&text))
}

fn provider_key(text: &str) -> Outcome<RecordKey> {
    Ok(RecordKey::from(hex::decode(text)?))
}
