#!/bin/sh
# Proves that the newest backup can be restored: into scratch, to the very time that was marked after
# it. The server must come up there with all that there was at that time and nothing that came later,
# and no page of it may be damaged. The outcome is left where the backups' loop tells it to the
# exporter. The repository is only read, and the live server is not asked anything.
set -eu
umask 077

repository=/var/lib/mcp-mesh/repository
outcome=/var/lib/mcp-mesh/verification
expected=/tmp/expected
log="${PGDATA%/*}/server.log"
server=
child=
backup=
target=
reason="it ended for a reason that its log may tell"

say() { echo "verify: $*"; }
die() {
  reason="$*"
  exit 1
}

# Leaves FILE as the JSON that the arguments make, whole or not at all.
leave() {
  file="$outcome/$1"
  shift
  # shellcheck disable=SC2059 # the format is the arguments' first
  printf "$@" >"$file.new"
  mv "$file.new" "$file"
}

finish() {
  code=$?
  trap - EXIT TERM INT
  if [ "$code" -ne 0 ]; then
    text="$(printf %s "$reason" | tr -d '"\\' | tr -cs '[:print:]' ' ' | cut -c 1-400)"
    say "FAILED: $text"
    leave last.json '{"ok":false,"at":%s,"backup":"%s","target":"%s","reason":"%s"}\n' \
      "$(date +%s)" "$backup" "$target" "$text"
  fi
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  [ -z "$server" ] || kill -QUIT "$server" 2>/dev/null || true
  wait
  rm -rf "$PGDATA"
  exit "$code"
}
trap finish EXIT
trap 'die "it was told to stop before its end, as it is when backup.verification takes longer than it may"' TERM INT

# In the background, or else the shell would hear of its end only after the command's.
run() {
  "$@" &
  child=$!
  wait "$child"
}

sql() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --username postgres --host "${PGDATA%/*}" "$@"
}

# What is expected under the name.
value() {
  while IFS='|' read -r name text; do
    if [ "$name" = "$1" ]; then echo "$text"; fi
  done <"$expected"
}

# Why the server ended; not what it told those who asked whether it is there.
fatal() {
  while read -r line; do
    case "$line" in
      *"FATAL:  the database system is"*) ;;
      *"FATAL:  "*) echo "${line##*"FATAL:  "}" && return ;;
    esac
  done <"$log"
}

newest_backup() {
  pgbackrest info --repo=1 >/tmp/info || return 1
  while read -r _ word label _; do
    if [ "$word" = backup: ]; then echo "$label"; fi
  done </tmp/info | tail -n 1
}

# What there must be: a backup that has just ended is not marked yet.
expect() {
  deadline=$(($(date +%s) + 300))
  while true; do
    newest="$(newest_backup)" || die "the repository of backups cannot be read"
    [ -n "$newest" ] || die "there is no backup"
    cp "$repository/expected" "$expected" 2>/dev/null || echo >"$expected"
    if [ "$(value backup)" = "$newest" ]; then break; fi
    [ "$(date +%s)" -lt "$deadline" ] ||
      die "nothing says what must be in the backup $newest: the container backup says why it marks no time"
    run sleep 5
  done
  backup="$newest"
  target="$(value target)"
}

restore() {
  rm -rf "$PGDATA"
  mkdir -p "$PGDATA"
  run pgbackrest --log-level-console=info --repo=1 "--set=$backup" --type=time "--target=$target" \
    --target-action=promote --archive-mode=off restore ||
    die "the backup $backup could not be restored: a file of it is missing or damaged"
  restored=$(date +%s)
  bytes=$(($(du -sk "$PGDATA" | cut -f 1) * 1024))
}

# With nothing of what the live server's settings want of a machine, and no way in but a socket that
# is the scratch volume's own.
boot() {
  echo "local all postgres peer" >"${PGDATA%/*}/pg_hba.conf"
  postgres -c listen_addresses= -c "unix_socket_directories=${PGDATA%/*}" -c unix_socket_permissions=0700 \
    -c "hba_file=${PGDATA%/*}/pg_hba.conf" -c ssl=off -c archive_mode=off -c hot_standby=off \
    -c max_connections=10 -c shared_buffers=64MB -c maintenance_work_mem=64MB -c max_wal_size=256MB \
    -c shared_preload_libraries= -c autovacuum=off -c logging_collector=off \
    >"$log" 2>&1 &
  server=$!
  until pg_isready -q -h "${PGDATA%/*}"; do
    if ! kill -0 "$server" 2>/dev/null; then
      server=
      cat "$log"
      die "the server did not reach $target: $(fatal)"
    fi
    run sleep 0.2
  done
  booted=$(date +%s)
}

# Prints what a query answers; its error, where it fails.
answer() {
  sql --dbname "$APPLICATION" --command "$1" 2>/tmp/error ||
    echo "not readable ($(head -n 1 /tmp/error))"
}

# Prints what is not as expected: all of it has to be there, and nothing of what came just after.
differences() {
  markers="FROM mcp_mesh.markers WHERE id"
  found="$(answer "SELECT backup $markers = $(value marker)")"
  [ "$found" = "$backup" ] ||
    echo "the marker $(value marker) is ${found:-missing}: something that was committed before $target is lost;"
  found="$(answer "SELECT count(*) $markers >= $(value beyond)")"
  [ "$found" = 0 ] ||
    echo "the marker $(value beyond), which was set after $target, is there: the restore went too far;"
  while IFS='|' read -r name table rows; do
    [ "$name" = rows ] || continue
    found="$(answer "SELECT count(*) FROM $table")"
    [ "$found" = "$rows" ] || echo "the rows of $table were $rows at $target, and are $found;"
  done <"$expected"
}

compare() {
  differences >/tmp/differences
  [ ! -s /tmp/differences ] || die "$(cat /tmp/differences)"
}

# Every row, every index entry, and then every page's checksum.
examine() {
  run pg_amcheck --host "${PGDATA%/*}" --username postgres --all --install-missing --heapallindexed \
    --parent-check --no-password >/tmp/amcheck 2>&1 || die "pg_amcheck found damage: $(head -n 2 /tmp/amcheck)"
  sql --dbname postgres --command "CREATE TABLE written AS SELECT now()" || die "it takes no writes"
  kill -INT "$server"
  wait "$server" || die "the server did not end as it should"
  server=
  run pg_checksums --check --pgdata "$PGDATA" >/tmp/checksums 2>&1 ||
    die "pages are damaged: $(head -n 1 /tmp/checksums)"
}

mkdir -p /run/mcp-mesh/own
if [ -e /etc/mcp-mesh/passphrase-own/password ]; then
  printf '[global]\nrepo1-cipher-pass=%s\n' "$(cat /etc/mcp-mesh/passphrase-own/password)" \
    >/run/mcp-mesh/own/passphrase.conf
fi
expect
began=$(date +%s)
say "restoring $backup as of $target"
restore
boot
say "it is there after $((booted - began)) s: comparing and examining"
compare
examine
ended=$(date +%s)
format='{"ok":true,"at":%s,"backup":"%s","target":"%s","restoreSeconds":%s,"recoverySeconds":%s,"checkSeconds":%s,"bytes":%s}\n'
for file in last.json verified.json; do
  leave "$file" "$format" "$ended" "$backup" "$target" "$((restored - began))" "$((booted - restored))" "$((ended - booted))" "$bytes"
done
say "verified: all is as it was at $target"
