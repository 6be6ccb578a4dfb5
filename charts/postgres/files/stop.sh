#!/bin/sh
# Before the server is told to end: what this checkpoint writes, the one at the end need not, so that
# the end is quick. The signal that follows is the image's own, SIGINT: a fast shutdown.
exec timeout 240 psql --no-psqlrc --quiet --username postgres --dbname postgres --command CHECKPOINT
