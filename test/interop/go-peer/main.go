// A go-libp2p-kad-dht node behind the command line of docs/bench.md: one JSON line a result.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	defaultProtocol = "/ipfs/kad/1.0.0"
	serverLimit     = 6 * time.Hour
	clientLimit     = time.Hour
	opsLimit        = 5 * time.Minute
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: go-peer server | client | ops | bench-closest [flags]")
	}
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	protocol := flags.String("protocol", defaultProtocol, "protocol id")
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	switch args[0] {
	case "server":
		port := flags.Int("port", 0, "TCP port, 0 for any")
		peers := flags.String("peers", "", "JSON lines of peers that go into the routing table as they are")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return serve(limited(ctx, serverLimit), *protocol, *port, *peers)
	case "client":
		bootstrap := bootstrapFlag(flags)
		keys := flags.String("keys", "", "lines of hexadecimal bytes; the target is their sha256")
		flags.String("op", "closest", "what to do with each")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return lookUp(limited(ctx, clientLimit), *protocol, *bootstrap, *keys)
	case "ops":
		bootstrap := bootstrapFlag(flags)
		ops := ops{}
		ops.flags(flags)
		if err := flags.Parse(withJoinedPut(args[1:])); err != nil {
			return err
		}
		return ops.run(limited(ctx, opsLimit), *protocol, *bootstrap)
	case "bench-closest":
		return benchClosest()
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// limited ends the program when it is not done in time: nothing started by a benchmark outlives it.
func limited(ctx context.Context, limit time.Duration) context.Context {
	time.AfterFunc(limit, func() {
		fmt.Fprintf(os.Stderr, "Not done within %s: ended.\n", limit)
		os.Exit(3)
	})
	return ctx
}

type addresses []peer.AddrInfo

func (a *addresses) String() string { return fmt.Sprint([]peer.AddrInfo(*a)) }

func (a *addresses) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		info, err := peer.AddrInfoFromString(part)
		if err != nil {
			return err
		}
		*a = append(*a, *info)
	}
	return nil
}

func bootstrapFlag(flags *flag.FlagSet) *addresses {
	bootstrap := &addresses{}
	flags.Var(bootstrap, "bootstrap", "multiaddrs with /p2p/<id>, separated by commas")
	return bootstrap
}
