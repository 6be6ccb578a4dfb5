#!/bin/sh
# Makes this pod what /etc/mcp-mesh/roles says: the writer, or one that follows it. Who was the writer
# and is no more does not start until somebody orders how it is rebuilt: what nobody else has goes then.
set -eu
umask 077

me=role
. /etc/mcp-mesh/postgres/loop.sh
pod="$(cat /etc/hostname)"
writer="$(cat /etc/mcp-mesh/roles/writer)"
folder="${PGDATA%/*}"
order="$folder/rebuild"
login=/run/mcp-mesh-replication/login
source="host=$RELEASE-rw port=5432 user=mcp_mesh_standby passfile=$login application_name=$pod connect_timeout=5"
source="$source sslmode=verify-full sslrootcert=/etc/mcp-mesh/tls/ca.crt"
# In memory, in the form that libpq reads, which has a backslash before two characters.
escaped() {
  rest="$(cat "$1")"
  while [ -n "$rest" ]; do
    one="${rest%"${rest#?}"}"
    rest="${rest#?}"
    case "$one" in \\ | :) printf '\\' ;; esac
    printf '%s' "$one"
  done
}
printf '*:*:*:*:%s\n' "$(escaped /etc/mcp-mesh/replication/password)" >"$login"

writes() {
  [ "$(psql -XAtq "$source dbname=postgres" -c 'SELECT NOT pg_is_in_recovery()' 2>/dev/null)" = t ]
}

await_writer() {
  until writes; do
    say "waiting for $writer, which does not answer at $RELEASE-rw as one that takes writes"
    run sleep 3
  done
}

# Complete before it is taken for a database: a copy that was killed starts anew.
copy() {
  rm -rf "$PGDATA.new"
  await_writer
  say "copying the data of $writer"
  until run pg_basebackup --dbname="$source" --pgdata="$PGDATA.new" --wal-method=stream \
    --slot="$(echo "$pod" | tr - _)" --checkpoint=fast; do
    say "the copy failed (see above); the next attempt is in 5 s"
    rm -rf "$PGDATA.new"
    run sleep 5
  done
  touch "$PGDATA.new/standby.signal"
  rm -rf "$PGDATA"
  mv "$PGDATA.new" "$PGDATA"
}

# Takes back what this one alone has, and fetches what the writer has instead. Where it has no longer
# the log back to the last checkpoint that both know, it is copied anew: the same, but slower.
rewind() {
  await_writer
  rm -f "$PGDATA/standby.signal"
  if run pg_rewind --target-pgdata="$PGDATA" --source-server="$source dbname=postgres"; then
    touch "$PGDATA/standby.signal"
  else
    # If it was the writer that went away, this may be all that is left of the data.
    writes || exit 1
    say "pg_rewind could not do it (see above), so all of it is copied anew"
    rm -rf "$PGDATA"
  fi
}

if [ "$pod" = "$writer" ]; then
  # A second one that takes writes would part the data in two.
  while writes; do
    say "another pod takes writes at $RELEASE-rw; this one waits until it no more does"
    run sleep 3
  done
  rm -f "$order"
  exit 0
fi

if [ -e "$folder/restoring" ]; then rm -rf "$PGDATA"; fi
if [ -s "$PGDATA/PG_VERSION" ] && [ ! -e "$PGDATA/standby.signal" ]; then
  say "this pod took writes, and $writer does now; it waits for: npm run operate -- rebuild"
  until [ -e "$order" ]; do run sleep 2; done
fi
if [ -s "$PGDATA/PG_VERSION" ] && [ -e "$order" ]; then
  if [ "$(cat "$order")" = rewind ]; then rewind; else
    await_writer
    rm -rf "$PGDATA"
  fi
fi
[ -s "$PGDATA/PG_VERSION" ] || copy
rm -f "$order" "$folder/restoring"
# What a restore or a former role left there would lead it elsewhere, or end it on the way.
settings="$PGDATA/postgresql.auto.conf"
{
  while IFS= read -r line; do
    case "$line" in
      recovery_target* | restore_command* | primary_conninfo* | primary_slot_name*) ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$settings"
  cat <<EOT
recovery_target_timeline = 'latest'
primary_conninfo = '$source'
primary_slot_name = '$(echo "$pod" | tr - _)'
EOT
} >"$settings.new"
mv "$settings.new" "$settings"
say "following $writer"
