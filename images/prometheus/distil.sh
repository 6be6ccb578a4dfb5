#!/bin/sh
# Copies from an unpacked Debian what programs that need the C library alone run with:
# `distil.sh OUT PROGRAM… -- FOLDER…`. Links are followed, for what they point at stays behind.
set -eu
out=$1
shift
mkdir -p "$out/etc/ssl/certs" "$out/tmp"
chmod 1777 "$out/tmp"
cp /etc/passwd /etc/group "$out/etc/"
# No package's scripts have run, so the certificates are not in one file yet.
cat /usr/share/ca-certificates/mozilla/*.crt >"$out/etc/ssl/certs/ca-certificates.crt"
cp --parents -L /lib*/*/libc.so.6 /lib*/ld-linux* "$out"
cp --parents -L /usr/share/doc/libc6/copyright /usr/share/doc/ca-certificates/copyright "$out"
while [ "$1" != -- ]; do
  cp --parents "/usr/bin/$1" "$out"
  shift
done
shift
# All time zones a second time, a link to a file that is a machine's own, and 180 MB of sources that
# the web page's library for time zones was made from.
rm -rf /usr/share/zoneinfo/posix /usr/share/zoneinfo/localtime \
  /usr/share/javascript/moment-timezone/data
for folder; do cp --parents -LR "$folder" "$out"; done
