#!/bin/sh
# run.sh [SECONDS [FOLDER [TARGET...]]]: fuzz with clang's libFuzzer and the sanitizers, each target so long (default: 60 s, build-fuzz/, all
# targets of meson.build). What it finds to be new goes into FOLDER/corpus; a crash leaves its input in FOLDER and ends with a failure.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1-60}
folder=${2-build-fuzz}
[ $# -gt 2 ] && shift 2 || set -- pack reader id xlsx table dossiers findings state pipeline manifest verdict

[ -f "$folder/build.ninja" ] || CC=clang meson setup "$folder" -Dbuildtype=debugoptimized -Doptimization=1 -Db_sanitize=address,undefined \
	-Db_lundef=false -Dtests=enabled -Dc_args="-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined" >/dev/null
for target; do
	set -- "$@" "tests/fuzz/fuzz_$target"
	shift
done
ninja -C "$folder" --quiet "$@"

# fuzz TARGET LONGEST OPTION...: an input has at most LONGEST bytes
fuzz() {
	target=$1 longest=$2
	shift 2
	mkdir -p "$folder/corpus/$target"
	"$folder/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -max_len="$longest" -artifact_prefix="$folder/$target-" "$@" \
		-print_final_stats=1 "$folder/corpus/$target" "tests/fuzz/$target"
}

export ASAN_OPTIONS=quarantine_size_mb=16
for program; do
	target=${program##*_}
	case $target in
	pack | pipeline) fuzz "$target" 20000 -dict=tests/fuzz/words.dict ;;
	id) fuzz id 100 ;;
	reader) fuzz reader 1000 ;;
	*) fuzz "$target" 40000 ;;
	esac
done
