#!/usr/bin/env bash
# Builds the Linux packages from a checkout: oimg_VERSION_ARCH.deb and oimg-VERSION-1.ARCH.rpm.
#
#   packaging/linux/build.sh OUTPUT_FOLDER [deb|rpm|tree]...
#
# "tree" is the folder of files that both are made of; the Flatpak manifest takes it from beside itself.
#
# SOURCE_DATE_EPOCH  the time of all files; by default that of the last commit
# OIMG_PYTHON        a Python that has OIMG and PyInstaller; without it one is set up, which needs PyPI and a C compiler
# OIMG_XZ            the level of compression, 0 to 9; 6 by default
set -euo pipefail
umask 022
output=${1:?usage: build.sh OUTPUT_FOLDER [deb|rpm|tree]...}
shift
kinds=${*:-deb rpm}
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
mkdir -p "$output"
output=$(cd "$output" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git -C "$checkout" log -1 --format=%ct)}"
export PYTHONHASHSEED=0 LC_ALL=C.UTF-8 OPENBLAS_NUM_THREADS=1 PYINSTALLER_CONFIG_DIR="$work/pyinstaller"
level=${OIMG_XZ:-6}

python=${OIMG_PYTHON:-}
if [ -z "$python" ]; then
  # Debian's own Python, where it is: what is built with it runs on every Debian of this version and later.
  system=/usr/bin/python3
  [ -x "$system" ] || system=python3
  "$system" -m venv "$work/venv"
  python=$work/venv/bin/python
  # From a copy, so that nothing is written into the checkout.
  mkdir "$work/checkout"
  (cd "$checkout" && tar -c --exclude=.git --exclude='*.so' --exclude=.venv .) | tar -x -C "$work/checkout"
  "$python" -m pip install -q --disable-pip-version-check --upgrade pip
  (cd "$work/checkout" && "$python" -m pip install -q --disable-pip-version-check --group packaging .)
fi
"$python" -c 'import oimg.engine.metrics._kernel' || { echo "OIMG was installed without its C kernel" >&2; exit 1; }

"$python" -m PyInstaller --noconfirm --log-level ERROR --distpath "$work/dist" --workpath "$work/build" "$here/oimg.spec"
"$python" "$here/tree.py" "$work/dist/oimg" "$work/root"
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$checkout/src/oimg/__init__.py")

build_deb() {
  local tree=$work/deb architecture
  architecture=$(dpkg --print-architecture)
  cp -a "$work/root" "$tree"
  mkdir "$tree/DEBIAN"
  (cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$tree/DEBIAN/md5sums"
  sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" \
    -e "s/@SIZE@/$(du -sk --apparent-size "$tree/usr" | cut -f1)/" "$here/control" > "$tree/DEBIAN/control"
  find "$tree" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz -z"$level" --build "$tree" "$output/oimg_${version}_$architecture.deb"
}

build_rpm() {
  rpmbuild -bb --quiet --define "_topdir $work/rpm" --define "_rpmdir $output" --define "tree $work/root" \
    --define "oimg_version $version" --define "_binary_payload w$level.xzdio" \
    --define "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" "$here/oimg.rpm.spec"
}

build_tree() {
  cp -a "$work/root" "$output/tree"
}

for kind in $kinds; do "build_$kind"; done
ls -l "$output"
