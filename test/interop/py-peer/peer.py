"""A py-libp2p Kademlia node behind the command line of docs/bench.md: one JSON line a result."""

import argparse
import json
import os
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import trio
from libp2p import new_host
from libp2p.abc import IHost
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.crypto.x25519 import create_new_key_pair as create_new_noise_key_pair
from libp2p.custom_types import TProtocol
from libp2p.kad_dht import common, kad_dht, peer_routing, provider_store, value_store
from libp2p.kad_dht.kad_dht import DHTMode, KadDHT
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import PeerInfo, info_from_p2p_addr
from libp2p.records.validator import Validator
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE_PROTOCOL_ID
from libp2p.security.noise.transport import Transport as NoiseTransport
from libp2p.tools.anyio_service import background_trio_service
from multiaddr import Multiaddr

SERVER_LIMIT_S = 6 * 3600
CLIENT_LIMIT_S = 3600
OPS_LIMIT_S = 300
JOIN_TIMEOUT_S = 10
PEER_TTL_S = 86_400


class Anything(Validator):
    """Accepts every value of the namespace v."""

    def validate(self, key: str, value: bytes) -> None:
        pass

    def select(self, key: str, values: list[bytes]) -> int:
        return 0


def say(line: dict) -> None:
    print(json.dumps(line), flush=True)


def milliseconds(since: float) -> float:
    return round((time.perf_counter() - since) * 1000, 3)


def use_protocol(name: str) -> None:
    """Its protocol id is a constant that each of its modules holds: the prefix it takes is ignored."""
    for module in (common, kad_dht, peer_routing, provider_store, value_store):
        module.PROTOCOL_ID = TProtocol(name)


@asynccontextmanager
async def running(mode: DHTMode, port: int) -> AsyncIterator[tuple[IHost, KadDHT]]:
    """A node on loopback that listens. Its maintenance does not run."""
    key_pair = create_new_key_pair()
    noise_key = create_new_noise_key_pair().private_key
    noise = NoiseTransport(libp2p_keypair=key_pair, noise_privkey=noise_key)
    address = Multiaddr(f"/ip4/127.0.0.1/tcp/{port}")
    host = new_host(
        key_pair=key_pair,
        sec_opt={NOISE_PROTOCOL_ID: noise},
        muxer_preference="YAMUX",
        listen_addrs=[address],
    )
    async with host.run(listen_addrs=[address]):
        dht = KadDHT(host, mode, max_peers_per_subnet=0)
        dht.register_validator("v", Anything())
        yield host, dht


@asynccontextmanager
async def client(bootstrap: list[str]) -> AsyncIterator[KadDHT]:
    """A client that has its bootstrap peers in the table, at most 10 s later."""
    async with running(DHTMode.CLIENT, 0) as (host, dht):
        peers = [info_from_p2p_addr(Multiaddr(text)) for text in bootstrap]
        with trio.move_on_after(JOIN_TIMEOUT_S):
            async with trio.open_nursery() as nursery:
                for peer in peers:
                    nursery.start_soon(join, host, dht, peer)
        if dht.get_routing_table_size() == 0:
            raise SystemExit(f"None of the {len(peers)} bootstrap peers answered.")
        yield dht


async def join(host: IHost, dht: KadDHT, peer: PeerInfo) -> None:
    try:
        await host.connect(peer)
    except Exception as error:
        print(f"{peer.peer_id}: {error}", file=sys.stderr)
        return
    await dht.routing_table.add_peer(peer)


async def serve(args: argparse.Namespace) -> None:
    async with running(DHTMode.SERVER, args.port) as (host, dht):
        if args.peers is None:
            async with background_trio_service(dht):
                await serve_until_ended(host, dht)
        else:
            await add_peers(host, dht, args.peers)
            # Its maintenance would dial made-up peers, and drop them.
            await serve_until_ended(host, dht)


async def serve_until_ended(host: IHost, dht: KadDHT) -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        say(
            {
                "ready": True,
                "impl": "py",
                "peerId": str(host.get_id()),
                "addr": str(host.get_addrs()[0]),
                "pid": os.getpid(),
                "table": dht.get_routing_table_size(),
            }
        )
        async for _ in signals:
            return


async def add_peers(host: IHost, dht: KadDHT, file: Path) -> None:
    """A full bucket refuses: that is its rule."""
    for line in file.read_text().splitlines():
        if not line:
            continue
        parsed = json.loads(line)
        peer = PeerInfo(ID.from_base58(parsed["id"]), [Multiaddr(text) for text in parsed["addrs"]])
        host.get_peerstore().add_addrs(peer.peer_id, peer.addrs, PEER_TTL_S)
        await dht.routing_table.add_peer(peer, skip_server_mode_check=True)


async def look_up(args: argparse.Namespace) -> None:
    keys = [bytes.fromhex(line) for line in args.keys.read_text().split()]
    async with client(args.bootstrap) as dht:
        before = cpu_ms()
        for key in keys:
            started = time.perf_counter()
            peers = await dht.peer_routing.find_closest_peers_network(key)
            say({"key": key.hex(), "ms": milliseconds(started), "peers": [str(peer) for peer in peers]})
        say({"done": True, "n": len(keys), "cpu_ms": cpu_ms() - before})


def cpu_ms() -> int:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return round((usage.ru_utime + usage.ru_stime) * 1000)


async def run_ops(args: argparse.Namespace) -> None:
    """Does what is asked, in the order put, get, find-peer, provide, find-providers."""
    async with client(args.bootstrap) as dht:
        if args.put is not None:
            key, value = args.put
            await timed("put", key, lambda: put(dht, key, bytes.fromhex(value)))
        if args.get is not None:
            await timed("get", args.get, lambda: get(dht, args.get))
        if args.find_peer is not None:
            await timed("find-peer", args.find_peer, lambda: find_peer(dht, args.find_peer))
        if args.provide is not None:
            await timed("provide", args.provide, lambda: provide(dht, args.provide))
        if args.find_providers is not None:
            await timed("find-providers", args.find_providers, lambda: find_providers(dht, args.find_providers))


async def timed(op: str, key: str, run: Callable[[], Awaitable[dict]]) -> None:
    """A refusal is a result too."""
    started = time.perf_counter()
    try:
        result = await run()
    except Exception as error:
        result = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    say({"op": op, "key": key, "ms": milliseconds(started), **result})


async def put(dht: KadDHT, key: str, value: bytes) -> dict:
    """Keys go as the text they are: after /pk/ and /ipns/ it wants hexadecimal, and sends that."""
    await dht.put_value(key, value)
    return {"ok": True}


async def get(dht: KadDHT, key: str) -> dict:
    value = await dht.get_value(key)
    return {"ok": False} if value is None else {"ok": True, "value": value.hex()}


async def find_peer(dht: KadDHT, text: str) -> dict:
    found = await dht.peer_routing.find_peer(ID.from_base58(text))
    if found is None:
        return {"ok": False}
    return {"ok": True, "peer": str(found.peer_id), "addrs": [str(address) for address in found.addrs]}


async def provide(dht: KadDHT, key: str) -> dict:
    return {"ok": await dht.provide(key), "peerId": str(dht.local_peer_id)}


async def find_providers(dht: KadDHT, key: str) -> dict:
    providers = await dht.find_providers(key)
    return {"ok": len(providers) > 0, "providers": [str(provider.peer_id) for provider in providers]}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    server = command(commands, "server", serve, SERVER_LIMIT_S)
    server.add_argument("--port", type=int, default=0)
    server.add_argument("--peers", type=Path)
    lookups = command(commands, "client", look_up, CLIENT_LIMIT_S)
    lookups.add_argument("--keys", type=Path, required=True)
    lookups.add_argument("--op", choices=["closest"], default="closest")
    ops = command(commands, "ops", run_ops, OPS_LIMIT_S)
    ops.add_argument("--put", nargs=2, metavar=("KEY", "VALUEHEX"))
    for name in ("--get", "--find-peer", "--provide", "--find-providers"):
        ops.add_argument(name, metavar="KEY")
    for parser_of_client in (lookups, ops):
        parser_of_client.add_argument("--bootstrap", type=lambda text: text.split(","), required=True)
    return parser.parse_args()


def command(commands, name: str, run: Callable, limit_s: int) -> argparse.ArgumentParser:
    parser = commands.add_parser(name)
    parser.add_argument("--protocol", default="/ipfs/kad/1.0.0")
    parser.set_defaults(run=run, limit_s=limit_s)
    return parser


async def main() -> None:
    args = parse()
    use_protocol(args.protocol)
    with trio.fail_after(args.limit_s):
        await args.run(args)


if __name__ == "__main__":
    trio.run(main)
