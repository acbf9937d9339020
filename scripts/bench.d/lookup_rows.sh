# shellcheck shell=bash
# Rows of bench about look-ups in files of this machine. Sourced by bench, whose `measure`, `row` and `calculate` they use.
# shellcheck disable=SC2154  # tools is set by bench

# Prints a row of a rate, for which more is better, in a second of processor time: WHAT OURS LIMIT.
rate_row() {
  awk -v what="$1" -v ours="$2" -v limit="$3" 'BEGIN {
    printf "%-34s %10.0f %10s %7s %10.0f %-3s %s\n", what, ours, "-", "-", limit, "/s", (ours >= limit ? "ok, at least" : "MISS, at least")
  }'
}

# The median of one of the numbers that each run printed: column NUMBER of the COMMAND-th command.
number_of() { cut -d' ' -f"$2" "$tools/out.$1" | median; }

# Builds the program that looks up without a shell, once.
need_lookup_cost() {
  FTRSH_BENCH=1 as_owner swift build "${release_flags[@]}" --product LookupCost --quiet </dev/null >&2
  lookup_cost=$scratch/release/LookupCost
}

# A table of 500,000 prefixes, a MaxMind database of 100,000 networks, a cache of 70,000 entries.
row_files() {
  need_lookup_cost
  local files=$tools/files
  mkdir "$files"
  "$lookup_cost" table-write "$files"
  measure 3 : "$lookup_cost" table-load "$files" : "$lookup_cost" table "$files" : "$lookup_cost" mmdb "$files" \
    : "$lookup_cost" cache "$files"
  row 'load 500,000 prefixes' "$(number_of 1 1)" - 1000 ms
  row '  of the processor' "$(number_of 1 2)" - 1000 ms
  row 'memory of 500,000 prefixes' "$(number_of 1 3)" - 60 MB
  row '  while they load' "$(number_of 1 4)" - 60 MB
  rate_row 'table look-ups, match only' "$(number_of 2 1)" 500000
  rate_row 'table look-ups' "$(number_of 2 2)" 200000
  rate_row 'mmdb look-ups' "$(number_of 3 1)" 50000
  rate_row 'cache, entries stored' "$(number_of 4 1)" 10000
  rate_row 'cache, names found' "$(number_of 4 2)" 50000
  rate_row 'cache, origins found' "$(number_of 4 3)" 50000
  rm -r "$files"
}
