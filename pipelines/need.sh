#!/bin/sh
# need.sh [tests]: install what is missing to build (and to test) on Debian 12; silent when nothing is.
#
# Without a network it works where the packages are there. On another system it leaves the question to meson,
# which names what it does not find.
set -eu

packages='gcc libc6-dev pkg-config meson ninja-build python3
	libcsv-dev libxxhash-dev libisal-dev zlib1g-dev libssl-dev libfyaml-dev libjansson-dev libsqlite3-dev libzip-dev libexpat1-dev libxlsxwriter-dev gettext'
case ${1-} in
'') ;;
tests)
	packages="$packages libcmocka-dev scdoc postgresql-15 valgrind time strace clang"
	# Packages of nodejs from elsewhere bring npm and conflict with Debian's.
	command -v npm >/dev/null || packages="$packages nodejs npm"
	;;
*) echo "need.sh: '$1': wrong use; need.sh [tests]" >&2; exit 64 ;;
esac

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || exit 0
missing=
for p in $packages; do
	case $(dpkg-query -W -f '${db:Status-Status} ' "$p" 2>/dev/null) in
	*installed*) ;;
	*) missing="$missing $p" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
	as_root='env DEBIAN_FRONTEND=noninteractive'
elif command -v sudo >/dev/null; then
	as_root='sudo env DEBIAN_FRONTEND=noninteractive'
else
	echo "need.sh: not root and no sudo; have these installed:$missing" >&2
	exit 66
fi
echo "need.sh: installing$missing" >&2
$as_root apt-get update -qq >&2 || true # the lists that are there may do
# shellcheck disable=SC2086 # words are meant
$as_root apt-get install -y -qq --no-install-recommends $missing >&2 || {
	echo "need.sh: apt could not install$missing; see its message above" >&2
	exit 66
}
