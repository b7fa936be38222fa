/* duckdb.mjs JOBS: run scripts in DuckDB. JOBS is a JSON list of {name, before, load: {table: csv}, kinds, after, threads, out}.
 * A line each: name, seconds, or the error. The module is looked for in $MODULES. */
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';

const require = createRequire(process.env.MODULES + '/node_modules/');
const { DuckDBInstance } = require('@duckdb/node-api');

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

async function run(job) {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(job.threads) });
  const db = await instance.connect();
  try {
    await db.run(readFileSync(job.before, 'utf8'));
    for (const [table, csv] of Object.entries(job.load))
      await db.run(`COPY "${table}" FROM ${quoted(csv)} (FORMAT csv, HEADER true, DELIMITER ',', QUOTE '"', ESCAPE '"', AUTO_DETECT false)`);
    for (const kind of job.kinds) await db.run(`INSERT INTO kinds VALUES (${quoted(kind)})`);
    const from = Date.now();
    await db.run(readFileSync(job.after, 'utf8'));
    const rows = (await db.runAndReadAll('SELECT list, rule, core, severity, confidence, nature, unit, unit_no, evidence_ids, evidence_rows FROM findings')).getRowsJson();
    writeFileSync(job.out, JSON.stringify(rows));
    console.log(JSON.stringify([job.name, (Date.now() - from) / 1000]));
  } catch (e) {
    console.log(JSON.stringify([job.name, String(e.message)]));
  } finally {
    db.closeSync();
    instance.closeSync();
  }
}

for (const job of JSON.parse(readFileSync(process.argv[2], 'utf8'))) await run(job);
