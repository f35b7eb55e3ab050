#!/usr/bin/env bash
# Every row of docs/performance.md in one run. Ratios count, not absolute figures: the limit is measured beside each row.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=build/bin
for program in "$bin"/bench_engine_* "$bin"/bench_durable_*; do
  "$program" "$@"
done
data=${WEND_DATA_DIR:-../shared/data}/retail/online-retail.csv.gz
if [[ -f $data ]]; then
  "$bin/bench_replay_retail" "$bin/wend" examples/retail "$data"
else
  echo "T11 retail replay  skipped: $data is absent (set WEND_DATA_DIR)"
fi
