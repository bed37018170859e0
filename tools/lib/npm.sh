# shellcheck shell=bash
# npm projects: installed when the lock file changed, built when a source changed.

# npm_install FOLDER: `npm ci` if node_modules does not stand for this lock file and this Node.
npm_install() {
    local folder=$root/$1 stamp=$root/$1/node_modules/.provisioned wanted
    [ -f "$folder/package-lock.json" ] || return 0
    wanted="$(sha256sum <"$folder/package-lock.json") $(node --version)"
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return 0; fi
    # npm's own record is newer than the lock: somebody just installed by hand.
    if [ ! -f "$stamp" ] && [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
        echo "$wanted" >"$stamp"
        return 0
    fi
    say "installing npm packages of $1"
    (cd "$folder" && PUPPETEER_SKIP_DOWNLOAD=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 \
        logged "$root/build/logs/npm-${1//\//-}.log" npm ci --no-audit --no-fund) ||
        die "npm ci failed in $1"
    echo "$wanted" >"$stamp"
}

# npm_build FOLDER PRODUCT [MORE SOURCES…]: `npm run build` if PRODUCT is missing or a source changed.
npm_build() {
    local folder=$root/$1 product=$root/$1/$2 stamp=$root/build/stamps/${1//\//-} wanted started
    wanted=$(cd "$root" && tree_hash "$1" "${@:3}")
    if [ -e "$product" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return 0; fi
    started=$(date +%s)
    (cd "$folder" && logged "$root/build/logs/build-${1//\//-}.log" npm run build) || die "$1 does not build"
    # Hashed again: a build may generate sources (types of the API).
    wanted=$(cd "$root" && tree_hash "$1" "${@:3}")
    mkdir -p "$root/build/stamps"
    echo "$wanted" >"$stamp"
    say "built $1 ($(seconds_since "$started") s)"
}

build_front_ends() {
    npm_build h5 dist server/routes/openapi.yaml
    npm_build tools/wechat-simulator dist/main.js
}
