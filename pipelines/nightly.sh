#!/bin/sh
# nightly.sh [DAY]: a night: the run, the ledger, and what is to be forgotten. For cron and systemd (docs/operations.md).
# DAY: the as-of date, YYYY-MM-DD; today without it. What follows is from the environment:
set -u
bidui=${BIDUI:-bidui}                          # the program
pipeline=${BIDUI_PIPELINE:-/etc/bidui/nightly.yaml}
out=${BIDUI_OUT:-/var/lib/bidui/out}           # the lists; the folders above these three have to be there
state=${BIDUI_STATE:-/var/lib/bidui/state}     # the ledger with its verdicts, and what a run keeps for the next one
sheets=${BIDUI_SHEETS:-/var/lib/bidui/sheets}  # problems, tasks, duties, movement
owners=${BIDUI_OWNERS:-}                       # who answers where for what (docs/formats/owners.md); nobody without it
hook=${BIDUI_ON_FAILURE:-:}                    # a command for sh when the night fails (bidui-run(1), --on-failure)
day=${1:-$(date +%F)}

# A step behind the run failed with this status; bidui has said why.
failed() {
	BIDUI_STATUS=$1 BIDUI_AS_OF=$day BIDUI_OUT=$out sh -c "$hook"
	exit "$1"
}

"$bidui" run --quiet --as-of "$day" --state "$state" --out "$out" --on-failure "$hook" "$pipeline" || exit
"$bidui" track --quiet --state "$state" --out "$sheets" --xlsx ${owners:+--owners "$owners"} "$out" || failed $?
"$bidui" purge --quiet --state "$state" --as-of "$day" || failed $?
