#!/bin/sh
# lint.sh [FOLDER [TOOL...]]: what compilers and checkers find in the C of this project, each tool in turn (default: all; build-lint/):
#
#   clang      builds everything with clang and -Werror
#   analyzer   gcc's -fanalyzer over lib/ and cmd/
#   tidy       clang-tidy with the checks of tests/tools/clang-tidy
#   cppcheck   cppcheck over lib/ and cmd/
#   threads    a night under ThreadSanitizer, with many threads and small chunks
#   valgrind   a night under memcheck: no invalid read, no decision on bytes that were never set, no leak
#
# A finding that stays has its reason in tests/tools/lint-known.tsv; one that is not there fails, and so does a line there that nothing
# matches any more (when all tools ran). The last line: N passed, N failed, a tool each.
set -u
cd "$(dirname "$0")/../.." || exit 70
folder=${1-build-lint}
[ $# -gt 1 ] && shift || set -- clang analyzer tidy cppcheck threads valgrind
known=tests/tools/lint-known.tsv
passed=0 failed=0
mkdir -p "$folder" || exit 73
sources=$(find lib cmd -name '*.c' | LC_ALL=C sort)

# setup FOLDER OPTION...: a build of its own
setup() {
	[ -f "$1/build.ninja" ] || meson setup "$@" >"$folder/setup.log" 2>&1 || { cat "$folder/setup.log"; return 1; }
}

# Findings on standard input, one a line, as "file:line: ...": those that are not known are printed, and make it fail.
unexplained() {
	grep -E '^[^ ]+:[0-9]+' | sed -E "s#^(\.\./)+##; s#^$PWD/##" | LC_ALL=C sort -u | awk -F '\t' -v tool="$1" '
		FNR == NR { if ($1 == tool) { file[++n] = $2; what[n] = $3 } next }
		{ for (i = 1; i <= n; i++) if (index($0, file[i] ":") == 1 && index($0, what[i])) next; print; bad = 1 }
		END { exit bad }' "$known" -
}

clang_() {
	CC=clang setup "$folder/clang" -Dtests=enabled -Dwerror=true -Doptimization=0 && ninja -C "$folder/clang" --quiet
}

analyzer() {
	setup "$folder/analyzer" -Dtests=disabled -Dbuildtype=debugoptimized -Dc_args=-fanalyzer && touch $sources &&
		ninja -C "$folder/analyzer" -k 0 >"$folder/analyzer.log" 2>&1 && grep -E 'warning: .*\[-Wanalyzer' "$folder/analyzer.log" | unexplained analyzer
}

tidy() {
	CC=clang setup "$folder/clang" -Dtests=enabled -Dwerror=true -Doptimization=0 || return
	echo "$sources" | xargs -P "$(nproc)" -n 8 clang-tidy --quiet --config-file=tests/tools/clang-tidy -p "$folder/clang" >"$folder/tidy.log" 2>/dev/null
	grep -E 'warning: |error: ' "$folder/tidy.log" | unexplained tidy
}

cppcheck_() {
	# shellcheck disable=SC2046,SC2086 # words are meant
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --template='{file}:{line}: {severity}: {message} [{id}]' \
		--suppress=missingInclude -D_GNU_SOURCE --include=tests/tools/cppcheck.h $(for m in lib/*/include; do printf -- '-I%s ' "$m"; done) -j "$(nproc)" lib cmd >"$folder/cppcheck.log" 2>&1
	unexplained cppcheck <"$folder/cppcheck.log"
}

# county FOLDER: a small one, invented
county() {
	rm -rf "$folder/county" "$folder/out" && "$1/cmd/gen/bidui-gen" --quiet --persons 300 --seed 5 --dirty 0.02 --out "$folder/county"
}

threads() {
	setup "$folder/threads" -Dtests=disabled -Dbuildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false && ninja -C "$folder/threads" --quiet &&
		county "$folder/threads" && TSAN_OPTIONS='halt_on_error=1 exitcode=99' BIDUI_CHUNK=3000 "$folder/threads/cmd/run/bidui-run" --quiet --threads 4 --xlsx \
		--state "$folder/state" --extracts "$folder/county" --as-of 2017-11-26 --out "$folder/out" && rm -rf "$folder/state"
}

valgrind_() {
	setup "$folder/valgrind" -Dtests=disabled -Dbuildtype=debugoptimized && ninja -C "$folder/valgrind" --quiet && county "$folder/valgrind" &&
		for portable in '' 1; do
			rm -rf "$folder/out"
			BIDUI_PORTABLE=$portable BIDUI_CHUNK=3000 valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
				"$folder/valgrind/cmd/run/bidui-run" --quiet --threads 2 --extracts "$folder/county" --as-of 2017-11-26 --out "$folder/out" || return
		done
}

for tool; do
	case $tool in
	clang | cppcheck | valgrind) run=${tool}_ ;;
	*) run=$tool ;;
	esac
	begin=$(date +%s)
	if $run; then
		passed=$((passed + 1))
		echo "ok - $tool ($(($(date +%s) - begin)) s)"
	else
		failed=$((failed + 1))
		echo "not ok - $tool: see above, and $folder/"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
