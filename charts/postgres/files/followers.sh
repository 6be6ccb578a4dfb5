# What the one that takes writes keeps for those that follow it: their login, and a slot for each, which
# holds the log back until its follower has it. Sourced by logins.sh.
known_follower=

# Postgres' own limit on what slots hold back is what bounds them: one that is past it is of no use,
# and its follower begins anew.
keep_slots() {
  ask -At --set "followers=$(echo "${FOLLOWERS:-}" | tr - _)" --set "own=$(tr - _ </etc/hostname)" \
    --set "ours=^$(echo "$RELEASE" | tr - _)_(standby_)?[0-9]+\$" <<'SQL' >/dev/null
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
  WHERE slot_type = 'physical' AND NOT active AND slot_name ~ :'ours' AND (
    wal_status = 'lost' OR slot_name = :'own' OR pg_is_in_recovery()
    OR slot_name <> ALL (string_to_array(:'followers', ' ')));
SELECT pg_create_physical_replication_slot(one)
  FROM unnest(string_to_array(nullif(:'followers', ''), ' ')) AS one
  WHERE NOT pg_is_in_recovery() AND one <> :'own'
    AND one NOT IN (SELECT slot_name FROM pg_replication_slots);
SQL
}

# The functions are those that pg_rewind asks for.
set_follower_login() {
  if [ ! -e /etc/mcp-mesh/replication/password ]; then
    ask <<'SQL'
SELECT 'ALTER ROLE mcp_mesh_standby NOLOGIN'
  WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'mcp_mesh_standby' AND rolcanlogin) \gexec
SQL
    return
  fi
  ask <<'SQL'
SELECT 'CREATE ROLE mcp_mesh_standby'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mcp_mesh_standby') \gexec
\set password `cat /etc/mcp-mesh/replication/password`
ALTER ROLE mcp_mesh_standby LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),
  pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint, boolean) TO mcp_mesh_standby;
SQL
}

# What fails is tried again when this is called the next time.
keep_followers() {
  wanted="$(cat /etc/mcp-mesh/replication/password 2>/dev/null | cksum)"
  if [ "$wanted" != "$known_follower" ] && set_follower_login; then known_follower="$wanted"; fi
  keep_slots || say "the slots of those that follow could not be kept (see above)"
}
