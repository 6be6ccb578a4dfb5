# What the scripts beside the server share, each of which is a loop without an end. Sourced, with the
# script's name in $me.
child=

say() { echo "$me: $*"; }

stop() {
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  exit 0
}
trap stop TERM INT

# In the background, or else the shell would hear of its end only after the command's.
run() {
  "$@" &
  child=$!
  wait "$child"
}

# Tells the liveness probe that the loop turns, and that so many SECONDS may go by until it says so
# again.
beat() { echo "$(($(date +%s) + ${1:-120}))" >"/tmp/$me-alive"; }

# Over TCP: the server that sets the database up listens on its socket only.
server_answers() { pg_isready -q -h 127.0.0.1; }

# Whether the server follows another one, or still recovers: it takes no writes.
follows() { [ "$(ask -At --command 'SELECT pg_is_in_recovery()')" != f ]; }

# psql as the server's own account, over its socket.
ask() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres "$@"; }
