#!/bin/sh
# run.sh [PERSONS [BUILD]]: generate a county of PERSONS (5,000,000; the nine kinds of the first slice), run each stage by itself and then
# the whole on two threads, and print CPU seconds, wall seconds and peak memory. Writes into BUILD/bench only.
set -eu
cd "$(dirname "$0")/../.."
persons=${1-5000000}
build=${2-build}
dir=$build/bench
kinds='registry hukou civil housing death property vehicle relocation village'
mkdir -p "$dir/out/rejects" "$dir/out/invalid"
[ -d "$dir/$persons" ] || "$build/bidui" gen --quiet --persons "$persons" --seed 1 --kinds slice --out "$dir/$persons"
cat "$dir/$persons"/* >/dev/null # into the page cache

# timed NAME COMMAND...
timed() {
	name=$1
	shift
	python3 - "$name" "$@" <<'PY'
import resource, subprocess, sys, time
start = time.monotonic()
status = subprocess.call(sys.argv[2:])
wall = time.monotonic() - start
r = resource.getrusage(resource.RUSAGE_CHILDREN)
print('%-16s %8.2f s CPU  %8.2f s wall  %6.0f MiB' % (sys.argv[1], r.ru_utime + r.ru_stime, wall, r.ru_maxrss / 1024), flush=True)
sys.exit(status)
PY
}

echo "$persons persons, $(cat "$dir/$persons"/*.csv | wc -l) lines, $(du -sm "$dir/$persons" | cut -f1) MiB"
for k in $kinds; do
	timed "ingest $k" "$build/bidui" ingest --quiet --kind "$k" --as-of 2017-11-26 --table "$dir/$k.table" \
		--rejects "$dir/out/rejects/$k.csv" --invalid "$dir/out/invalid/$k.csv" "$dir/$persons/$k.csv"
done
timed join "$build/bidui" join --as-of 2017-11-26 --out "$dir/dossiers" "$dir"/*.table
timed screen "$build/bidui" screen --threads 1 --as-of 2017-11-26 --out "$dir/findings" "$dir/dossiers"
timed report "$build/bidui" report --as-of 2017-11-26 --out "$dir/out" "$dir/findings"
for i in 1 2 3; do
	timed 'run, 2 threads' "$build/bidui" run --quiet --threads 2 --extracts "$dir/$persons" --as-of 2017-11-26 --out "$dir/run"
done
diff -r "$dir/out/lists" "$dir/run/lists" && cmp "$dir/out/figures.csv" "$dir/run/figures.csv" && echo 'stages singly and the run give the same lists and figures'
