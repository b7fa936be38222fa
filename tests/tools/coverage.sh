#!/bin/sh
# coverage.sh [FOLDER]: which branches the tests take, of the reader, ids, the join, rules and the writers (AREAS). Builds in FOLDER
# (build-coverage/), runs the unit, property, stage and fuzz suites and the cases, and prints a table: area, branches, taken, share.
# FOLDER/missed.txt has each line with a branch that was never taken; one without a reason in branches-known.tsv fails.
set -eu
cd "$(dirname "$0")/../.."
folder=${1-build-coverage}
areas='lib/csv lib/text lib/io lib/id lib/join lib/dossier lib/rule lib/screen lib/table lib/file lib/report'
[ -f "$folder/build.ninja" ] || meson setup "$folder" -Dtests=enabled -Db_coverage=true -Doptimization=0 -Ddebug=true -Dc_args='-fprofile-update=atomic' >/dev/null
ninja -C "$folder" --quiet >&2
find "$folder" -name '*.gcda' -delete
meson test -C "$folder" --no-rebuild --suite unit --suite property --suite stage --suite fuzz --timeout-multiplier 10 >"$folder/test.log" 2>&1 ||
	echo "some tests failed: $folder/test.log" >&2
python3 -B fixtures/cases/check.py "$folder/bidui" >"$folder/cases.log" 2>&1 || echo "some cases failed: $folder/cases.log" >&2
exec python3 -B tests/tools/branches.py "$folder" $areas
