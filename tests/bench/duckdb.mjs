/* duckdb.mjs SQL EXTRACTS [THREADS]: run a script in DuckDB, in memory, with EXTRACTS as the folder where read_csv looks; what the script
 * writes comes into the working folder. Prints one JSON object: the version, CPU and wall seconds of the script alone (the start of
 * node and of the module is not counted), and the peak of this process in MiB. The module is looked for in $MODULES. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(process.env.MODULES + '/node_modules/');
const { DuckDBInstance, version } = require('@duckdb/node-api');
const [script, extracts, threads] = process.argv.slice(2);

const instance = await DuckDBInstance.create(':memory:', { threads: threads ?? '2' });
const db = await instance.connect();
await db.run(`SET file_search_path = '${extracts.replaceAll("'", "''")}'`);
const cpu = process.cpuUsage();
const wall = process.hrtime.bigint();
await db.run(readFileSync(script, 'utf8'));
const used = process.cpuUsage(cpu);
console.log(JSON.stringify({
  version: version(), cpu: (used.user + used.system) / 1e6, wall: Number(process.hrtime.bigint() - wall) / 1e9,
  peak: process.resourceUsage().maxRSS / 1024,
}));
