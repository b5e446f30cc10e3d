#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints a page with the output in its console blocks as it is today: between the lines
# "```console" and "```", each line "$ COMMAND" is run and what follows it is replaced.
#   examples.sh PROGRAM PAGE
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")" "$work/kaname"
PATH=$work:$PATH NO_COLOR=1
export PATH NO_COLOR

inside=
while IFS= read -r line; do
    case $inside$line in
    '```console') inside=yes ;;
    'yes```') inside= ;;
    yes'$ '*)
        printf '%s\n' "$line"
        sh -c "${line#??}" </dev/null 2>&1
        continue
        ;;
    yes*) continue ;;
    esac
    printf '%s\n' "$line"
done <"$2"
