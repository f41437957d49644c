#!/bin/sh
# The story of a good change and a bad one, told against a running Andon.
#
#   make run                             in one terminal
#   examples/storefront/story.sh all     in another
#
# or one chapter at a time: pull, good, bad, learn, fix.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
ANDON=${ANDON:-$(cd "$here/../.." && pwd)/bin/andon}
WORK=${WORK:-$PWD/.andon/work/storefront}

say() { printf '\n— %s\n' "$*"; }
andon() { printf '$ andon %s\n' "$*" >&2; "$ANDON" "$@"; }
field() { # field NAME: the first such field of the JSON on standard input
	sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" | head -n 1
}
commit() { # commit MESSAGE: everything in the working folder, pushed
	git -C "$WORK" add --all
	git -C "$WORK" -c user.name="${STORY_AS:-Ana}" -c user.email=ana@example.org commit --quiet --message "$1"
	git -C "$WORK" push --quiet
}
wait_for() { # wait_for SECONDS WHAT COMMAND…: until the command succeeds
	left=$1 what=$2
	shift 2
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || { echo "gave up waiting: $what" >&2; exit 1; }
		sleep 1
	done
}
is_in() { [ "$("$ANDON" card show "$1" -o json | field station)" = "$2" ]; }
has_stable() { "$ANDON" rollout status | grep -q '^production  *storefront-'; }
has_incident() { "$ANDON" incidents -o json | grep -q '"state": "open"'; }
has_card() { "$ANDON" postmortem show "$1" -o json | grep -q '"card": "SHOP-'; }

pull() {
	say "Take the next cards into development; beyond the limit it is refused."
	wait_for 120 "the first release in production" has_stable
	andon pull SHOP-7
	andon pull
	if andon pull; then
		echo "a pull beyond the limit was not refused" >&2
		exit 1
	fi
}

good() {
	say "A good commit for SHOP-7. Its card is done when all users have it."
	sed -i 's|<footer>|<footer><p>Thank you for coming.</p>|; t; s|</body>|<p>Thank you for coming.</p></body>|' "$WORK/web/page.html"
	began=$(date +%s)
	commit "Say thank you on the front page

Card: SHOP-7"
	wait_for 180 "SHOP-7 to be done" is_in SHOP-7 done
	echo "SHOP-7 is done, $(($(date +%s) - began)) s after its commit."
}

bad() {
	say "A bad commit for SHOP-8: its tests pass, one request in five fails."
	cp "$here/story/recommend.go.txt" "$WORK/web/recommend.go"
	sed -i 's|^	var page bytes.Buffer$|	if _, err := recommended.recommend(v.Products); err != nil {\
		s.Log.Error("recommend", "error", err)\
		http.Error(w, "The page could not be shown.", http.StatusInternalServerError)\
		return\
	}\
&|' "$WORK/web/page.go"
	commit "Recommend products that go together

Card: SHOP-8"
	wait_for 180 "the canary to be judged" has_incident
	andon rollout status
	andon incidents
	andon budget
	andon floor
}

learn() {
	say "Resolve the incident; its postmortem is drafted; its action becomes a card."
	incident=$("$ANDON" incidents -o json | field id)
	andon incidents ack "$incident"
	andon incidents resolve "$incident" "rolled back by the judge"
	wait_for 30 "the draft" "$ANDON" postmortem show "$incident" >/dev/null
	andon postmortem show "$incident"
	andon postmortem action "$incident" "Test the front page with a hundred views" --owner ana
	wait_for 30 "the action's card" has_card "$incident"
	andon postmortem show "$incident" | tail -n 1
}

fix() {
	say "Release the cord and deliver the fix: one command each."
	card=$("$ANDON" card add "The front page fails for one visitor in five" --kind unplanned -o json | field key)
	git -C "$WORK" -c user.name="${STORY_AS:-Ana}" -c user.email=ana@example.org revert --no-commit HEAD
	andon cord release production
	andon unblock SHOP-8
	commit "Take the shelf back

Card: $card
Card: SHOP-8"
	wait_for 180 "$card to be done" is_in "$card" done
	andon floor
}

case "${1:-}" in
pull | good | bad | learn | fix) "$1" ;;
all)
	pull
	good
	bad
	learn
	fix
	say "That is the story. The journal has it all: andon journal --after 0 --limit 1000"
	;;
*)
	sed -n '2,7s/^# \{0,1\}//p' "$0"
	exit 2
	;;
esac
