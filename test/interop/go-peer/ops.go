package main

import (
	"context"
	"encoding/hex"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ipfs/go-cid"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multihash"
)

// ops says what to do; keys of records as text, those of providers as hexadecimal multihashes.
type ops struct {
	put, get, findPeer, provide, findProviders string
}

func (o *ops) flags(flags *flag.FlagSet) {
	flags.StringVar(&o.put, "put", "", "a record key and its value in hexadecimal")
	flags.StringVar(&o.get, "get", "", "a record key")
	flags.StringVar(&o.findPeer, "find-peer", "", "a peer id")
	flags.StringVar(&o.provide, "provide", "", "a multihash in hexadecimal")
	flags.StringVar(&o.findProviders, "find-providers", "", "a multihash in hexadecimal")
}

// withJoinedPut makes one argument of the two that follow --put: the flag package knows no such flags.
func withJoinedPut(args []string) []string {
	at := slices.Index(args, "--put")
	if at < 0 || at+2 >= len(args) {
		return args
	}
	joined := args[at+1] + " " + args[at+2]
	return slices.Concat(args[:at+1], []string{joined}, args[at+3:])
}

// run does what is asked, in the order put, get, find-peer, provide, find-providers, and prints a line for each.
func (o *ops) run(ctx context.Context, protocolID string, bootstrap []peer.AddrInfo) error {
	d, err := newClient(ctx, protocolID, bootstrap)
	if err != nil {
		return err
	}
	defer d.Host().Close()
	defer d.Close()
	key, value, _ := strings.Cut(o.put, " ")
	timed("put", key, func() (map[string]any, error) { return put(ctx, d, key, value) })
	timed("get", o.get, func() (map[string]any, error) { return get(ctx, d, o.get) })
	timed("find-peer", o.findPeer, func() (map[string]any, error) { return findPeer(ctx, d, o.findPeer) })
	timed("provide", o.provide, func() (map[string]any, error) { return provide(ctx, d, o.provide) })
	timed("find-providers", o.findProviders, func() (map[string]any, error) {
		return findProviders(ctx, d, o.findProviders)
	})
	return nil
}

// timed runs one operation, unless it has no key. A refusal is a result too.
func timed(op, key string, run func() (map[string]any, error)) {
	if key == "" {
		return
	}
	started := time.Now()
	line, err := run()
	if err != nil {
		line = map[string]any{"ok": false, "error": err.Error()}
	}
	line["op"], line["key"], line["ms"] = op, key, milliseconds(started)
	print(line)
}

func put(ctx context.Context, d *dht.IpfsDHT, key, valueHex string) (map[string]any, error) {
	recordKey, err := recordKeyOf(key)
	if err != nil {
		return nil, err
	}
	value, err := hex.DecodeString(valueHex)
	if err != nil {
		return nil, err
	}
	return map[string]any{"ok": true}, d.PutValue(ctx, recordKey, value)
}

func get(ctx context.Context, d *dht.IpfsDHT, key string) (map[string]any, error) {
	recordKey, err := recordKeyOf(key)
	if err != nil {
		return nil, err
	}
	value, err := d.GetValue(ctx, recordKey)
	return map[string]any{"ok": true, "value": hex.EncodeToString(value)}, err
}

func findPeer(ctx context.Context, d *dht.IpfsDHT, text string) (map[string]any, error) {
	id, err := peer.Decode(text)
	if err != nil {
		return nil, err
	}
	info, err := d.FindPeer(ctx, id)
	return map[string]any{"ok": true, "peer": info.ID.String(), "addrs": texts(info.Addrs)}, err
}

func provide(ctx context.Context, d *dht.IpfsDHT, key string) (map[string]any, error) {
	c, err := cidOf(key)
	if err != nil {
		return nil, err
	}
	return map[string]any{"ok": true, "peerId": d.PeerID().String()}, d.Provide(ctx, c, true)
}

func findProviders(ctx context.Context, d *dht.IpfsDHT, key string) (map[string]any, error) {
	c, err := cidOf(key)
	if err != nil {
		return nil, err
	}
	ids := []peer.ID{}
	for info := range d.FindProvidersAsync(ctx, c, 0) {
		ids = append(ids, info.ID)
	}
	return map[string]any{"ok": len(ids) > 0, "providers": texts(ids)}, nil
}

// recordKeyOf reads a record key; the names after /pk/ and /ipns/ are multihashes in hexadecimal.
func recordKeyOf(text string) (string, error) {
	for _, prefix := range []string{"/pk/", "/ipns/"} {
		if name, found := strings.CutPrefix(text, prefix); found {
			bytes, err := hex.DecodeString(name)
			return prefix + string(bytes), err
		}
	}
	return text, nil
}

func cidOf(keyHex string) (cid.Cid, error) {
	hash, err := multihash.FromHexString(keyHex)
	if err != nil {
		return cid.Undef, fmt.Errorf("%q is no multihash: %w", keyHex, err)
	}
	return cid.NewCidV1(cid.Raw, hash), nil
}
