#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs docs/tutorial.md in a folder of its own. Each "$ COMMAND" of a console block must
# exit with 0 and print what the page shows. Commands of sh blocks must exit with 0; they
# want the table of 2011 and are skipped without it.
#   tutorial.sh PROGRAM [--update]     --update writes what was printed into the page
set -eu
root=$(pwd)
page=$root/docs/tutorial.md
table=$root/../shared/data/wiod2011/wiot_2011.csv.gz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/run"
ln -s "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")" "$work/bin/kaname"
ln -s "$root/tests" "$root/data" "$work/run"
[ ! -f "$table" ] || ln -s "$table" "$work/run"
PATH=$work/bin:$PATH LC_ALL=C NO_COLOR=1
export PATH LC_ALL NO_COLOR

works() { # COMMAND -> $work/out; exits when it fails
    (cd "$work/run" && sh -c "$1") </dev/null >"$work/out" 2>&1 && return
    echo "FAIL: $1" >&2
    cat "$work/out" >&2
    exit 1
}

commands=0 skipped=0 inside=
while IFS= read -r line; do
    case $inside$line in
    '```console') inside=console ;;
    '```sh') inside=sh ;;
    'console```' | 'sh```') inside= ;;
    console'$ '*)
        printf '%s\n' "$line"
        works "${line#??}"
        cat "$work/out"
        commands=$((commands + 1))
        continue
        ;;
    console*) continue ;;
    sh*) if [ -f "$table" ]; then works "$line"; else skipped=$((skipped + 1)); fi ;;
    esac
    printf '%s\n' "$line"
done <"$page" >"$work/page"

if [ "${2:-}" = --update ]; then
    cat "$work/page" >"$page"
elif ! diff -u "$page" "$work/page"; then
    echo "docs/tutorial.md shows what kaname no longer says: ./run docs renews it" && exit 1
fi
[ "$skipped" = 0 ] || echo "skipped: $skipped commands want ${table#"$root"/}"
echo "tutorial: $commands commands print what the page shows"
