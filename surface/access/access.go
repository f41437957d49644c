// Package access decides who may speak to Andon over HTTP.
//
// Andon listens on loopback unless it is told otherwise. There, anyone on the
// host may read; whatever writes needs the token that was made at the first
// start: as a bearer token (programs) or as a session cookie that the printed
// address sets (browsers). On any other address everything needs the token.
// A request that names a foreign host is refused, so that a page of another
// site cannot reach in through a name that it made point here; so is a write
// that a browser sends for another site. Refusals are problem details
// (RFC 9457).
package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"andon/journal"
)

// Guard admits requests.
type Guard struct {
	token    string
	loopback bool
	person   string // who acts when a request does not say
	origins  *http.CrossOriginProtection
}

// NewGuard admits with the token. loopback says that only this host can reach
// the address. person acts where a request names nobody.
func NewGuard(token string, loopback bool, person string) *Guard {
	return &Guard{token, loopback, person, http.NewCrossOriginProtection()}
}

// NewToken makes a token that cannot be guessed.
func NewToken() string { return "andon_" + strings.ToLower(rand.Text()) }

// ActorHeader names who acts, for programs that act for people.
const ActorHeader = "Andon-Actor"

// MaxActor is how many bytes a name in [ActorHeader] may have.
const MaxActor = 100

const cookie = "andon_session"

// Loopback says whether only this host can reach an address to listen on.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// LoginPath is where a browser trades the token for a session.
const LoginPath = "/login"

// Wrap puts the guard before a handler.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case g.loopback && !Loopback(withPort(r.Host)):
			refuse(w, http.StatusMisdirectedRequest, fmt.Sprintf("this address answers only as localhost, not as %q", r.Host))
		case g.origins.Check(r) != nil:
			refuse(w, http.StatusForbidden, "a page of another site asked for this; ask from a page of this address, or from a program")
		case r.URL.Path == LoginPath && r.Method == http.MethodGet:
			g.login(w, r)
		case !g.admits(r):
			w.Header().Set("WWW-Authenticate", `Bearer realm="andon"`)
			refuse(w, http.StatusUnauthorized, "this needs the token: open the address that andon up printed, or send Authorization: Bearer …")
		default:
			next.ServeHTTP(w, r.WithContext(journal.WithActor(r.Context(), g.actor(r))))
		}
	})
}

func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "80")
}

func (g *Guard) admits(r *http.Request) bool {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	return g.loopback && reads || g.known(r)
}

func (g *Guard) known(r *http.Request) bool {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return same(bearer, g.token)
	}
	c, err := r.Cookie(cookie)
	return err == nil && same(c.Value, g.session())
}

// session is what the cookie holds: it proves the token without being it.
func (g *Guard) session() string {
	sum := sha256.Sum256([]byte("andon session\x00" + g.token))
	return hex.EncodeToString(sum[:])
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (g *Guard) login(w http.ResponseWriter, r *http.Request) {
	if !same(r.URL.Query().Get("token"), g.token) {
		refuse(w, http.StatusUnauthorized, "this address holds an old or wrong token; open the one that andon up printed last")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: g.session(), Path: "/", HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil, MaxAge: 30 * 24 * 3600})
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	to := "/"
	if next := r.URL.Query().Get("next"); strings.HasPrefix(next, "/") && !strings.HasPrefix(next, "//") && !strings.Contains(next, `\`) {
		to = next
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// LoginURL is the address to open once in a browser.
func (g *Guard) LoginURL(base string) string {
	return base + LoginPath + "?token=" + url.QueryEscape(g.token)
}

func (g *Guard) actor(r *http.Request) string {
	name := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return -1
		}
		return c
	}, r.Header.Get(ActorHeader))
	if name = strings.TrimSpace(name); name != "" && len(name) <= MaxActor {
		return name
	}
	return g.person
}

func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{http.StatusText(status), status, detail})
}
