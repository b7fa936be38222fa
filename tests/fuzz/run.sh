#!/bin/sh
# run.sh [SECONDS [FOLDER [TARGET...]]]: fuzz with clang's libFuzzer and the sanitizers, each target so long (default: 60 s, build-fuzz/, all
# of pack, reader, id). What it finds to be new goes into FOLDER/corpus; a crash leaves its input in FOLDER and ends with a failure.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1-60}
folder=${2-build-fuzz}
[ $# -gt 2 ] && shift 2 || set -- pack reader id
includes=$(for m in base csv yaml schema value text id io file rule; do printf -- '-Ilib/%s/include ' "$m"; done)

# build TARGET SOURCE... LIBRARY...
build() {
	target=$1
	shift
	# shellcheck disable=SC2086 # words are meant
	clang -g -O1 -std=gnu11 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -DBIDUI_LOCALEDIR='""' \
		-DBIDUI_BUILD_LOCALEDIR='""' -DSCHEMAS="\"$PWD/pipelines/schemas\"" $includes -Ilib/rule "tests/fuzz/$target.c" "$@" -o "$folder/$target"
}

# fuzz TARGET LONGEST OPTION...: an input has at most LONGEST bytes
fuzz() {
	target=$1 longest=$2
	shift 2
	mkdir -p "$folder/corpus/$target"
	cp -n "tests/fuzz/$target"/* "$folder/corpus/$target/" 2>/dev/null || true
	"$folder/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=512 -max_len="$longest" -artifact_prefix="$folder/" "$@" \
		-print_final_stats=1 "$folder/corpus/$target"
}

mkdir -p "$folder/corpus/pack"
for target; do
	case $target in
	pack)
		# shellcheck disable=SC2046 # words are meant
		build pack lib/base/*.c lib/yaml/*.c lib/schema/*.c lib/value/*.c lib/text/*.c lib/id/*.c lib/rule/*.c \
			$(pkg-config --cflags --libs libfyaml libxxhash)
		cp -n tests/stage/faulty.yaml pipelines/monitoring/pack.yaml "$folder/corpus/pack/" 2>/dev/null || true
		fuzz pack 20000 -dict=tests/fuzz/words.dict
		;;
	reader)
		build reader tests/property/reader_reference.c lib/base/*.c lib/csv/*.c lib/text/*.c -lcsv
		fuzz reader 1000
		;;
	id)
		build id lib/base/*.c lib/text/*.c lib/id/*.c
		fuzz id 100
		;;
	*)
		echo "run.sh: $target is no target; say pack, reader or id" >&2
		exit 64
		;;
	esac
done
