#!/bin/sh
# Runs a program that must not outlive whoever started it, even when that is killed with -9.
#   leash.sh <program> [argument …]     descriptor 3: a pipe from the one who started it
# The first line on the pipe lets the program start (its pid has been noted down by then), a second one lets it off the
# leash (it has ended by itself). The end of the pipe means that its other end has died: then the program is ended.
# The program takes this process over, so its pid and exit code are those that the parent sees.

read -r go <&3 || exit 0

(
  read -r off <&3 && exit 0
  kill -TERM $$ 2>/dev/null
  for second in 1 2 3 4 5 6 7 8 9 10; do
    sleep 1
    kill -0 $$ 2>/dev/null || exit 0
  done
  kill -KILL $$
) </dev/null >/dev/null 2>&1 &

exec "$@" 3<&-
