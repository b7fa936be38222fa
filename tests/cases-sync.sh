#!/usr/bin/env bash
# cases-sync.sh [--check] [FROM]: make fixtures/cases the copy of the contract's cases, and say which are not run, and why.
#
# FROM is the folder of the cases, ../shared/contract/cases of the checkout by default. With --check nothing is written:
# it counts as a test that the copy is in step; where there is no FROM there is nothing to compare with.
set -eu
cd "$(dirname "$0")/.."

check=
if [ "${1-}" = --check ]; then
	check=yes
	shift
fi
from=${1-../shared/contract/cases}
to=fixtures/cases

if [ ! -d "$from" ]; then
	echo "$from is not there: the copy in $to stands as it is"
	[ -n "$check" ] || exit 66
	echo '0 passed, 0 failed'
	exit 0
fi
if [ -z "$check" ]; then
	rm -rf "$to"
	mkdir "$to"
	cp -R "$from/." "$to"
	chmod -R u+w "$to"
	find "$to" -name __pycache__ -prune -exec rm -rf {} +
	echo "$to holds the $(find "$to" -name as_of | wc -l) cases of $from"
fi
while IFS=$'\t' read -r name needs why; do
	case $name in '' | '#'*) continue ;; esac
	if [ ! -d "$from/$name" ]; then
		echo "tests/cases-left-out.tsv: there is no case '$name'; take its line out" >&2
		exit 78
	fi
	echo "left out of builds without $needs: $name ($why)"
done <tests/cases-left-out.tsv
if [ -n "$check" ]; then
	if diff -r --exclude=__pycache__ "$from" "$to"; then
		echo '1 passed, 0 failed'
	else
		echo "$to is not in step with $from: run tests/cases-sync.sh"
		echo '0 passed, 1 failed'
		exit 1
	fi
fi
