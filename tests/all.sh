#!/usr/bin/env bash
# all.sh: install what is missing, build, run every test. The last line is "N passed, N failed"; exit 1 when something failed.
#
# Everything runs twice: as it is released, and with the address and undefined-behaviour sanitizers.
# Writes only into build-tests/ and build-sanitize/ of this checkout, and temporary folders that it removes.
set -u
cd "$(dirname "$0")/.." || exit 70
passed=0
failed=0

# A failure that no test program could count.
broken() {
	echo "FAIL $*"
	failed=$((failed + 1))
}

# Run a command; what it counted is the last line of the form "N passed, N failed" that it printed.
counted() {
	local log what=$1 line
	shift
	echo "== $what"
	log=$(mktemp) || exit 73
	"$@" 2>&1 | tee "$log"
	local status=${PIPESTATUS[0]}
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
	rm -f "$log"
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		if [ "$status" -ne 0 ] && [ "${BASH_REMATCH[2]}" -eq 0 ]; then
			broken "$what: ended with $status"
		fi
	else
		broken "$what: ended with $status and counted nothing"
	fi
}

# build FOLDER OPTION...
build() {
	local folder=$1
	shift
	echo "== build $folder $*"
	if [ -f "$folder/build.ninja" ]; then
		meson configure "$folder" "$@" || return
	else
		meson setup "$folder" "$@" || return
	fi
	ninja -C "$folder" --quiet
}

# The cases that this build can answer, of fixtures/cases.
cases() {
	local folder=$1 there wanted name needs lib why
	there=$(meson introspect "$folder" --dependencies)
	wanted=$(cd fixtures/cases && for c in */as_of; do echo "${c%/as_of}"; done)
	while IFS=$'\t' read -r name needs why; do
		case $name in '' | '#'*) continue ;; esac
		for lib in $needs; do
			[[ $there == *"\"name\": \"$lib\""* ]] || wanted=$(grep -vx -- "$name" <<<"$wanted")
		done
	done <tests/cases-left-out.tsv
	# shellcheck disable=SC2086 # names without blanks
	python3 -B fixtures/cases/check.py "$folder/bidui" $wanted
}

all_of() {
	local folder=$1 slower=$2
	counted "$folder: meson test" tests/meson-test.py "$folder" --timeout-multiplier "$slower" --print-errorlogs
	counted "$folder: cases" cases "$folder"
	counted "$folder: fixtures" python3 -B fixtures/check.py "$folder/bidui"
}

./pipelines/need.sh tests || broken 'installing what is missing'
counted 'the copy of the cases' tests/cases-sync.sh --check

if build build-tests -Dwerror=true -Dtests=enabled; then
	all_of build-tests 2
else
	broken 'build-tests: the build'
fi

# clang warns of other things: everything compiles there too, and what it compiled hardly runs here (tests/tools/lint.sh has more).
counted 'lint: clang' env CC=clang tests/tools/lint.sh build-lint clang

# gcc warns without a cause where a sanitizer puts its checks, so warnings are no errors here. The statuses are ones that no test
# expects, so that a report of a sanitizer cannot pass for an answer.
export ASAN_OPTIONS=exitcode=99:detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS=exitcode=99:halt_on_error=1:print_stacktrace=1

if build build-sanitize -Dtests=enabled -Dbuildtype=debugoptimized -Db_sanitize=address,undefined; then
	all_of build-sanitize 10
else
	broken 'build-sanitize: the build'
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
