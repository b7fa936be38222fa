#!/bin/sh
# extract.sh [FILE]: every message of the files in POTFILES, as a template for translators (default: standard output).
cd "$(dirname "$0")/.." || exit 70
exec xgettext --from-code=UTF-8 --no-location -o "${1:--}" -k -ksay -kN_ -kLOAD_FAIL:3 -kyaml_fail:4 -kfail:2 -kcheck_fail:3 \
	-kload_advise:3 -kadvise_unused:2 -kexpect:3 \
	-kwrong:2 -kwrong_at:4 -f po/POTFILES
