package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/libp2p/go-libp2p"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	record "github.com/libp2p/go-libp2p-record"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"

	"github.com/ipfs/boxo/ipns"
)

const (
	joinTimeout = 10 * time.Second
	joinPoll    = 5 * time.Millisecond
)

// anything accepts every value of the namespace v.
type anything struct{}

func (anything) Validate(string, []byte) error        { return nil }
func (anything) Select(string, [][]byte) (int, error) { return 0, nil }

// newNode starts a node on loopback. No limits of resources, connections or addresses: they are not what is measured.
func newNode(protocolID string, port int, mode dht.ModeOpt) (host.Host, *dht.IpfsDHT, error) {
	h, err := libp2p.New(
		libp2p.ListenAddrStrings(fmt.Sprintf("/ip4/127.0.0.1/tcp/%d", port)),
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
	)
	if err != nil {
		return nil, nil, err
	}
	d, err := dht.New(h,
		dht.Mode(mode),
		// Under the prefix /ipfs no validator but pk and ipns is allowed, so the id is given whole.
		dht.ProtocolPrefix("/bench"),
		dht.V1ProtocolOverride(protocol.ID(protocolID)),
		dht.Validator(record.NamespacedValidator{
			"v":    anything{},
			"pk":   record.PublicKeyValidator{},
			"ipns": ipns.Validator{KeyBook: h.Peerstore()},
		}),
		dht.DisableAutoRefresh(),
	)
	return h, d, err
}

// newClient returns once the bootstrap peers are in the table of a new client, at most after joinTimeout.
func newClient(ctx context.Context, protocolID string, bootstrap []peer.AddrInfo) (*dht.IpfsDHT, error) {
	h, d, err := newNode(protocolID, 0, dht.ModeClient)
	if err != nil {
		return nil, err
	}
	joining, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	for _, info := range bootstrap {
		if err := h.Connect(joining, info); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", info.ID, err)
		}
	}
	for d.RoutingTable().Size() < len(bootstrap) {
		select {
		case <-joining.Done():
			if d.RoutingTable().Size() > 0 {
				return d, nil
			}
			return nil, fmt.Errorf("none of the %d bootstrap peers is in the table after %s", len(bootstrap), joinTimeout)
		case <-time.After(joinPoll):
		}
	}
	return d, nil
}
