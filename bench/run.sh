#!/usr/bin/env bash
# Every row of docs/performance.md in one run, and at the end all of them in a table. Ratios count, not absolute figures: the limit is
# measured beside each row.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=build/bin
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT

# Words for people go to the terminal, figures for the table to the file.
measure() { "$@" | awk -F'\t' -v rows="$rows" '$1 == "row" { print >> rows; next } { print; fflush() }'; }

for program in "$bin"/bench_compiler_* "$bin"/bench_engine_* "$bin"/bench_durable_*; do
  measure "$program"
done
data=${WEND_DATA_DIR:-../shared/data}/retail/online-retail.csv.gz
if [[ -f $data ]]; then
  measure "$bin/bench_replay_retail" "$bin/wend" examples/retail "$data"
else
  echo "T11 retail replay  skipped: $data is absent (set WEND_DATA_DIR)"
fi

printf '\n%-4s %-52s %10s  %-10s %-7s %s\n' row what seen target '' 'in the same run'
awk -F'\t' '{ printf "%-4s %-52s %10s  %-10s %-7s %s\n", $2, $3, $4, $5, $6, $7 }' "$rows"
