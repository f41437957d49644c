package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"andon/surface/access"
)

// takeLock keeps a second Andon out of the data folder. The lock goes with
// the process, however it ends.
func (a *App) takeLock() error {
	f, err := os.OpenFile(a.cfg.in("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return fmt.Errorf("another andon up is using %s; stop it, or choose another folder with --data", a.cfg.Data)
	}
	a.lock = f
	return nil
}

// readToken gives the token made at the first start.
func (a *App) readToken() (string, error) {
	file := a.cfg.in("token")
	b, err := os.ReadFile(file)
	if err == nil && strings.TrimSpace(string(b)) != "" {
		return strings.TrimSpace(string(b)), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	token := access.NewToken()
	return token, os.WriteFile(file, []byte(token+"\n"), 0o600)
}

// announce writes where this Andon answers, for the command line to find.
func (a *App) announce(url string) error {
	b, err := json.Marshal(access.Server{URL: url, Token: a.token})
	if err != nil {
		return err
	}
	file := a.cfg.in(access.ServerFile)
	if err := os.WriteFile(file+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
