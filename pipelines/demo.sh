#!/bin/sh
# demo.sh: install what is missing, build, run the invented county of fixtures/demo, show what comes out.
# Writes only into build/ of this checkout.
set -eu
cd "$(dirname "$0")/.."

./pipelines/need.sh
echo 'building into build/'
[ -f build/build.ninja ] || said=$(meson setup build 2>&1) || { echo "$said" >&2; exit 70; }
ninja -C build --quiet || exit 70

out=build/demo-out
echo "bidui run --extracts fixtures/demo/extracts --as-of 2017-11-26 --out $out"
echo
build/bidui run --extracts fixtures/demo/extracts --as-of 2017-11-26 --out "$out"
echo
python3 - "$out/lists/missed.csv" 5 <<'PY'
import csv, sys

path, most = sys.argv[1], int(sys.argv[2])
with open(path, encoding='utf-8', newline='') as f:
    rows = list(csv.DictReader(f))
out = open(1, 'w', encoding='utf-8', closefd=False)
print('The first %d of the %d lines of %s, not all columns:' % (min(most, len(rows)), len(rows), path), file=out)
for r in rows[:most]:
    place = ''.join((r['county'], r['township'], r['village'])) or '(no home)'
    print('\n%s %s  %s %s  %s  severity %s, confidence %s' % (r['rule'], r['title'], place, r['head_name'], r['unit_no'],
                                                        r['severity'], r['confidence']), file=out)
    print('  evidence  ' + r['evidence'], file=out)
    print('  check     ' + r['check'], file=out)
PY
