#!/usr/bin/env bash
# Breaks one rule of the server after the other on purpose and sees whether the breaker notices: a check that never fails proves
# nothing. Each patch in mutations/ says which rule it breaks and how the breaker has to be run to see it.
#
#   tests/faults/mutate.sh [PART…]    those whose names contain a part; all without one (most of an hour on two cores)
#   tests/faults/mutate.sh --check    only whether every patch still applies
#   tests/faults/mutate.sh --build    only whether every patch applies and builds
#
# Works on a copy of the last commit in build/mutants and leaves the tree alone.
set -euo pipefail
. "$(dirname "$0")/../../tools/lib/common.sh"
cd "$root"
patches=(tests/faults/mutations/*.patch)

check() {
    local patch code=0
    for patch in "${patches[@]}"; do
        git apply --check "$patch" || {
            note "$patch does not apply any more"
            code=1
        }
    done
    [ "$code" -eq 0 ] && note "${#patches[@]} mutations apply"
    return "$code"
}
if [ "${1:-}" = --check ]; then
    check
    exit
fi

only_build=''
if [ "${1:-}" = --build ]; then
    only_build=yes
    shift
fi
wanted() { # NAME PART…
    local part
    [ $# -gt 1 ] || return 0
    for part in "${@:2}"; do
        case "$1" in *"$part"*) return 0 ;; esac
    done
    return 1
}

copy=$root/build/mutants
# shellcheck disable=SC2329 # called by the trap
put_away() { git worktree remove --force "$copy" 2>/dev/null || true; }
trap put_away EXIT
put_away
git worktree add --quiet --detach "$copy" HEAD
export CCACHE_BASEDIR=$copy CCACHE_NOHASHDIR=1
build() { ninja -C "$copy/build/dev" -j "${CAMPUS_JOBS:-$(nproc)}" campuspay; }
say "building the program that is to be broken"
logged build/logs/mutants-configure.log cmake -G Ninja -S "$copy" -B "$copy/build/dev" -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS_DEBUG=-g1 -DCAMPUS_CRASH_POINTS=ON -DCAMPUS_TESTS=OFF
logged build/logs/mutants-build.log build

caught=0
missed=0
for patch in "${patches[@]}"; do
    name=$(basename "$patch" .patch)
    wanted "$name" "$@" || continue
    log=build/logs/mutant-$name.log
    git -C "$copy" apply "$root/$patch"
    if ! logged "build/logs/mutants-build.log" build; then
        git -C "$copy" checkout --quiet .
        missed=$((missed + 1))
        printf 'NOT BUILT   %s\n' "$name"
        continue
    fi
    if [ -n "$only_build" ]; then
        git -C "$copy" checkout --quiet .
        caught=$((caught + 1))
        printf 'builds      %s\n' "$name"
        continue
    fi
    read -r -a options <<<"$(sed -n 's/^Run: //p' "$patch")"
    code=0
    CAMPUS_BINARY=$copy/build/dev/campuspay node tests/faults/run.mjs --name mutants "${options[@]}" >"$log" 2>&1 || code=$?
    git -C "$copy" checkout --quiet .
    if [ "$code" -ne 0 ] && grep -q '^not ok' "$log"; then
        caught=$((caught + 1))
        printf 'caught      %-36s %s\n' "$name" "$(grep -m1 '^not ok' "$log" | cut -c8-150)"
    else
        missed=$((missed + 1))
        # A run that did not come to its end has looked at nothing.
        word='NOT CAUGHT'
        grep -q '^# fail' "$log" || word='NOT RUN'
        printf '%-11s %-36s (%s)\n' "$word" "$name" "$log"
    fi
done
printf '%d caught, %d not caught\n' "$caught" "$missed"
[ "$missed" -eq 0 ] && [ "$caught" -gt 0 ]
