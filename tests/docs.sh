#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The documents that come from the declarations are those of today; links point to files;
# the manual pages and completions can be read.
#   docs.sh PROGRAM
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$1" help --write-docs "$work/docs"
for page in "$work"/docs/*.md "$work"/docs/lens/*.md; do
    mine=docs/${page#"$work"/docs/}
    diff -u "$mine" "$page" || {
        echo "$mine is not what the declarations say: ./run docs writes it" && exit 1
    }
done
for page in docs/lens/*.md; do
    [ -f "$work/$page" ] || { echo "$page: there is no such lens" && exit 1; }
done

"$1" atlas check --docs -o "$work/atlas.md"
diff -u docs/atlas.md "$work/atlas.md" || {
    echo "docs/atlas.md is not what data/atlas holds: ./run docs writes it" && exit 1
}

sh tests/examples.sh "$1" README.md >"$work/README.md"
diff -u README.md "$work/README.md" || {
    echo "README.md shows what kaname no longer says: ./run docs renews it" && exit 1
}

# [text](target) of files in the repository
for page in README.md CONTRIBUTING.md CHANGELOG.md docs/*.md docs/lens/*.md; do
    grep -o '](\([^)#]*\)' "$page" | sed 's/^](//' | grep -v '^http' | while read -r target; do
        [ -e "$(dirname "$page")/$target" ] ||
            { echo "$page: the link to $target leads nowhere" && exit 1; }
    done || exit 1
done

"$1" help --write-install "$work/install"
for page in "$work"/install/man1/*.1; do
    [ "$(head -c 3 "$page")" = .TH ] || { echo "$page is no manual page" && exit 1; }
done
if command -v bash >/dev/null; then
    bash -n "$work/install/kaname.bash"
fi
echo "docs: as declared"
