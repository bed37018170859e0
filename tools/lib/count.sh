# shellcheck shell=bash
# Runs each kind of test, counts its cases, keeps its log and shows the end of it when something failed.

passed_total=0
failed_total=0
counted_at=$(date +%s)

# count NAME PASSED FAILED: with the seconds since the last one, which tell where the time goes.
count() {
    local took
    took=$(seconds_since "$counted_at")
    counted_at=$(date +%s)
    passed_total=$((passed_total + $2))
    failed_total=$((failed_total + $3))
    if [ "$3" -gt 0 ]; then
        printf '    \033[31m%-16s %5d passed, %d failed\033[0m  %4d s\n' "$1" "$2" "$3" "$took" >&2
    else
        printf '    %-16s %5d passed  %4d s\n' "$1" "$2" "$took" >&2
    fi
}

# bounded COMMAND…: a test that hangs fails like another, and says in its log that it was ended.
bounded() {
    local code=0
    timeout --foreground --signal=TERM --kill-after=60 "${CAMPUS_PART_SECONDS:-2400}" "$@" || code=$?
    if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then echo "ended after ${CAMPUS_PART_SECONDS:-2400} s: it hung"; fi
    return "$code"
}

verdict() {
    printf '%d passed, %d failed\n' "$passed_total" "$failed_total"
    [ "$failed_total" -eq 0 ] && [ "$passed_total" -gt 0 ]
}

in_folder() (cd "$1" && "${@:2}")

# check NAME COMMAND…: one test, by its exit code.
check() {
    local log=$root/build/logs/$1.log
    if logged "$log" "${@:2}"; then count "$1" 1 0; else count "$1" 0 1; fi
}

# doctests NAME CTEST…: the cases that the programs themselves report; a program that died counts as one more failure.
doctests() {
    local log=$root/build/logs/$1.log code=0 numbers
    say "running $1"
    "${@:2}" -V >"$log" 2>&1 </dev/null || code=$?
    numbers=$(awk '
        { sub(/\r$/, "") }
        match($0, /^[0-9]+: /) { id = substr($0, 1, RLENGTH - 2) }
        /\[doctest\] test cases:/ {
            split($0, part, "|")
            gsub(/[^0-9]/, "", part[2]); gsub(/[^0-9]/, "", part[3])
            passed += part[2]; failed += part[3]; told[id] = part[3]
        }
        /^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ {
            line = $0; sub(/.*Test +#/, "", line); id_of = line + 0
            if ($0 !~ / Passed / && told[id_of] + 0 == 0) died++
        }
        END { print passed + 0, failed + died }' "$log")
    # shellcheck disable=SC2086 # two numbers
    set -- "$1" $numbers
    # Nothing ran, or ctest saw what the counting did not: never green.
    if [ "$code" -ne 0 ] && [ "$3" -eq 0 ]; then set -- "$1" "$2" 1; fi
    if [ "$2" -eq 0 ] && [ "$3" -eq 0 ]; then set -- "$1" 0 1; fi
    if [ "$3" -gt 0 ]; then failures_of_doctest "$log"; fi
    count "$1" "$2" "$3"
}

failures_of_doctest() {
    note "what failed (all of it: ${1#"$root"/}):"
    grep -E -A12 'ERROR:|FATAL|SUMMARY: .*Sanitizer|\*\*\*(Failed|Exception|Timeout|Not Run)|Unable to find executable' "$1" |
        head -n 80 | cut -c1-300 | sed 's/^/      | /' >&2 || true
}

# node_tests NAME COMMAND…: node's own runner, in either of its output forms.
node_tests() {
    local log=$root/build/logs/$1.log code=0 passed failed
    say "running $1"
    bounded "${@:2}" >"$log" 2>&1 </dev/null || code=$?
    passed=$(awk '/^(#|ℹ) pass [0-9]+/ { n += $3 } END { print n + 0 }' "$log")
    failed=$(awk '/^(#|ℹ) (fail|cancelled) [0-9]+/ { n += $3 } END { print n + 0 }' "$log")
    if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$failed" -gt 0 ]; then
        grep -nE '^ *(not ok|✖)' "$log" | head -n 40 | sed 's/^/      | /' >&2 || true
        last_lines "$log" 60
    fi
    count "$1" "$passed" "$failed"
}

# json_counts FILE PASSED FAILED: two expressions over the report, as "passed failed".
json_counts() {
    node -e 'const report = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
        const at = (path) => path.split("+").reduce((sum, one) => sum + one.split(".").reduce((o, k) => o?.[k] ?? 0, report), 0);
        console.log(at(process.argv[2]), at(process.argv[3]));' "$@" 2>/dev/null || echo '0 1'
}

# counted NAME LOG EXIT_CODE "PASSED FAILED"
counted() {
    local passed=${4% *} failed=${4#* }
    if [ "$3" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$failed" -gt 0 ]; then last_lines "$2" 80; fi
    count "$1" "$passed" "$failed"
}

# vitests NAME FOLDER [OPTIONS…]
vitests() {
    vitests_begin "$@"
    vitests_end "$1"
}

# In two steps, for what may run beside something else.
declare -A vitest_pids=()
vitests_begin() {
    local log=$root/build/logs/$1.log report=$root/build/logs/$1.json
    say "running $1"
    rm -f "$report"
    (cd "$2" && bounded npx vitest run "${@:3}" --reporter=default --reporter=json --outputFile.json="$report") \
        >"$log" 2>&1 </dev/null &
    vitest_pids[$1]=$!
}

vitests_end() {
    local code=0
    wait "${vitest_pids[$1]}" || code=$?
    counted "$1" "$root/build/logs/$1.log" "$code" \
        "$(json_counts "$root/build/logs/$1.json" numPassedTests numFailedTests)"
}

journeys() {
    local log=$root/build/logs/journey.log report=$root/build/logs/journey.json code=0
    say "running journey"
    rm -f "$report"
    (cd "$root/tests/journeys" && export PLAYWRIGHT_JSON_OUTPUT_NAME=$report && bounded npx playwright test --reporter=list,json) \
        >"$log" 2>&1 </dev/null || code=$?
    # A journey that passes only at its second try is no proof: flaky counts as failed.
    counted journey "$log" "$code" "$(json_counts "$report" stats.expected stats.unexpected+stats.flaky)"
}
