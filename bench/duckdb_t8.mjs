// The peer of T8: the same question asked of DuckDB on one thread. Prints million rows a second, the median of nine runs.
//
// usage: node duckdb_t8.mjs <folder with node_modules> [million rows, 10 by default]
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(process.argv[2], "package.json"));
const { DuckDBInstance } = require("@duckdb/node-api");
const millions = Number(process.argv[3] ?? 10);

const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
const connection = await instance.connect();
await connection.run("select setseed(0.8)");
await connection.run(`create table people as select
    (random() * 5)::utinyint % 5 as region, (random() * 1000)::float as spent,
    (19675 + random() * 365)::integer as last_seen, (random() * 4)::utinyint % 4 as tier
  from range(${millions * 1_000_000})`);
const question = await connection.prepare(
  "select count(*) from people where region <> 4 and spent > 250 and last_seen > 19858 and tier = 2");
const seconds = [];
for (let run = 0; run < 9; ++run) {
  const begin = process.hrtime.bigint();
  await question.runAndReadAll();
  seconds.push(Number(process.hrtime.bigint() - begin) / 1e9);
}
seconds.sort((a, b) => a - b);
console.log((millions / seconds[4]).toFixed(1));
