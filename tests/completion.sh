#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Loads the completion scripts in their shells and asks them. A shell that is not
# installed is told and left out.
#   completion.sh PROGRAM
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for shell in bash zsh fish; do
    "$1" completion $shell >"$work/$shell"
done

cat >"$work/ask.bash" <<'END'
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_kaname
printf '%s\n' "${COMPREPLY[@]}"
END
# Outside its line editor, zsh lacks the two commands that show what was found.
cat >"$work/ask.zsh" <<'END'
compadd() { shift; local it; for it in "$@"; do [[ $it == ${words[CURRENT]}* ]] && print -r -- $it; done }
_files() { print -l -- ${words[CURRENT]}*(N) }
script=$1
shift
words=("$@") CURRENT=$#
source $script
END
cat >"$work/ask.fish" <<'END'
source $argv[1]
complete -C (string join ' ' -- $argv[2..-1]) | string replace -r '\t.*' ''
END

bad=0
ask() { # WANTED WORD... -> whether WANTED is offered for the last word
    wanted=$1
    shift
    "$shell" "$work/ask.$shell" "$work/$shell" kaname "$@" >"$work/offered" || :
    case $wanted in
    not:*) grep -qx -e "${wanted#not:}" "$work/offered" || return 0 ;;
    *) grep -qx -e "$wanted" "$work/offered" && return 0 ;;
    esac
    echo "$shell: \"kaname $*\" and $wanted: $(tr '\n' ' ' <"$work/offered")"
    bad=1
}

for shell in bash zsh fish; do
    if ! command -v $shell >/dev/null; then
        echo "skipped: $shell is not installed"
        continue
    fi
    ask chokepoints ch
    ask --holder chokepoints --ho
    ask stop chokepoints --mode s
    ask csv chokepoints --format c
    ask wiod import w
    ask check scenario c
    ask fish completion f
    ask --lens compare --le
    ask --model compare --mo
    ask pichler compare --model pi
    ask not:--horizon compare --ho
    ask --horizon compare --lens trade --ho
    ask gravity sweep a.yaml --lens trade --model g
    ask --search_share sweep --lens cascade --sea
    ask --checkpoint sweep --che
done
exit $bad
