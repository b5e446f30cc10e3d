#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reads the #include lines of src, include and cli against the table of layers: calls go
# down only. Exit 1 and one line per forbidden include.
#   tests/layers.sh [FOLDER]    the check (default: this repository), with its own test
set -eu

base='kaname/status\.h kaname/context\.h kaname/table\.h kaname/text\.h'
net="$base kaname/network\\.h kaname/scenario\\.h"

# What the files of a layer may include in quotes, and what it may not in brackets.
allowed() {
    case $1 in
    include/*) echo 'kaname/.*' ;;
    src/kernel/*) echo "kernel/.* $base" ;;
    src/read/*) echo "kernel/.* read/.* $base" ;;
    src/network/*) echo "kernel/.* read/.* network/.* $net kaname/read\\.h kaname/doctor\\.h" ;;
    src/lens/*/*) own=${1#src/} && echo "kernel/.* network/.* ${own%/*}/.* $net kaname/lens\\.h" ;;
    src/study/*) echo "kernel/.* network/.* lens/.* study/.* $net kaname/atlas\\.h kaname/lens\\.h kaname/study\\.h" ;;
    src/store/*) echo "kernel/.* network/.* study/.* store/.* kaname\\.h $net kaname/read\\.h kaname/store\\.h" ;;
    src/report/*) echo "kernel/.* network/network\\.h network/measure\\.h study/.* report/.* kaname\\.h $net kaname/lens\\.h kaname/study\\.h kaname/report\\.h" ;;
    cli/*) echo 'kaname\.h kaname/.* [a-z_]*\.h' ;;
    esac
}

forbidden_system() {
    case $1 in
    src/lens/*) echo 'time\.h sys/.* unistd\.h fcntl\.h sqlite3\.h zlib\.h libfyaml\.h jansson\.h' ;;
    src/kernel/*) echo 'sqlite3\.h zlib\.h libfyaml\.h jansson\.h' ;;
    src/*) echo 'time\.h' ;;
    esac
}

alternatives() { # "a b" -> "a|b", never empty
    echo "${1:-/}" | tr ' ' '|'
}

check() { # FOLDER
    cd "$1"
    find include src cli -name '*.[ch]' 2>/dev/null | sort | while read -r file; do
        sed -n 's/^[ \t]*#[ \t]*include[ \t]*\([<"][^">]*\).*/\1/p' "$file" |
            grep -vE "^\"($(alternatives "$(allowed "$file")"))\$" |
            { grep -E "^\"|^<($(alternatives "$(forbidden_system "$file")"))\$" || :; } |
            while read -r include; do
                echo "$file: may not include ${include#?}"
            done
    done
}

# Each forbidden include must be caught, each allowed one let through.
self_test() {
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    expect() { # caught|fine FILE INCLUDE
        rm -rf "${folder:?}"/*
        mkdir -p "$folder/$(dirname "$2")"
        printf '  #  include %s\n' "$3" >"$folder/$2"
        found=$(check "$folder")
        case $1:${found:+caught} in
        caught:caught | fine:) ;;
        *) echo "layers.sh self-test: $2 with $3 should be $1" && exit 1 ;;
        esac
    }
    expect caught src/kernel/a.c '"read/csv.h"'
    expect caught src/read/a.c '"network/network.h"'
    expect caught src/network/a.c '"lens/cascade/denial.h"'
    expect caught src/lens/cascade/a.c '"lens/exposure/measures.h"'
    expect caught src/lens/cascade/a.c '"read/csv.h"'
    expect caught src/lens/cascade/a.c '<time.h>'
    expect caught src/study/a.c '"report/html.h"'
    expect caught src/report/a.c '"lens/cascade/denial.h"'
    expect caught src/report/a.c '"kaname/store.h"'
    expect caught src/other/a.c '"kernel/text.h"'
    expect caught cli/a.c '"kernel/text.h"'
    expect caught include/kaname/a.h '"kernel/text.h"'
    expect fine src/kernel/a.c '"kernel/text.h"'
    expect fine src/lens/cascade/a.c '"lens/cascade/denial.h"'
    expect fine src/study/a.c '"lens/cascade/denial.h"'
    expect fine src/lens/cascade/a.c '<math.h>'
    expect fine cli/a.c '"kaname/lens.h"'
}

root=${1:-$(dirname "$0")/..}
(self_test)
found=$(check "$root")
[ -z "$found" ] || { echo "$found" && exit 1; }
echo "layers: every include goes down"
