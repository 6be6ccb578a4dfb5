#!/bin/sh
# Takes out of an unpacked Debian what no container needs: `trim.sh ROOT`. The copyright files stay.
set -eu
cd "$1"
find usr/share/doc -not -type d -not -name copyright -delete
find usr/share/doc -type d -empty -delete
rm -rf var/lib/apt var/lib/dpkg var/cache/* var/log/* etc/apt etc/dpkg etc/cron.* etc/init.d
rm -rf usr/share/man usr/share/info usr/share/locale usr/share/i18n usr/share/lintian \
  usr/share/bug usr/share/perl* usr/share/zoneinfo/right usr/share/gcc usr/share/gdb
# Perl and LLVM come with PostgreSQL's packages: for scripts that manage several clusters, and for
# compiling queries just in time, which short queries never reach.
rm -rf usr/lib/*/perl* usr/lib/*/libperl* usr/bin/perl* usr/lib/*/libLLVM* usr/lib/*/libz3* \
  usr/lib/llvm* usr/lib/postgresql/*/lib/bitcode usr/lib/postgresql/*/lib/llvmjit*
