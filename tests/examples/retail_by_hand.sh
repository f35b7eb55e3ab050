#!/bin/sh
# Counts, without Wend, what examples/retail must find in the same file: usage: retail_by_hand.sh online-retail.csv.gz
#   customers        who placed an order at all
#   second_orders    of those, who placed another within 30 calendar days of the first: later, and at most at the same clock time
#   letters          orders after which 60 days passed up to ten o'clock without another order
# The file's times are London's and are compared as such: days are calendar days, so no time zone is needed.
gzip -dc "$1" | awk -F, '
function day_number(y, m, d) {                     # days since 1970-01-01 (H. Hinnant, days_from_civil)
  if (m <= 2) y--
  era = int(y / 400); yoe = y - era * 400
  doy = int((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1
  return era * 146097 + yoe * 365 + int(yoe / 4) - int(yoe / 100) + doy - 719468
}
NR == 1 || $1 in seen { next }                     # the heading; further lines of an invoice, one of which is in two pieces
{ seen[$1] = 1 }
$1 !~ /^[0-9]/ { next }                            # cancellations and adjustments are no orders
{
  customer = $(NF - 1)                             # counted from the end, because descriptions may hold commas
  if (customer == "") next
  split($(NF - 3), t, /[-: ]/)
  at = day_number(t[1], t[2], t[3]) * 86400 + t[4] * 3600 + t[5] * 60 + t[6]
  if (!(customer in first)) { first[customer] = at; customers++ }
  else {
    if (at > first[customer] && at <= first[customer] + 30 * 86400 && !(customer in again)) { again[customer] = 1; second++ }
    if (at > due[customer]) letters++
  }
  due[customer] = (int(at / 86400) + 60) * 86400 + 10 * 3600
  last = at
}
END {
  for (customer in due) if (due[customer] < last) letters++
  printf "customers %d\nsecond_orders %d\nletters %d\n", customers, second, letters
}'
