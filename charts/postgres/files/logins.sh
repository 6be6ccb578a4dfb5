#!/bin/sh
# Keeps the logins as they are meant to be, wherever the data came from: the passwords are those of
# the Secrets, also when one is changed, and the exporter may read what tells how the server is.
set -eu

me=logins
. /etc/mcp-mesh/postgres/loop.sh
. /etc/mcp-mesh/postgres/certificate.sh
. /etc/mcp-mesh/postgres/turns.sh
. /etc/mcp-mesh/postgres/followers.sh
known=

passwords() {
  {
    cat /etc/mcp-mesh/superuser/password /etc/mcp-mesh/application/password
    turn_passwords
  } | cksum
}

set_logins() {
  # psql reads the passwords itself: they are on no command line and in no environment.
  ask --set "application=$APPLICATION" --set "logins=$LOGINS" <<'SQL' || return 1
\set password `cat /etc/mcp-mesh/superuser/password`
ALTER ROLE postgres PASSWORD :'password';
\set password `cat /etc/mcp-mesh/application/password`
ALTER ROLE :"application" PASSWORD :'password';
SELECT format('ALTER ROLE %I LOGIN', :'application') WHERE :'logins' = '' \gexec
-- It has no password: the server knows the exporter by the user that its process runs as.
SELECT 'CREATE ROLE mcp_mesh_monitor LOGIN'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mcp_mesh_monitor') \gexec
ALTER ROLE mcp_mesh_monitor NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 5 PASSWORD NULL;
ALTER ROLE mcp_mesh_monitor SET default_transaction_read_only = on;
ALTER ROLE mcp_mesh_monitor SET statement_timeout = '10s';
GRANT pg_monitor TO mcp_mesh_monitor;
SQL
  set_turns
}

while true; do
  beat
  if server_answers; then
    follow_certificate
    # Whoever follows has the writer's logins.
    if follows; then
      keep_slots || true
      run sleep 10
      continue
    fi
    keep_followers
    now="$(passwords)"
    if [ "$now" = "$known" ]; then
      retire_unused
      run sleep 10
    elif set_logins; then
      known="$now"
      say "the logins are set"
    else
      say "the logins could not be set (see above); the next attempt is in 10 s"
      run sleep 10
    fi
  else
    run sleep 2
  fi
done
