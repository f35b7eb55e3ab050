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

# DuckDB, for T8, comes from the npm registry and stays in the build folder.
duckdb_rate() {
  command -v npm >/dev/null || return 0
  local folder=build/duckdb
  [[ -d $folder/node_modules ]] || npm install --silent --prefix "$folder" @duckdb/node-api@1.4.1-r.1 >/dev/null 2>&1 || return 0
  node bench/duckdb_t8.mjs "$folder" 2>/dev/null || true
}

for program in "$bin"/bench_compiler_* "$bin"/bench_engine_* "$bin"/bench_durable_*; do
  if [[ $program == */bench_engine_t8 ]]; then
    measure "$program" 10 "$(duckdb_rate)"
  else
    measure "$program"
  fi
done
data=${WEND_DATA_DIR:-../shared/data}/retail/online-retail.csv.gz
if [[ -f $data ]]; then
  measure "$bin/bench_replay_retail" "$bin/wend" examples/retail "$data"
else
  echo "T11 retail replay  skipped: $data is absent (set WEND_DATA_DIR)"
fi

printf '\n%-4s %-52s %10s  %-10s %-7s %s\n' row what seen target '' 'in the same run'
awk -F'\t' '{ printf "%-4s %-52s %10s  %-10s %-7s %s\n", $2, $3, $4, $5, $6, $7 }' "$rows"
