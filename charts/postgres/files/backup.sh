#!/bin/sh
# Takes the backups as their time comes: a full one every FULL_EVERY_DAYS days, one of the changes
# every EVERY_MINUTES minutes. When the last ones were is kept beside them, so that a restart neither
# repeats nor forgets any. What the repository really holds is told to the exporter.
set -eu

me=backup
. /etc/mcp-mesh/postgres/loop.sh
repository=/var/lib/mcp-mesh/repository
told=/tmp/backups.json
failures=0
. /etc/mcp-mesh/postgres/mark.sh

# Whether FILE is older than so many MINUTES, or not there.
older() {
  [ ! -e "$1" ] || [ "$(($(date +%s) - $(stat -c %Y "$1")))" -ge "$(($2 * 60))" ]
}

await_server() {
  until server_answers; do
    beat
    run sleep 2
  done
}

take() {
  await_server
  beat "$((LONGEST_MINUTES * 60 + 300))"
  run pgbackrest stanza-create &&
    run timeout --kill-after=60 "${LONGEST_MINUTES}m" pgbackrest "--type=$1" backup || return 1
  [ "$1" != full ] || touch "$repository/last-full"
  touch "$repository/last"
}

# What the verification left, as it is the only one to write there.
outcome() { cat "$repository/verification/$1.json" 2>/dev/null || echo null; }

# As pgBackRest reads it in the repository. Where it can't be read, nothing is told: what was once
# true is no news.
tell() {
  if info="$(pgbackrest info --output=json)"; then
    printf '{"failures":%s,"info":%s,"verified":%s,"lastVerification":%s}\n' "$failures" "$info" \
      "$(outcome verified)" "$(outcome last)" >"$told.new"
    mv "$told.new" "$told"
  else
    rm -f "$told"
  fi
}

# The exporter asks Postgres for all that it tells; this file is the only one that it gets to.
let_exporter_read() {
  ask --set "told=$told" <<'SQL'
CREATE SCHEMA IF NOT EXISTS mcp_mesh;
SELECT format(
  'CREATE OR REPLACE FUNCTION mcp_mesh.backups() RETURNS json LANGUAGE sql STABLE SECURITY DEFINER
   SET search_path = pg_catalog AS %L',
  format('SELECT pg_catalog.pg_read_file(%L, 0, 100000000, true)::json', :'told')) \gexec
GRANT USAGE ON SCHEMA mcp_mesh TO pg_monitor;
REVOKE ALL ON FUNCTION mcp_mesh.backups() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mcp_mesh.backups() TO pg_monitor;
SQL
}

say "a full backup every $FULL_EVERY_DAYS days, the changes every $EVERY_MINUTES minutes"
mkdir -p "$repository/verification"
readable=
while true; do
  beat
  await_server
  # Whoever takes writes is the one that is backed up.
  if follows; then
    rm -f "$told"
    run sleep 10
    continue
  fi
  if [ -z "$readable" ] && let_exporter_read; then readable=yes; fi
  due=
  if older "$repository/last" "$EVERY_MINUTES"; then due=incr; fi
  if older "$repository/last-full" "$((FULL_EVERY_DAYS * 1440))"; then due=full; fi
  if [ -n "$due" ] && ! take "$due"; then
    failures=$((failures + 1))
    say "the $due backup failed (see above); the next attempt is in a minute"
    tell
    run sleep 60
  else
    tell
    if mark_is_due && ! mark; then
      say "no point in time could be marked (see above); the next attempt is in a minute"
    fi
    run sleep 10
  fi
done
