#!/bin/sh
# Runs the command that follows, and registers what it left in this directory:
#   sh registered.sh nextflow run main.nf -with-trace -with-report
# After a minute (RUNSTEAD_AFTER seconds) the run is registered as RUNNING, at the end it is brought up to date.
# The exit code is that of the command, whatever becomes of the registration.

register() {
    runstead register wfrun . --yes "$@" </dev/null >&2 ||
        echo "The run was not registered; once that can be mended: runstead register wfrun ." >&2
}

(sleep "${RUNSTEAD_AFTER:-60}" </dev/null >/dev/null 2>&1 && register --ignore '*') &
beginning=$!
trap : INT TERM  # they are for the command; its end is told all the same

"$@"
status=$?

kill "$beginning" 2>/dev/null
wait "$beginning" 2>/dev/null
if [ "$status" -eq 137 ]; then
    register --status FAILED --message "The engine was killed."
else
    register
fi
exit "$status"
