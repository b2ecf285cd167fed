package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

// lookUp looks up every key of a file, one after the other, and prints a line for each.
func lookUp(ctx context.Context, protocolID string, bootstrap []peer.AddrInfo, keysFile string) error {
	keys, err := readKeys(keysFile)
	if err != nil {
		return err
	}
	d, err := newClient(ctx, protocolID, bootstrap)
	if err != nil {
		return err
	}
	defer d.Host().Close()
	defer d.Close()
	before := cpuTime()
	for _, key := range keys {
		started := time.Now()
		peers, err := d.GetClosestPeers(ctx, string(key))
		line := map[string]any{"key": hex.EncodeToString(key), "ms": milliseconds(started), "peers": texts(peers)}
		if err != nil {
			line["error"] = err.Error()
		}
		print(line)
	}
	print(map[string]any{"done": true, "n": len(keys), "cpu_ms": (cpuTime() - before).Milliseconds()})
	return nil
}

func readKeys(file string) ([][]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var keys [][]byte
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, err := hex.DecodeString(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("%q is not hexadecimal bytes", lines.Text())
		}
		if len(key) > 0 {
			keys = append(keys, key)
		}
	}
	return keys, lines.Err()
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
