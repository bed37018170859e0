# shellcheck shell=bash
# Programs that a script starts: each in a session of its own (Ctrl-C reaches the script alone), with a log, stopped by id.

child_names=() # in order of starting; stopped in reverse
declare -A child_pid child_log

# start_child NAME LOG COMMAND…
start_child() {
    local name=$1 log=$2
    shift 2
    mkdir -p "$(dirname "$log")"
    setsid "$@" </dev/null >"$log" 2>&1 9>&- &
    child_pid[$name]=$!
    child_log[$name]=$log
    child_names+=("$name")
    remember_children
}

child_lives() { kill -0 "${child_pid[$1]}" 2>/dev/null; }

# await NAME SECONDS COMMAND…: until the command succeeds; fails at once when the child is gone.
await() {
    local name=$1 deadline=$(($(date +%s) + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! child_lives "$name"; then
            last_lines "${child_log[$name]}"
            die "$name stopped while starting"
        fi
        if [ "$(date +%s)" -ge "$deadline" ]; then
            last_lines "${child_log[$name]}"
            die "$name did not become ready in time"
        fi
        sleep 0.05
    done
}

stop_children() {
    local i name
    for ((i = ${#child_names[@]} - 1; i >= 0; i--)); do
        name=${child_names[i]}
        child_lives "$name" || continue
        note "stopping $name"
        stop_pid "${child_pid[$name]}" || note "$name did not stop in 20 s: killed"
    done
    child_names=()
    remember_children
}

# stop_pid PID: TERM, then after 20 s KILL.
stop_pid() {
    local i
    kill -TERM "$1" 2>/dev/null || return 0
    for ((i = 0; i < 400; i++)); do
        kill -0 "$1" 2>/dev/null || return 0
        # Ended, but not waited for yet.
        [ "$(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null)" = Z ] && return 0
        sleep 0.05
    done
    kill -KILL "$1" 2>/dev/null
    return 1
}

# The ids are kept with the start time of each process, so that a later start can clean up after one that was killed, and
# never hits a stranger that got the same id.
remember_children() {
    local name
    for name in "${child_names[@]}"; do
        printf '%s %s %s\n' "$name" "${child_pid[$name]}" "$(process_born "${child_pid[$name]}")"
    done >"$children_file"
}

process_born() { cut -d' ' -f22 "/proc/$1/stat" 2>/dev/null || true; }

stop_leftovers() {
    [ -s "$children_file" ] || return 0
    local name pid born
    while read -r name pid born; do
        if [ -n "$born" ] && [ "$(process_born "$pid")" = "$born" ]; then
            note "stopping $name left over from an earlier start"
            stop_pid "$pid" || true
        fi
    done < <(tac "$children_file")
    rm -f "$children_file"
}
