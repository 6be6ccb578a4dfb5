package main

import (
	"crypto/tls"
	"crypto/x509"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// unit is a program that runs as long as the machine does. Units start in their order.
type unit struct {
	Name    string
	Command []string
	Ready   string // the next unit waits until this answers: unix:/PATH, or an https URL
	CA      string // file that an https URL's certificate is checked against
}

// start keeps the unit running and returns when it is ready.
func (u unit) start(logs string, children *children) {
	go func() {
		for {
			exited, err := children.spawn(u.Command, filepath.Join(logs, u.Name+".log"))
			if err != nil {
				log.Printf("%s does not start: %v", u.Name, err)
			} else {
				status := <-exited
				log.Printf("%s ended (exit code %d, signal %d)", u.Name, status.ExitStatus(), status.Signal())
			}
			time.Sleep(time.Second)
		}
	}()
	for u.Ready != "" && !u.answers() {
		time.Sleep(50 * time.Millisecond)
	}
}

func (u unit) answers() bool {
	if path, ok := strings.CutPrefix(u.Ready, "unix:"); ok {
		connection, err := net.Dial("unix", path)
		if err == nil {
			connection.Close()
		}
		return err == nil
	}
	authority, err := os.ReadFile(u.CA)
	if err != nil {
		return false
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	client := http.Client{Timeout: 2 * time.Second, Transport: transport}
	response, err := client.Get(u.Ready)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// children are the processes below process 1: units, which somebody waits for, and orphans.
type children struct {
	mu      sync.Mutex
	waiters map[int]chan syscall.WaitStatus
	signals chan os.Signal
}

func newChildren() *children {
	c := &children{waiters: map[int]chan syscall.WaitStatus{}, signals: make(chan os.Signal, 1)}
	signal.Notify(c.signals, syscall.SIGCHLD)
	return c
}

// spawn starts a command in its own session; the channel gives its exit status.
func (c *children) spawn(command []string, logFile string) (<-chan syscall.WaitStatus, error) {
	output, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return nil, err
	}
	defer output.Close()
	input, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer input.Close()
	c.mu.Lock() // so that a child which ends at once is known before it is reaped
	defer c.mu.Unlock()
	pid, err := syscall.ForkExec(command[0], command, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{input.Fd(), output.Fd(), output.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return nil, err
	}
	exited := make(chan syscall.WaitStatus, 1)
	c.waiters[pid] = exited
	return exited, nil
}

// reap collects ended processes, for ever.
func (c *children) reap() {
	for range c.signals {
		for {
			var status syscall.WaitStatus
			pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
			if err == syscall.EINTR {
				continue
			}
			if pid <= 0 {
				break
			}
			c.mu.Lock()
			if waiter, ok := c.waiters[pid]; ok {
				waiter <- status
				delete(c.waiters, pid)
			}
			c.mu.Unlock()
		}
	}
}
