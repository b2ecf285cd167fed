package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/multiformats/go-multiaddr"
)

func serve(ctx context.Context, protocolID string, port int, peersFile string) error {
	h, d, err := newNode(protocolID, port, dht.ModeServer)
	if err != nil {
		return err
	}
	defer h.Close()
	defer d.Close()
	if peersFile != "" {
		peers, err := readPeers(peersFile)
		if err != nil {
			return err
		}
		for _, info := range peers {
			h.Peerstore().AddAddrs(info.ID, info.Addrs, peerstore.PermanentAddrTTL)
			// A full bucket refuses: that is its rule.
			_, _ = d.RoutingTable().TryAddPeer(info.ID, true, false)
		}
	}
	print(map[string]any{
		"ready":  true,
		"impl":   "go",
		"peerId": h.ID().String(),
		"addr":   fmt.Sprintf("%s/p2p/%s", h.Addrs()[0], h.ID()),
		"pid":    os.Getpid(),
		"table":  d.RoutingTable().Size(),
	})
	<-ctx.Done()
	return nil
}

type peerLine struct {
	ID    string   `json:"id"`
	Addrs []string `json:"addrs"`
}

func readPeers(file string) ([]peer.AddrInfo, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var peers []peer.AddrInfo
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		info, err := readPeer(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %q of %s: %w", lines.Text(), file, err)
		}
		peers = append(peers, info)
	}
	return peers, lines.Err()
}

func readPeer(line []byte) (info peer.AddrInfo, err error) {
	var parsed peerLine
	if err = json.Unmarshal(line, &parsed); err != nil {
		return info, err
	}
	if info.ID, err = peer.Decode(parsed.ID); err != nil {
		return info, err
	}
	for _, text := range parsed.Addrs {
		addr, err := multiaddr.NewMultiaddr(text)
		if err != nil {
			return info, err
		}
		info.Addrs = append(info.Addrs, addr)
	}
	return info, nil
}
