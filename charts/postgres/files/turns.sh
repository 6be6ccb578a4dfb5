# The logins that take turns in the owner's place. Sourced. Each has a Secret: while that is there, it
# may log in; once it is gone and nobody has used the login for a minute, it may not. The owner itself
# is one of those who may no longer, where others log in for it.
turns=/etc/mcp-mesh/logins # a file for each that may log in, with its password
mark="mcp-mesh: logs in as $APPLICATION"
quiet=/tmp/logins-quiet # a file for each that may no longer, as old as nobody uses it

# As objects of all of them are the owner's, each becomes the owner when it logs in.
set_turn() {
  ask --set "login=$1" --set "file=$turns/$1" --set "owner=$APPLICATION" --set "mark=$mark" <<'SQL'
\set password `cat :'file'`
SET client_min_messages = warning;
SELECT format('CREATE ROLE %I', :'login')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'login') \gexec
ALTER ROLE :"login" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
ALTER ROLE :"login" SET role = :'owner';
GRANT :"owner" TO :"login";
COMMENT ON ROLE :"login" IS :'mark';
SQL
}

set_turns() {
  mkdir -p "$quiet"
  for login in $LOGINS; do
    [ ! -s "$turns/$login" ] || set_turn "$login" || return 1
  done
}

# With names, because a password may move from one login to the other.
turn_passwords() {
  for login in $LOGINS; do
    [ ! -s "$turns/$login" ] || { echo "$login" && cat "$turns/$login"; }
  done
}

# Who may log in, but is not meant to, and doesn't right now.
unused() {
  present="$(for login in $LOGINS; do [ ! -s "$turns/$login" ] || printf '%s ' "$login"; done)"
  # Without any of them, somebody took the Secrets away by mistake: nobody is shut out for that.
  [ -z "$LOGINS" ] || [ -n "$present" ] || return 0
  ask --tuples-only --no-align --set "owner=$APPLICATION" --set "mark=$mark" \
    --set "present=$present" --set "logins=$LOGINS" <<'SQL'
SELECT rolname FROM pg_roles AS role
  WHERE rolcanlogin AND rolname <> ALL (string_to_array(:'present', ' '))
    AND (shobj_description(oid, 'pg_authid') = :'mark' OR (rolname = :'owner' AND :'logins' <> ''))
    AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE usesysid = role.oid);
SQL
}

retire_unused() {
  names="$(unused)" || return 0
  for file in "$quiet"/*; do
    case " $(echo "$names" | tr '\n' ' ') " in *" ${file##*/} "*) ;; *) rm -f "$file" ;; esac
  done
  for name in $names; do
    [ -e "$quiet/$name" ] || touch "$quiet/$name"
    [ "$(($(date +%s) - $(stat -c %Y "$quiet/$name")))" -ge 60 ] || continue
    ask --set "login=$name" <<'SQL' || return 0
ALTER ROLE :"login" NOLOGIN PASSWORD NULL;
SQL
    say "nobody has logged in as $name for a minute: it may no longer"
  done
}
