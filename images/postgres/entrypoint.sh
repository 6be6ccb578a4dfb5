#!/bin/sh
# Sets a database cluster up when there is none yet, then becomes the server. It reads the
# variables of the official image: POSTGRES_USER, POSTGRES_PASSWORD_FILE, POSTGRES_DB,
# POSTGRES_INITDB_ARGS and PGDATA, and runs /docker-entrypoint-initdb.d/*.sh and *.sql once.
set -eu

case "${1:-}" in
  '' | -*) set -- postgres "$@" ;;
  postgres) ;;
  *) exec "$@" ;;
esac

say() { echo "entrypoint: $*" >&2; }
die() {
  say "$*"
  exit 1
}

set_up() {
  [ -s "${POSTGRES_PASSWORD_FILE:-}" ] ||
    die "POSTGRES_PASSWORD_FILE must name a file with the password of ${POSTGRES_USER}."
  if [ -e "$PGDATA" ] && [ -n "$(ls -A "$PGDATA")" ]; then
    die "PGDATA ($PGDATA) holds something that is not a database cluster; empty it or name another folder."
  fi
  # All happens beside PGDATA and is moved there when it is whole, so that a set-up that was
  # killed starts anew instead of being taken for a database.
  new="$PGDATA.new"
  rm -rf "$new"
  mkdir "$new" || die "PGDATA ($PGDATA) must be a folder inside the volume, not its mount point."
  # shellcheck disable=SC2086 # several arguments in one variable, as in the official image
  initdb --pgdata="$new" --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \
    --encoding=UTF8 --locale=C.UTF-8 ${POSTGRES_INITDB_ARGS:-}
  printf "\nlisten_addresses = '*'\n" >>"$new/postgresql.conf"
  printf '\nhost all all all scram-sha-256\n' >>"$new/pg_hba.conf"

  # Until the scripts have run, the server answers on its socket alone.
  pg_ctl --pgdata="$new" --wait --options="-c listen_addresses='' -c unix_socket_directories=/var/run/postgresql" start
  trap 'pg_ctl --pgdata="$new" --mode=immediate stop' EXIT
  PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")"
  PGUSER="$POSTGRES_USER"
  PGHOST=/var/run/postgresql
  export PGPASSWORD PGUSER PGHOST POSTGRES_USER POSTGRES_DB
  if [ "$POSTGRES_DB" != postgres ]; then
    createdb --maintenance-db=postgres "$POSTGRES_DB"
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh)
        say "running $file"
        sh "$file"
        ;;
      *.sql)
        say "running $file"
        psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname="$POSTGRES_DB" --file="$file"
        ;;
    esac
  done
  trap - EXIT
  pg_ctl --pgdata="$new" --mode=fast --wait stop
  rmdir "$PGDATA" 2>/dev/null || true
  mv "$new" "$PGDATA"
  say "the database cluster in $PGDATA is set up"
}

POSTGRES_USER="${POSTGRES_USER:-postgres}"
POSTGRES_DB="${POSTGRES_DB:-$POSTGRES_USER}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # In a process of its own, so that the server does not see the password in its environment.
  (set_up)
fi
exec "$@"
