// bench/run: measures the chosen rows one after the other and prints them beside the bars of the design.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync, existsSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { measure, median } from './load.mjs';
import { startPostgres } from './postgres.mjs';
import { isStopping, stop, stopAll, stopOthers, unprivileged, using } from './procs.mjs';
import { rows, Skipped } from './rows.mjs';
import { printBars, printTable } from './table.mjs';

const repository = path.resolve(import.meta.dirname, '../..');

const usage = `bench/run [--quick] [--strict] [--seconds S] [--repeats N] [row ...]

  --quick      one short run of each: does everything work, not how fast
  --strict     exit status 1 when a bar is missed (always 1 when a row fails)
  --seconds S  of one run (5)
  --connections N  keep-alive connections of the load (64)
  --repeats N  runs at full load and at 70 %, of which the median counts (3)

Rows: ${rows.map((row) => row.name).join(' ')} (all)
BENCH_BUILD: folder of the release build (build/release); BENCH_DIR: where the databases go, on a real disk (/var/tmp)
`;

function parse(argv) {
  const options = { quick: false, strict: false, seconds: 5, repeats: 3, connections: 64, chosen: [] };
  const number = (text, low, high) => {
    const value = Number(text);
    if (!(value >= low && value <= high)) throw new Error(`${text} is not between ${low} and ${high}`);
    return value;
  };
  for (let i = 0; i < argv.length; ++i) {
    if (argv[i] === '--help') options.help = true;
    else if (argv[i] === '--quick') Object.assign(options, { quick: true, seconds: 1, repeats: 1 });
    else if (argv[i] === '--strict') options.strict = true;
    else if (argv[i] === '--seconds') options.seconds = number(argv[++i], 0.5, 120);
    else if (argv[i] === '--connections') options.connections = Math.floor(number(argv[++i], 1, 4096));
    else if (argv[i] === '--repeats') options.repeats = Math.floor(number(argv[++i], 1, 20));
    else if (rows.some((row) => row.name === argv[i])) options.chosen.push(argv[i]);
    else throw new Error(`unknown: ${argv[i]}\n\n${usage}`);
  }
  return options;
}

function writePeerTargets(file, companies) {
  const hex = () => randomBytes(16).toString('hex');
  const lines = Array.from({ length: companies }, (_, i) =>
    `+1555${String(i).padStart(7, '0')},AC${hex()},${hex()},/api/twilio/voice`);
  writeFileSync(file, ['number,account_sid,auth_token,path', ...lines, ''].join('\n'), { mode: 0o600 });
}

// Of a bench that was killed: its programs ended with it, its databases stayed.
function removeLeftovers(root) {
  for (const name of readdirSync(root)) {
    const owner = /^trunkline-bench-(\d+)-\w{6}$/.exec(name)?.[1];
    if (owner && !existsSync(`/proc/${owner}`)) rmSync(path.join(root, name), { recursive: true, force: true });
  }
}

function makeContext(options) {
  const build = path.resolve(process.env.BENCH_BUILD ?? path.join(repository, 'build/release'));
  const root = process.env.BENCH_DIR ?? '/var/tmp';
  removeLeftovers(root);
  const dir = mkdtempSync(path.join(root, `trunkline-bench-${process.pid}-`));
  const giveAway = (folder) => {
    if (unprivileged) execFileSync('chown', ['-R', unprivileged, folder]);
  };
  // PostgreSQL's and nginx's user must be able to pass through to folders of their own, and see nothing else.
  execFileSync('chmod', ['711', dir]);
  mkdirSync(`${dir}/open`, { mode: 0o700 });
  giveAway(`${dir}/open`);
  const context = { ...options, dir, openDir: `${dir}/open`, giveAway, publicUrl: 'https://gw.example.com' };
  context.peerTargets = `${dir}/targets.csv`;
  writePeerTargets(context.peerTargets, 200);
  context.loadProgram = path.join(build, 'bench/bench_load');
  context.restinioProgram = path.join(build, 'bench/bench_bare_restinio');
  context.gatewayProgram = path.join(build, 'trunkline');
  return context;
}

// Durable figures mean nothing without the disk they were measured on.
function diskFacts(dir) {
  const file = openSync(`${dir}/sync-probe`, 'w');
  const took = [];
  for (let i = 0; i < 100; ++i) {
    const began = performance.now();
    writeSync(file, Buffer.alloc(8192));
    fdatasyncSync(file);
    took.push(performance.now() - began);
  }
  closeSync(file);
  const type = execFileSync('stat', ['-f', '-c', '%T', dir], { encoding: 'utf8' }).trim();
  return { type, fdatasyncMs: median(took) };
}

function machineFacts(dir) {
  const cpus = os.cpus();
  return { cpus: cpus.length, model: cpus[0].model, kernel: os.release(), node: process.version, loadAverage: os.loadavg()[0], disk: diskFacts(dir) };
}

async function measureRow(context, row, variant) {
  const server = await row.start(context, variant);
  return using(server.programs[0], async () => {
    try {
      const result = await measure(context, server);
      await server.check?.(); // that it was what the row says
      return result;
    } finally {
      await stop(server.another);
    }
  });
}

async function bestVariant(context, row) {
  const all = [];
  for (const threads of row.variants) {
    const variant = `${threads} thread${threads > 1 ? 's' : ''}`;
    all.push({ ...(await measureRow(context, row, threads)), variant, threads });
  }
  const best = all.reduce((a, b) => (b.rps > a.rps ? b : a));
  return { ...best, others: all.filter((one) => one !== best).map(({ variant, rps }) => ({ variant, rps })) };
}

async function resultOf(context, row) {
  try {
    if (row.postgres && !context.postgres) {
      const dir = mkdtempSync(path.join(context.openDir, 'postgres-'));
      context.giveAway(dir);
      context.postgres = await startPostgres(dir);
    }
    if (row.measure) {
      if (!existsSync(context.gatewayProgram)) throw new Skipped(`${context.gatewayProgram} is not built`);
      return await row.measure(context);
    }
    return row.variants ? await bestVariant(context, row) : await measureRow(context, row);
  } catch (failure) {
    if (isStopping()) throw failure;
    await stopOthers(context.postgres?.program);
    return { failed: failure.message, skipped: failure instanceof Skipped };
  }
}

// The machine may have been busier at one end of the run than at the other; the ceiling, measured again, tells.
async function checkDrift(context, results, chosen) {
  const first = results.ceiling;
  if (!first || first.failed || context.quick || chosen.length < 2) return;
  const again = await measureRow(context, rows[0], first.threads);
  first.atTheEnd = again.rps;
  const drift = again.rps / first.rps - 1;
  console.log(`ceiling at the end of the run: ${(drift * 100).toFixed(0)} %${Math.abs(drift) > 0.1 ? ' (the machine was not quiet: run again)' : ''}`);
}

function store(results, verdicts, context, machine) {
  const out = path.join(repository, 'bench/out');
  mkdirSync(out, { recursive: true });
  const file = path.join(out, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`);
  const { quick, seconds, repeats, connections } = context;
  const stored = { at: new Date().toISOString(), machine, gateway: context.gatewayProgram, options: { quick, seconds, repeats, connections }, rows: results,
    bars: verdicts.map(({ of, what, atLeast, atMost, result, verdict }) => ({ of, what, atLeast, atMost, result, verdict })) };
  writeFileSync(file, JSON.stringify(stored, null, 1) + '\n');
  console.log(`\n${path.relative(repository, file)}`);
}

async function main(context) {
  for (const program of [context.loadProgram, context.restinioProgram])
    if (!existsSync(program)) throw new Error(`${program} is not built: cmake --preset release && cmake --build --preset release`);
  const machine = machineFacts(context.dir);
  console.log(`${machine.cpus} x ${machine.model}, ${machine.disk.type}, fdatasync ${machine.disk.fdatasyncMs.toFixed(2)} ms` +
    (machine.disk.type === 'tmpfs' ? ': NOT DURABLE, set BENCH_DIR' : ''));
  if (machine.loadAverage > 1)
    console.log(`load average ${machine.loadAverage.toFixed(1)}: others use this machine, figures will be low and latencies high`);
  const chosen = rows.filter((row) => context.chosen.length === 0 || context.chosen.includes(row.name));
  const results = {};
  for (const row of chosen) {
    process.stderr.write(`measuring ${row.title} ...\n`);
    results[row.name] = await resultOf(context, row);
  }
  await context.postgres?.stop();
  printTable(results);
  await checkDrift(context, results, chosen);
  const verdicts = printBars(results, context.quick);
  store(results, verdicts, context, machine);
  const broken = Object.values(results).some((result) => result.failed && !result.skipped);
  return broken || (context.strict && verdicts.some((v) => v.verdict !== 'pass' && v.verdict !== 'shown')) ? 1 : 0;
}

let context, leaving;
/** The first who wants to leave decides the status; what fails because everything is being stopped is no news. */
function leave(status) {
  leaving ??= stopAll().then(() => {
    if (context) rmSync(context.dir, { recursive: true, force: true });
    process.exit(status);
  });
  return leaving;
}

for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]])
  process.once(signal, () => leave(128 + number));

try {
  const options = parse(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    process.exit(0);
  }
  context = makeContext(options);
  await leave(await main(context));
} catch (failure) {
  if (!leaving) console.error(`bench/run: ${failure.message}`);
  await leave(2);
}
