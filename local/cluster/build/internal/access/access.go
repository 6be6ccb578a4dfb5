// Package access waits for the rights of a component that starts before its roles are applied.
package access

import (
	"context"
	"time"

	"k8s.io/klog/v2"
)

// Wait returns once the list succeeds. An informer would retry as well, but up to 10 s later.
func Wait[T any](ctx context.Context, list func(context.Context) (T, error)) {
	for ctx.Err() == nil {
		_, err := list(ctx)
		if err == nil {
			return
		}
		klog.InfoS("Waiting for access to the API", "reason", err)
		time.Sleep(250 * time.Millisecond)
	}
}
