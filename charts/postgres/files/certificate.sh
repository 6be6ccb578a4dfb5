# The server's certificate. Sourced. It can be another one at any time: the server takes it up without
# a restart, and those who are connected stay so.
certificate=/etc/mcp-mesh/tls
taken_up=

follow_certificate() {
  now="$(cat "$certificate/tls.crt" "$certificate/tls.key" | cksum)"
  [ "$now" != "$taken_up" ] || return 0
  ask --command 'SELECT pg_reload_conf()' >/dev/null || return 0
  taken_up="$now"
  say "the server takes up the certificate as it is now"
}
