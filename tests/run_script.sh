#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./run on machines that lack things: with stand-ins for dpkg-query, apt-get, id, sudo and
# cmake in a folder of their own, what would it install, as whom, and what does it say?
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fake() { # NAME: its body on stdin
    { echo '#!/bin/sh' && cat; } >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}

# A machine: installed packages, user id, and whether there is sudo.
machine() { # "PACKAGES" UID sudo|no-sudo
    rm -rf "${work:?}"/*
    mkdir -p "$work/bin" "$work/build/demo"
    cp "$here/run" "$work/run"
    for tool in cat dirname env grep id ldconfig ls mkdir nproc rm sed sh; do
        path=$(command -v "$tool") && ln -s "$path" "$work/bin/$tool"
    done
    rm -f "$work/bin/id"
    echo "$1" >"$work/installed"
    echo "case \" \$(cat '$work/installed') \" in *\" \$3 \"* | *' all '*) echo 'ii ' ;; *) exit 1 ;; esac" |
        fake dpkg-query
    echo "echo $2" | fake id
    echo "echo \"\${FAKE_SUDO:-}apt-get \$* (\$DEBIAN_FRONTEND)\" >>'$work/log'" | fake apt-get
    echo "echo \"cmake \$*\" >>'$work/log'" | fake cmake
    # shellcheck disable=SC2016
    [ "$3" = no-sudo ] || echo 'FAKE_SUDO="sudo " exec "$@"' | fake sudo
    : >"$work/log"
    printf '#!/bin/sh\necho wrote "$*"\n' >"$work/build/kaname"
    chmod +x "$work/build/kaname"
}

run() { # COMMAND -> $status, $said, and $work/log
    status=0
    said=$(cd / && PATH=$work/bin "$work/bin/sh" "$work/run" "$@" 2>&1) || status=$?
}

expect() { # WHAT CONDITION...
    what=$1 && shift
    "$@" || { echo "FAIL: $what"; echo "$said"; cat "$work/log"; exit 1; }
}

logged() { grep -q "$1" "$work/log"; }
not_logged() { ! logged "$1"; }
says() { case $said in *"$1"*) ;; *) return 1 ;; esac; }

machine all 1000 no-sudo
run demo
expect "nothing missing: works" [ "$status" = 0 ]
expect "nothing missing: apt-get is not called" not_logged apt-get
expect "demo says where the briefs are" says "$work/build/demo/brief-JPN-ja.html"
expect "demo writes both languages" says "--lang en -o build/demo/brief-JPN-en.html"

machine "" 0 no-sudo
run demo
expect "bare machine: update first" logged '^apt-get -q update (noninteractive)'
expect "bare machine: installs a compiler" logged 'install -y .* gcc libc6-dev cmake'
expect "bare machine: says what" says "installing Debian packages: gcc"
expect "bare machine: demo needs no test tools" not_logged cmocka

most=$(sed -n '/^BUILD_NEEDS="/,/"$/p' "$here/run" | tr -d '\\\n' |
    sed 's/BUILD_NEEDS=//; s/"//g; s/liblapacke-dev//')
machine "$most" 1000 sudo
run demo
expect "one missing: only that one, with sudo" \
    logged 'sudo apt-get -q install -y --no-install-recommends liblapacke-dev (non'

machine "" 1000 no-sudo
run demo
expect "neither root nor sudo: fails" [ "$status" != 0 ]
expect "neither root nor sudo: says so" says "needs root"
expect "neither root nor sudo: stops there" not_logged cmake

machine all 0 no-sudo
run deom
expect "unknown command" [ "$status" = 1 ]
expect "unknown command is named" says 'there is no command "deom"'
run
expect "no command is help" says "./run COMMAND"
echo "run: installs what is missing, says so, and nothing else"
