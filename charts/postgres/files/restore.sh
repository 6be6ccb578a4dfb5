#!/bin/sh
# Fills an empty data directory from a repository of backups: from this database's own, so that the
# loss of its volume is survived, else from the one that the values name. Else does nothing: the
# database is then set up anew. A restore that was killed starts anew.
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
  restore --config=/etc/mcp-mesh/postgres/pgbackrest.conf --config-include-path=/run/mcp-mesh/own
elif [ -n "${RESTORE_CLAIM:-}" ]; then
  [ -e "$source/$stanza" ] || die "the claim $RESTORE_CLAIM holds no repository of backups."
  if [ -n "${RESTORE_TARGET:-}" ]; then
    say "restoring the repository of $RESTORE_CLAIM as of $RESTORE_TARGET"
    set -- --type=time "--target=$RESTORE_TARGET" --target-action=promote
  else
    say "restoring all that the repository of $RESTORE_CLAIM has"
  fi
  restore --config=/etc/mcp-mesh/postgres/source.conf --config-include-path=/run/mcp-mesh/source "$@"
else
  say "no database and no backup: it will be set up"
fi
