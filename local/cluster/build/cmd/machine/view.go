package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// arrange makes the machine's view of the file system, host name and kernel settings.
func arrange(c config) error {
	// Opened first: an emptied directory may hold what is bound into it.
	sources := map[string]*os.File{}
	for target, source := range c.Binds {
		f, err := os.Open(source)
		if err != nil {
			return err
		}
		defer f.Close()
		sources[target] = f
	}
	if err := syscall.Mount("", "/", "", syscall.MS_SHARED|syscall.MS_REC, ""); err != nil {
		return fmt.Errorf("share /: %w", err) // kubelet and containerd hand mounts to each other
	}
	for _, dir := range c.Empty {
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=755"); err != nil {
			return fmt.Errorf("empty %s: %w", dir, err)
		}
	}
	for target, source := range sources {
		if err := os.MkdirAll(target, 0o755); err != nil {
			return err
		}
		if err := bind(fmt.Sprintf("/proc/self/fd/%d", source.Fd()), target); err != nil {
			return err
		}
	}
	for file, content := range c.Files {
		if err := write(file, content); err != nil {
			return err
		}
	}
	for file, value := range c.Shown {
		stand := filepath.Join("/run/shown", file)
		if err := write(stand, value+"\n"); err != nil {
			return err
		}
		if err := bind(stand, filepath.Join("/proc/sys", file)); err != nil {
			return err
		}
	}
	for key, value := range c.Sysctls {
		if err := os.WriteFile(filepath.Join("/proc/sys", key), []byte(value), 0o644); err != nil {
			return err
		}
	}
	return syscall.Sethostname([]byte(c.Hostname))
}

func write(file, content string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(content), 0o644)
}

func bind(source, target string) error {
	if err := syscall.Mount(source, target, "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind %s: %w", target, err)
	}
	return nil
}

// waitForAddress returns once the machine has been plugged in, which happens from outside.
func waitForAddress(address string) {
	for {
		addresses, _ := net.InterfaceAddrs()
		for _, a := range addresses {
			if strings.HasPrefix(a.String(), address+"/") {
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
}
