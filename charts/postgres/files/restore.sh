#!/bin/sh
# Fills an empty data directory from a repository of backups: from this database's own, so that the
# loss of its volume is survived, or from its second one, so that the loss of both is; else from the
# one that the values name. Else does nothing: the database is then set up anew. A restore that was
# killed starts anew.
set -eu
umask 077

own=/var/lib/mcp-mesh/repository
source=/var/lib/mcp-mesh/source
stanza=backup/main/backup.info
unfinished="${PGDATA%/*}/restoring"

say() { echo "restore: $*"; }
die() {
  say "$*"
  exit 1
}

command -v pgbackrest >/dev/null ||
  die "the image has no pgBackRest; take one built by images/postgres/Dockerfile, or leave backup and restore out."

# pgBackRest takes a passphrase from a file in its own format only; these are in memory.
for repository in own source; do
  mkdir -p "/run/mcp-mesh/$repository"
  if [ -e "/etc/mcp-mesh/passphrase-$repository/password" ]; then
    printf '[global]\nrepo1-cipher-pass=%s\n' "$(cat "/etc/mcp-mesh/passphrase-$repository/password")" \
      >"/run/mcp-mesh/$repository/passphrase.conf"
  fi
done

# The second repository is known to those alone who find this: its keys are in the same file.
if [ -e /etc/mcp-mesh/postgres/second.conf ]; then
  secret() { cat "/etc/mcp-mesh/$1"; }
  {
    cat /etc/mcp-mesh/postgres/second.conf
    [ ! -d /etc/mcp-mesh/passphrase-second ] || echo "repo2-cipher-pass=$(secret passphrase-second/password)"
    [ ! -d /etc/mcp-mesh/second-credentials ] ||
      echo "repo2-s3-key=$(secret second-credentials/key)
repo2-s3-key-secret=$(secret second-credentials/secret)"
  } >/run/mcp-mesh/own/second.conf
  [ ! -d /etc/mcp-mesh/second-ca ] || secret second-ca/ca.crt >/run/mcp-mesh/second-ca.crt
fi

# Whether the second repository has a backup. While it can't be asked, nothing may be set up anew.
second_has_backup() {
  [ -e /run/mcp-mesh/own/second.conf ] || return 1
  found="$(pgbackrest "$@" --repo=2 --output=json info)" ||
    die "the second repository cannot be asked (see above) whether it has a backup. Nothing was started."
  case "$found" in
    *'"code":99'*) die "the second repository cannot be read: $found. Nothing was started." ;;
    *'"label":'*) return 0 ;;
    *) return 1 ;;
  esac
}

# The newest backup that had ended at a time, such as 20261123091500.
backup_by() {
  by="$1"
  shift
  pgbackrest "$@" --stanza=main info |
    while read -r what kind rest; do
      case "$what $kind" in
        *" backup:") label="$rest" ;;
        "timestamp start/stop:")
          end="$(echo "${rest##* / }" | tr -dc 0-9 | cut -c 1-14)"
          [ "$end" -gt "$by" ] || echo "$label"
          ;;
      esac
    done | tail -n 1
}

restore() {
  touch "$unfinished"
  rm -rf "$PGDATA"
  mkdir -p "$PGDATA"
  # On the command line, because the server's restore_command is then given the same.
  pgbackrest --stanza=main --log-level-console=info "$@" restore ||
    die "the repository could not be restored (see above). Nothing was started; repair it, or name another in restore.claim."
  rm "$unfinished"
}

if [ ! -e "$unfinished" ] && [ -s "$PGDATA/PG_VERSION" ]; then
  say "there is a database in $PGDATA"
elif [ -e "$own/$stanza" ]; then
  say "the data directory is empty: restoring the newest backup and all that was archived since"
  restore --config=/etc/mcp-mesh/postgres/pgbackrest.conf --config-include-path=/run/mcp-mesh/own --repo=1
elif second_has_backup --config=/etc/mcp-mesh/postgres/pgbackrest.conf --config-include-path=/run/mcp-mesh/own; then
  say "the data directory and the first repository are empty: restoring what the second one has"
  restore --config=/etc/mcp-mesh/postgres/pgbackrest.conf --config-include-path=/run/mcp-mesh/own --repo=2
elif [ -n "${RESTORE_CLAIM:-}" ]; then
  [ -e "$source/$stanza" ] || die "the claim $RESTORE_CLAIM holds no repository of backups."
  set -- --config=/etc/mcp-mesh/postgres/source.conf --config-include-path=/run/mcp-mesh/source
  if [ -n "${RESTORE_POINT:-}" ]; then
    # A name says not which backup leads to it, but its end does.
    backup="$(backup_by "$(echo "${RESTORE_POINT##*-at-}" | tr -dc 0-9)" "$@")"
    [ -n "$backup" ] || die "there is no backup from before $RESTORE_POINT, so nothing leads to it."
    say "restoring the repository of $RESTORE_CLAIM as of $RESTORE_POINT, beginning with $backup"
    set -- "$@" "--set=$backup" --type=name "--target=$RESTORE_POINT" --target-action=promote
  elif [ -n "${RESTORE_TARGET:-}" ]; then
    say "restoring the repository of $RESTORE_CLAIM as of $RESTORE_TARGET"
    set -- "$@" --type=time "--target=$RESTORE_TARGET" --target-action=promote
  else
    say "restoring all that the repository of $RESTORE_CLAIM has"
  fi
  restore "$@"
else
  say "no database and no backup: it will be set up"
fi
