#!/usr/bin/env bash
# The main job, shown: a year of the shop is generated, its journeys are checked and tested, and the year runs through them.
# Expects build/bin; `./dev demo` builds it first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

bin=${WEND_BIN:-build/bin}
work=${WEND_DEMO_FOLDER:-build/demo}
retail=${WEND_DATA_DIR:-../shared/data}/retail/online-retail.csv.gz

show() { printf '\n\033[1m$ %s\033[0m\n' "$*"; "$@"; }

rm -rf "$work"
mkdir -p "$work"
show "$bin/wend-demo-history" --seed 1 -o "$work/history.ndjson.gz"
show "$bin/wend" check examples/shop
show "$bin/wend" test examples/shop
show "$bin/wend" build examples/shop -o "$work/shop.wendc"
show "$bin/wend" run examples/shop --events "$work/history.ndjson.gz" --data "$work/state" --out "$work/result"

if [[ -f $retail ]]; then
  show "$bin/wend" run examples/retail --events "$retail" --data "$work/retail-state" --out "$work/retail-result"
else
  printf '\nexamples/retail is left out: %s is absent (set WEND_DATA_DIR)\n' "$retail"
fi
printf '\nThe deliveries, instances and goals are in %s/result; what did not fit is in rejects.ndjson there.\n' "$work"
