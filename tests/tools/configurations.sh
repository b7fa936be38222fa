#!/bin/sh
# configurations.sh [FOLDER [N [PERSONS]]]: builds with gcc and clang, with -O0 and -O3, and N runs (200) of a county of so many persons
# (3,000), each in a way drawn at random, that give the same bytes (tests/property/configurations.py). The builds stay in FOLDER (build-configurations/). The last line says how many differ.
set -eu
cd "$(dirname "$0")/../.."
folder=${1-build-configurations}
count=${2-200} persons=${3-3000}
mkdir -p "$folder"
for compiler in gcc clang; do
	for level in 0 3; do
		build=$folder/$compiler-O$level
		[ -f "$build/build.ninja" ] || CC=$compiler meson setup "$build" -Dtests=disabled -Doptimization=$level -Ddebug=false >"$folder/setup.log"
		ninja -C "$build" --quiet >&2
	done
done
exec python3 -B tests/property/configurations.py --count "$count" --persons "$persons" "$folder"/gcc-O3 "$folder"/gcc-O0 "$folder"/clang-O3 "$folder"/clang-O0
