#!/bin/sh
# Takes the backups of each repository as their time comes: a full one every FULL_EVERY_DAYS days, one
# of the changes every EVERY_MINUTES minutes. When the last ones were is kept beside the first one's, so
# that a restart neither repeats nor forgets any. What the repositories hold is told to the exporter.
set -eu

me=backup
. /etc/mcp-mesh/postgres/loop.sh
repository=/var/lib/mcp-mesh/repository
told=/tmp/backups.json
failures=0
. /etc/mcp-mesh/postgres/mark.sh
. /etc/mcp-mesh/postgres/archive.sh

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

# Where it is kept when the last backup of a repository was.
stamp() { echo "$repository/$1$([ "$2" = 1 ] || echo "-$2")"; }

# Which backup of a repository is due; nothing if none is. A gap in its archive is closed by a full one.
due() {
  if older "$(stamp last-full "$1")" "$((FULL_EVERY_DAYS * 1440))" || [ -e "/tmp/gap-$1" ]; then
    echo full
  elif older "$(stamp last "$1")" "$EVERY_MINUTES"; then
    echo incr
  fi
}

# A repository that is out of reach must not keep the other from its backups.
take() {
  await_server
  beat "$((LONGEST_MINUTES * 60 + 300))"
  run pgbackrest stanza-create || true
  run timeout --kill-after=60 "${LONGEST_MINUTES}m" pgbackrest "--repo=$2" "--type=$1" backup ||
    return 1
  [ "$1" != full ] || touch "$(stamp last-full "$2")"
  touch "$(stamp last "$2")"
}

# Takes all backups that are due; false if one fails.
take_due() {
  failed=
  for one in $REPOSITORIES; do
    type="$(due "$one")"
    [ -n "$type" ] || continue
    if take "$type" "$one"; then
      rm -f "$looked"
    else
      failures=$((failures + 1))
      failed=yes
      say "the $type backup to repository $one failed (see above); the next attempt is in a minute"
    fi
  done
  [ -z "$failed" ]
}

# What the verification left, as it is the only one to write there.
outcome() { cat "$repository/verification/$1.json" 2>/dev/null || echo null; }

# As pgBackRest reads it in the repository. Where it can't be read, nothing is told: what was once
# true is no news.
tell() {
  if info="$(pgbackrest --repo=1 info --output=json)"; then
    printf '{"failures":%s,"info":%s,"second":%s,"missing":[%s],"verified":%s,"lastVerification":%s}\n' \
      "$failures" "$info" "$second" "$missing" "$(outcome verified)" "$(outcome last)" >"$told.new"
    mv "$told.new" "$told"
  else
    rm -f "$told"
  fi
}

# The owner names points to go back to before it changes the schema.
let_owner_name_points() {
  ask --dbname "$APPLICATION" --set "owner=$APPLICATION" <<'SQL'
GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text) TO :"owner";
SQL
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
allowed=
while true; do
  beat
  await_server
  # Whoever takes writes is the one that is backed up.
  if follows; then
    rm -f "$told"
    run sleep 10
    continue
  fi
  if [ -z "$allowed" ] && let_exporter_read && let_owner_name_points; then allowed=yes; fi
  taken=yes
  take_due || taken=
  if older "$looked" 5; then look; fi
  tell
  if [ -z "$taken" ]; then
    run sleep 60
    continue
  fi
  if mark_is_due && ! mark; then
    say "no point in time could be marked (see above); the next attempt is in a minute"
  fi
  run sleep 10
done
