#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Golden runs of the command line. In tests/golden/*.txt a line "$ COMMAND" is run by sh
# with kaname on the path; "> " lines are its stdout, "! " its stderr, "= N" its exit
# status. The working folder is empty but for `data` and `sound`, links to
# tests/golden/data and tests/data.
#   run.sh PROGRAM [--update [NAME...]]     --update writes what was seen into the files
set -u
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
golden=$(cd "$(dirname "$0")" && pwd)
update=${2:-}
shift $(($# < 2 ? $# : 2))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" && ln -s "$program" "$work/bin/kaname"
PATH=$work/bin:$PATH LC_ALL=C NO_COLOR=1 XDG_CACHE_HOME=$work/cache
export PATH LC_ALL NO_COLOR XDG_CACHE_HOME

replay() { # FILE -> the same file with what really happens
    while IFS= read -r line; do
        case $line in
        '$ '*)
            printf '%s\n' "$line"
            sh -c "${line#??}" </dev/null >"$work/out" 2>"$work/err"
            status=$?
            sed 's/^/> /' "$work/out"
            sed 's/^/! /' "$work/err"
            echo "= $status"
            ;;
        '> '* | '! '* | '= '* | '>' | '!') ;;
        *) printf '%s\n' "$line" ;;
        esac
    done <"$1"
}

bad=0
for file in "$golden"/*.txt; do
    case " ${*:-all} " in *" all "* | *" $(basename "$file" .txt) "*) ;; *) continue ;; esac
    folder=$work/$(basename "$file" .txt)
    mkdir "$folder" && ln -s "$golden/data" "$folder/data"
    ln -s "${golden%/*}/data" "$folder/sound"
    (cd "$folder" && replay "$file") >"$work/seen"
    if cmp -s "$file" "$work/seen"; then
        echo "ok $(basename "$file"): $(grep -c '^\$ ' "$file") runs"
    elif [ "$update" = --update ]; then
        cp "$work/seen" "$file" && echo "updated $(basename "$file")"
    else
        bad=1
        echo "FAIL $(basename "$file")"
        diff -u "$file" "$work/seen"
    fi
done
exit $bad
