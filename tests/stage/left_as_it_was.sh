# left_as_it_was COMMAND...: run a command that fails; its status is ours. OUT, made before by a good run, must be the same after it,
# and nothing may have been left beside it. Expects extracts in x.

everything() {
	find OUT -type f | sort | xargs sha256sum
	ls -A | grep -v -x -F .OUT.lock
}

bidui run --extracts x --as-of 2017-11-26 --out OUT --quiet

left_as_it_was() {
	everything >../before.$$
	"$@"
	status=$?
	everything | diff ../before.$$ - || echo 'OUT is not as it was'
	rm ../before.$$
	exit $status
}
