#!/usr/bin/env bash
# Makes an archive of a bare Debian 12 (debootstrap's "minbase"), in which what the package depends on is downloaded and
# not installed: the tests of the package unpack it, and need no network then.
#
#   packaging/linux/bare_root.sh ARCHIVE.tar [MIRROR]
set -euo pipefail
archive=${1:?usage: bare_root.sh ARCHIVE.tar [MIRROR]}
mirror=${2:-http://deb.debian.org/debian}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

debootstrap --variant=minbase bookworm "$root" "$mirror" > "$work/log" 2>&1 || { tail -5 "$work/log" >&2; exit 1; }
needed=$(sed -n 's/^Depends://p' "$here/control" | tr ',' '\n' | sed -e 's/.*| *//' -e 's/(.*)//' | tr -d ' ')
# shellcheck disable=SC2086
chroot "$root" apt-get install -qq --yes --no-install-recommends --download-only $needed > "$work/log" 2>&1 ||
  { tail -5 "$work/log" >&2; exit 1; }
tar -C "$root" --numeric-owner -cf "$archive.new" .
mv "$archive.new" "$archive"
