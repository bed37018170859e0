# shellcheck shell=bash
# C++ builds: one folder each below build/, configured when its options are new, then ninja decides.

# cpp_build NAME "CMAKE OPTIONS" TARGET…
cpp_build() {
    local name=$1 options=$2 folder=$root/build/$1 started log=$root/build/logs/build-$1.log
    shift 2
    started=$(date +%s)
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
    if [ ! -f "$folder/build.ninja" ] || [ "$(cat "$folder/options" 2>/dev/null)" != "$options" ]; then
        say "configuring $name"
        # shellcheck disable=SC2086 # options are several words
        logged "$root/build/logs/configure-$name.log" cmake -G Ninja -S "$root" -B "$folder" $options ||
            die "cmake cannot configure $name"
        echo "$options" >"$folder/options"
    fi
    if [ "$(ninja -C "$folder" -n "$@" 2>/dev/null | tail -n 1)" != 'ninja: no work to do.' ]; then
        say "building $name (log: build/logs/build-$name.log)"
    fi
    logged "$log" ninja -C "$folder" -j "${CAMPUS_JOBS:-$(nproc)}" "$@" || die "$name does not build"
    note "$name is built ($(seconds_since "$started") s)"
}

build_release() { cpp_build release "-DCMAKE_BUILD_TYPE=RelWithDebInfo -DCAMPUS_TESTS=OFF" campuspay; }
