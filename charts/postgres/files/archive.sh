# Looks for gaps in a repository's archive: a segment of the write-ahead log that is not there ends each
# restore that comes to it. Sourced by the backups' loop.

looked=/tmp/archive-looked
missing=
second=null
rm -f "$looked"

# Prints how many segments a repository lacks, as JSON.
count_missing() {
  # In this order: what is archived meanwhile is no gap.
  last="$(ask -At --command 'SELECT last_archived_wal FROM pg_stat_archiver')" || return 1
  pgbackrest "--repo=$1" --log-level-console=error info --output=json >/tmp/archive-info || return 1
  pgbackrest "--repo=$1" repo-ls --recurse '--filter=/[0-9A-F]{24}-[0-9a-f]{40}' archive/main \
    >/tmp/archive-segments || return 1
  ask -At --set "repository=$1" --set "last=$last" --file /etc/mcp-mesh/postgres/archive.sql
}

# A restore takes the newest backup, whatever its pages: the one before it and the log since have them
# whole.
drop_damaged() {
  label="$(ask -At --file /etc/mcp-mesh/postgres/damaged.sql)" || return 0
  [ -n "$label" ] || return 0
  failures=$((failures + 1))
  say "backup $label to repository $1 holds a page whose checksum is wrong, so it is let go; the database is damaged: see docs/runbooks/Restore.md"
  run pgbackrest "--repo=$1" "--set=$label" expire || true
}

# Asks all repositories, which costs more than to ask for the backups of the first. Of what is out of
# reach nothing is told.
look() {
  beat 600
  touch "$looked"
  missing=
  for one in $REPOSITORIES; do
    found="$(count_missing "$one")" || continue
    drop_damaged "$one"
    missing="$missing${missing:+,}$found"
    case "$found" in
      *'"latest" : 0,'*) rm -f "/tmp/gap-$one" ;;
      *)
        say "the archive of repository $one has a gap, $found; a full backup is due, which closes it"
        touch "/tmp/gap-$one"
        ;;
    esac
  done
  case "$REPOSITORIES" in
    *2*) second="$(pgbackrest --repo=2 info --output=json)" || second=null ;;
  esac
}
