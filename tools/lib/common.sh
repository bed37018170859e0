# shellcheck shell=bash
# Words that every script here uses. Source it first: . "$(dirname "$0")/lib/common.sh"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PATH="$PATH:/usr/sbin:/sbin" # mariadbd is not on a user's PATH
export LC_ALL=C.UTF-8

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
die() {
    printf '\033[31merror:\033[0m %s\n' "$*" >&2
    exit 1
}

seconds_since() { printf '%d' $(($(date +%s) - $1)); }

# last_lines FILE [COUNT]: the end of a log, indented, for a person who looks for the cause.
last_lines() {
    [ -f "$1" ] || return 0
    note "last lines of ${1#"$root"/}:"
    tail -n "${2:-30}" "$1" | cut -c1-400 | sed 's/^/      | /' >&2
}

# logged FILE COMMAND…: runs it with all output in FILE; shows the end of it if it fails.
logged() {
    local log=$1 code=0
    shift
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 </dev/null || code=$?
    [ "$code" -eq 0 ] && return 0
    printf '\033[31mfailed:\033[0m %s\n' "$*" >&2
    last_lines "$log"
    return "$code"
}

# tree_hash PATH…: one hash of all files below, without what builds leave there.
tree_hash() {
    find "$@" \( -name node_modules -o -name dist -o -name .cache \) -prune -o -type f -print0 |
        sort -z | xargs -0 -r sha256sum | sha256sum | cut -d' ' -f1
}

# as_root COMMAND…: directly as root, else through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "this needs root: run it as root once, or install sudo: $*"
    fi
}
