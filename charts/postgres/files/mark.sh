# Marks a point in time after each backup, and again each hour, of which the restore's verification
# knows exactly what there must be. Sourced by the backups' loop. It is told beside the backups only
# when all up to it is archived.
expected="$repository/expected"
mark_not_before=0

answer() { ask --tuples-only --no-align "$@"; }

newest_backup() {
  answer <<'SQL'
SELECT one->>'label' FROM mcp_mesh.backups() AS told, json_array_elements(told->'info') AS stanza,
  json_array_elements(stanza->'backup') AS one WHERE one->'database'->>'repo-key' = '1'
  ORDER BY (one->'timestamp'->>'stop')::bigint DESC, one->>'label' DESC LIMIT 1;
SQL
}

# Whether nothing says what must be in the newest backup, or nothing has for an hour.
mark_is_due() {
  [ "$(date +%s)" -ge "$mark_not_before" ] || return 1
  newest="$(newest_backup)" && [ -n "$newest" ] || return 1
  older "$expected" 60 || [ "$(head -n 1 "$expected")" != "backup|$newest" ]
}

archiving_fails() {
  fails='SELECT coalesce(last_failed_time > last_archived_time, last_failed_time IS NOT NULL)'
  [ "$(answer --command "$fails FROM pg_stat_archiver")" = t ]
}

# Within a minute, or else another time.
archived() {
  reached="SELECT coalesce(last_archived_wal >= '$1', false) FROM pg_stat_archiver"
  for _ in $(seq 30); do
    [ "$(answer --command "$reached")" != t ] || return 0
    run sleep 2
  done
  return 1
}

mark() {
  beat 900
  mark_not_before=$(($(date +%s) + 60))
  if archiving_fails; then return 1; fi
  ask --dbname "$APPLICATION" --set "backup=$newest" --file /etc/mcp-mesh/postgres/mark.sql \
    >/tmp/expected || return 1
  archived "$(tail -n 1 /tmp/expected)" || return 1
  head -n -1 /tmp/expected >"$expected.new"
  mv "$expected.new" "$expected"
  mark_not_before=0
}
