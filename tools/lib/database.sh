# shellcheck shell=bash
# A private MariaDB in a folder: unix socket only, own data, no trace in the system.

# database_socket FOLDER: where its socket lies. A socket path may have 107 bytes at most, so a long project path gets a
# folder of its own below /tmp.
database_socket() {
    local folder=$1
    if [ ${#folder} -le 90 ]; then
        printf '%s/s.sock' "$folder"
        return
    fi
    local short
    short=/tmp/campuspay-$(id -u)-$(printf '%s' "$folder" | sha256sum | cut -c1-12)
    (umask 077 && mkdir -p "$short")
    [ -O "$short" ] || die "$short belongs to somebody else"
    printf '%s/s.sock' "$short"
}

# database_make FOLDER: an empty data folder whose only account is the user who runs this, by unix socket.
database_make() {
    local folder=$1 as_user=()
    [ -d "$folder/data/mysql" ] && return 0
    rm -rf "$folder/data"
    mkdir -p "$folder"
    [ "$(id -u)" = 0 ] && as_user=(--user=root)
    logged "$folder/install.log" mariadb-install-db --no-defaults "${as_user[@]}" --datadir="$folder/data" \
        --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" --skip-test-db \
        --innodb-log-file-size=8M || die "the private database could not be made"
}

# database_command FOLDER SOCKET: fills the array database_argv. fsync stays on: what is tested is what is run. A tmpdir of
# its own: a server that starts removes what others hold there.
database_command() {
    database_argv=(mariadbd --no-defaults)
    [ "$(id -u)" = 0 ] && database_argv+=(--user=root)
    database_argv+=(
        --datadir="$1/data" --socket="$2" --pid-file="$1/pid" --tmpdir="$1" --skip-networking
        --innodb-log-file-size=8M --innodb-buffer-pool-size=64M --character-set-server=utf8mb4
        --max-connections=200 --log-error="$1/err.log"
    )
}

database_query() { mariadb --no-defaults --socket="$1" --batch --skip-column-names -e "$2"; }
