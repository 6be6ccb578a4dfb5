#!/bin/sh
# Takes the backups as their time comes: a full one every FULL_EVERY_DAYS days, one of the changes
# every EVERY_MINUTES minutes. When the last ones were is kept beside them, so that a restart neither
# repeats nor forgets any. And the logins have the passwords of their Secrets, whenever the data came
# from elsewhere or a Secret was changed.
set -eu

repository=/var/lib/mcp-mesh/repository
child=

say() { echo "backup: $*"; }
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

# Whether FILE is older than so many MINUTES, or not there.
older() {
  [ ! -e "$1" ] || [ "$(($(date +%s) - $(stat -c %Y "$1")))" -ge "$(($2 * 60))" ]
}

take() {
  # Over TCP: the server that sets the database up listens on its socket only.
  until pg_isready -q -h 127.0.0.1; do run sleep 2; done
  run pgbackrest stanza-create && run pgbackrest "--type=$1" backup || return 1
  [ "$1" != full ] || touch "$repository/last-full"
  touch "$repository/last"
}

passwords() {
  cat /etc/mcp-mesh/superuser/password /etc/mcp-mesh/application/password | cksum
}

set_passwords() {
  until pg_isready -q -h 127.0.0.1; do run sleep 2; done
  # psql reads the passwords itself: they are on no command line and in no environment.
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set "application=$APPLICATION" \
    --username postgres --dbname postgres <<'SQL'
\set password `cat /etc/mcp-mesh/superuser/password`
ALTER ROLE postgres PASSWORD :'password';
\set password `cat /etc/mcp-mesh/application/password`
ALTER ROLE :"application" PASSWORD :'password';
SQL
}

known=
say "a full backup every $FULL_EVERY_DAYS days, the changes every $EVERY_MINUTES minutes"
while true; do
  now="$(passwords)"
  if [ "$now" != "$known" ]; then
    if set_passwords; then known="$now"; else say "the passwords could not be set (see above)"; fi
  fi
  due=
  if older "$repository/last" "$EVERY_MINUTES"; then due=incr; fi
  if older "$repository/last-full" "$((FULL_EVERY_DAYS * 1440))"; then due=full; fi
  if [ -z "$due" ]; then
    run sleep 10
  elif ! take "$due"; then
    say "the $due backup failed (see above); the next attempt is in a minute"
    run sleep 60
  fi
done
