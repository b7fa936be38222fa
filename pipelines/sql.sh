#!/bin/sh
# sql.sh EXTRACTS DATE DIR [PACK]: a folder of extracts as CSV tables, and scripts that run a rule pack over them in a database.
#
# DIR, which is made, gets KIND.csv for each kind, refused.csv, and duckdb.sql and postgres.sql: tables, loading, findings (docs/sql.md).
# The extracts are people's data, and so is all of this.
set -eu
umask 077
[ $# -eq 3 ] || [ $# -eq 4 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 64; }
extracts=$1 day=$2 pack=${4-}
command -v bidui >/dev/null || PATH=$(cd "$(dirname "$0")/.." && pwd)/build:$PATH
mkdir "$3" || exit 73
dir=$(cd "$3" && pwd)

# The run says which file is of which kind.
bidui run --quiet --extracts "$extracts" --as-of "$day" --out "$dir/out" ${pack:+--pack "$pack"}
python3 - "$dir/out/manifest.json" > "$dir/kinds" <<'EOF'
import json, sys
for one in json.load(open(sys.argv[1], encoding='utf-8'))['inputs']:
    print(one['kind'], one['file'], sep='\t')
EOF

# id_change comes first: its numbers are taken over by the others.
kinds=$(cut -f1 "$dir/kinds" | sort -u)
for kind in $(echo "$kinds" | grep -x id_change) $(echo "$kinds" | grep -vx id_change); do
	set -- --kind "$kind" --as-of "$day" --table "$dir/$kind.table" --rejects "$dir/rejects" --invalid "$dir/invalid" --quiet
	[ "$kind" = id_change ] || [ ! -e "$dir/id_change.table" ] || set -- "$@" --changes "$dir/id_change.table"
	awk -F '\t' -v kind="$kind" -v folder="$extracts" '$1 == kind { printf "%s/%s%c", folder, $2, 0 }' "$dir/kinds" |
		xargs -0 bidui ingest "$@"
	bidui show "$dir/$kind.table" > "$dir/$kind.csv"
done
bidui show --refused "$dir/registry.table" > "$dir/refused.csv"

quoted=$(printf %s "$dir" | sed "s/'/''/g")
for dialect in duckdb postgres; do
	case $dialect in
	duckdb) copy='COPY' options="(FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', AUTO_DETECT false);" ;;
	*) copy='\copy' options='WITH (FORMAT csv, HEADER)' ;;
	esac
	{
		bidui rules sql --dialect $dialect --as-of "$day" --part tables ${pack:+--pack "$pack"}
		for table in $kinds refused; do
			printf '%s "%s" FROM '\''%s/%s.csv'\'' %s\n' "$copy" "$table" "$quoted" "$table" "$options"
		done
		for kind in $kinds; do
			echo "INSERT INTO kinds VALUES ('$kind');"
		done
		bidui rules sql --dialect $dialect --as-of "$day" --part findings ${pack:+--pack "$pack"}
	} > "$dir/$dialect.sql"
done
rm -f "$dir"/*.table "$dir/kinds" "$dir/rejects" "$dir/invalid"
