#!/bin/sh
# run.sh [SECONDS [FOLDER]]: fuzz the reader and checker of rule packs (default: 60 s, build-fuzz/) with clang's libFuzzer and the sanitizers.
# What it finds to be new goes into FOLDER/corpus; a crash leaves its input there and ends with a failure.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1-60}
folder=${2-build-fuzz}
mkdir -p "$folder/corpus"
cp -n tests/fuzz/pack/* tests/stage/faulty.yaml pipelines/monitoring/pack.yaml "$folder/corpus/" 2>/dev/null || true
includes=$(for m in base yaml schema value text id io file rule; do printf -- '-Ilib/%s/include ' "$m"; done)
sources='lib/base/*.c lib/yaml/*.c lib/schema/*.c lib/value/*.c lib/text/*.c lib/id/*.c lib/rule/*.c'
# shellcheck disable=SC2086 # words are meant
clang -g -O1 -std=gnu11 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -DBIDUI_LOCALEDIR='""' \
	-DBIDUI_BUILD_LOCALEDIR='""' -DSCHEMAS="\"$PWD/pipelines/schemas\"" $includes -Ilib/rule tests/fuzz/pack.c $sources \
	$(pkg-config --cflags --libs libfyaml libxxhash) -o "$folder/pack"
"$folder/pack" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=512 -max_len=20000 -artifact_prefix="$folder/" -dict=tests/fuzz/words.dict -print_final_stats=1 "$folder/corpus"
