// machine is process 1 of one machine of the cluster: `machine CONFIG.json`, started in mount,
// process, host name and network namespaces of its own. It arranges what the machine sees, then keeps
// its units running. When it dies, the kernel ends every process of the machine and drops its mounts.
package main

import (
	"encoding/json"
	"log"
	"os"
)

type config struct {
	Hostname string
	Address  string            // units wait until an interface of the machine has it
	Empty    []string          // directories that this machine sees empty, but for its binds
	Binds    map[string]string // path in this machine: path outside
	Files    map[string]string // path in this machine: content
	Sysctls  map[string]string // of the machine's network namespace
	Shown    map[string]string // files of /proc/sys that read differently in here, the kernel's values left as they are
	Logs     string            // directory of the units' logs
	Units    []unit
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var c config
	if err := json.Unmarshal(text, &c); err != nil {
		log.Fatal(err)
	}
	if err := arrange(c); err != nil {
		log.Fatal(err)
	}
	children := newChildren()
	go func() {
		waitForAddress(c.Address)
		for _, u := range c.Units {
			u.start(c.Logs, children)
		}
	}()
	children.reap()
}
