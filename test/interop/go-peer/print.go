package main

import (
	"encoding/json"
	"os"
	"time"
)

// print writes one JSON line to stdout.
func print(line map[string]any) {
	// Maps of plain values always encode.
	_ = json.NewEncoder(os.Stdout).Encode(line)
}

func milliseconds(since time.Time) float64 {
	return float64(time.Since(since).Microseconds()) / 1000
}

// texts never returns nil, so that JSON says [] and not null.
func texts[T interface{ String() string }](values []T) []string {
	result := make([]string, 0, len(values))
	for _, value := range values {
		result = append(result, value.String())
	}
	return result
}
