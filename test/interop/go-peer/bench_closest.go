package main

import (
	"crypto/rand"
	"time"

	"github.com/libp2p/go-libp2p-kad-dht/amino"
	kb "github.com/libp2p/go-libp2p-kbucket"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/p2p/host/peerstore/pstoremem"
	"github.com/multiformats/go-multihash"
)

const (
	benchPeers  = 1_000
	benchKeys   = 10_000
	benchWarmUp = 300 * time.Millisecond
	benchRun    = 2 * time.Second
)

// benchClosest measures how often a second the 20 nearest of random keys are found in a table that 1,000 peers were
// offered to.
func benchClosest() error {
	store, err := pstoremem.NewPeerstore()
	if err != nil {
		return err
	}
	defer store.Close()
	table, err := newTable(store)
	if err != nil {
		return err
	}
	keys := make([]kb.ID, benchKeys)
	for i := range keys {
		keys[i] = kb.ConvertKey(string(randomID()))
	}
	runFor(benchWarmUp, table, keys)
	print(map[string]any{"ops_per_s": int(runFor(benchRun, table, keys)), "table": table.Size()})
	return nil
}

func newTable(metrics peerstore.Metrics) (*kb.RoutingTable, error) {
	self := kb.ConvertPeerID(randomID())
	table, err := kb.NewRoutingTable(amino.DefaultBucketSize, self, time.Minute, metrics, time.Hour, nil)
	if err != nil {
		return nil, err
	}
	for range benchPeers {
		// A full bucket refuses: that is its rule.
		_, _ = table.TryAddPeer(randomID(), true, false)
	}
	return table, nil
}

// runFor returns operations a second.
func runFor(limit time.Duration, table *kb.RoutingTable, keys []kb.ID) float64 {
	started := time.Now()
	done := 0
	for time.Since(started) < limit {
		for _, key := range keys {
			table.NearestPeers(key, amino.DefaultBucketSize)
		}
		done += len(keys)
	}
	return float64(done) / time.Since(started).Seconds()
}

func randomID() peer.ID {
	digest := make([]byte, 32)
	// Never fails: crypto/rand crashes the program instead.
	_, _ = rand.Read(digest)
	hash, err := multihash.Encode(digest, multihash.SHA2_256)
	if err != nil {
		panic(err)
	}
	return peer.ID(hash)
}
