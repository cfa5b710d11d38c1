// Which place compare-windows gives to the service that was really at fault, in each incident of a recording.
//
//   npm run bench:rca -- [FOLDER] [--quiet FROM/TO] [--stretch SECONDS] [--causes] [--tool]
//
// FOLDER holds incidents.json and {traces,logs,metrics}.jsonl.gz: lines of OTLP/JSON, as the collector's file exporter
// writes them. incidents.json is {"incidents": [{"id", "window": [FROM, TO], "root_cause": {"service"}, "difficulty"}]},
// times in ISO 8601; the difficulty is optional, one that begins with "hard" is left out of the first tally. Without
// FOLDER it is the recording of the tests, with its quiet minutes.
//
// Each incident is compared with the baseline that is chosen by itself, and with the quiet time, where there is one
// (a time without a fault; for another FOLDER only with --quiet). The stretch is 30 s, or as given. --causes prints what
// is named, with evidence. --tool asks the tool compare-windows of a server of its own, with the recording loaded, in
// place of comparing aggregates made of the files; the tool chooses the stretch.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { namedCauses } from '../dist/telemetry/comparison/causes.js';
import { baselineCandidates, chooseBaseline } from '../dist/telemetry/comparison/choose-baseline.js';
import { compareWindows } from '../dist/telemetry/comparison/compare.js';
import { startProduct } from './rca/product.mjs';
import { Recording } from './rca/recording.mjs';

const DEFAULT = new URL('../../shared/data/trainticket-2023-01-29/', import.meta.url).pathname;
const DEFAULT_QUIET = '2023-01-29T08:48:00Z/2023-01-29T08:51:00Z';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quiet: { type: 'string' },
    stretch: { type: 'string', default: '30' },
    causes: { type: 'boolean', default: false },
    tool: { type: 'boolean', default: false },
  },
});
const folder = positionals[0] ?? DEFAULT;
const verbose = options.causes;
const STRETCH = 1000 * Number(options.stretch);
if (!(STRETCH > 0)) throw new Error(`--stretch takes seconds, not ${options.stretch}`);
const quiet = periodOf(options.quiet ?? (positionals.length === 0 ? DEFAULT_QUIET : undefined));
const { incidents } = JSON.parse(readFileSync(join(folder, 'incidents.json'), 'utf8'));

const tally = { before: [], ...(quiet === undefined ? {} : { quiet: [] }) };
const product = options.tool ? await startProduct(folder) : undefined;
const recording = product === undefined ? new Recording(folder) : undefined;
try {
  for (const incident of incidents) {
    const window = incident.window.map((time) => Date.parse(time));
    const places = [];
    for (const name of Object.keys(tally)) {
      const given = name === 'quiet' ? quiet : undefined;
      const causes = product === undefined ? compared(name, window, given) : await asked(name, window, given);
      const rank = rankOf(causes, incident.root_cause.service);
      tally[name].push({ rank, hard: incident.difficulty?.startsWith('hard') === true });
      places.push(`${name} ${rank === 0 ? '–' : rank} of ${causes.length}`);
    }
    console.log(`${incident.id.slice(-2)} ${incident.root_cause.service.padEnd(30)} ${places.join('   ')}`);
  }
} finally {
  await product?.stop();
}
for (const [name, results] of Object.entries(tally)) {
  const easy = results.filter(({ hard }) => !hard);
  const within = (list, n) => list.filter(({ rank }) => rank > 0 && rank <= n).length;
  console.log(
    `${name}: first ${within(easy, 1)}, in three ${within(easy, 3)} of ${easy.length} easy and medium; ` +
      `first ${within(results, 1)}, in three ${within(results, 3)} of ${results.length}`,
  );
}

/** The causes of a window of the files, beside a given baseline or one that is chosen. */
function compared(name, [from, to], given) {
  const window = recording.aggregates(from, to, STRETCH);
  const baseline = given ?? before(from, to);
  const usual = recording.aggregates(...baseline, STRETCH);
  const changes = compareWindows(usual, window);
  const causes = namedCauses(changes, window, usual);
  if (verbose) report(name, baseline, changes, causes);
  return causes;
}

/** The causes that the tool names. */
async function asked(name, window, given) {
  const { baseline, causes, changes_total: changes } = await product.ask(window, given);
  if (verbose) {
    console.log(`   ${name} ${baseline?.from ?? ''}–${baseline?.to ?? ''}: ${changes} changes`);
    for (const { strength, text } of causes) console.log(`   ${strength.toFixed(2)} ${text}`);
  }
  return causes;
}

/** `FROM/TO` in ms since the epoch. */
function periodOf(text) {
  if (text === undefined) return undefined;
  const period = text.split('/').map((time) => Date.parse(time));
  if (period.length !== 2 || !(period[0] < period[1])) throw new Error(`--quiet takes FROM/TO, not ${text}`);
  return period;
}

/** Causes are counted by place: a workload named for two reasons has the rank of the first. */
function rankOf(causes, service) {
  const places = [...new Set(causes.map(({ workload }) => workload))];
  return places.indexOf(service) + 1;
}

/** The baseline that compare-windows chooses by itself; nothing before the first records. */
function before(from, to) {
  const occupied = new Map();
  for (const { at } of recording.spans) {
    if (at >= to) continue;
    const start = from + Math.floor((at - from) / STRETCH) * STRETCH;
    occupied.set(start, (occupied.get(start) ?? 0) + 1);
  }
  const list = [...occupied].map(([start, records]) => ({ start, records }));
  const candidates = baselineCandidates({ from, to }, list, STRETCH).map((each) => recording.counts(each));
  const chosen = chooseBaseline(candidates, recording.counts({ from, to }));
  if (verbose)
    for (const passed of chosen?.passedOver ?? []) console.log('   passed over', JSON.stringify(passed));
  return chosen === undefined ? [from, from] : [chosen.from, chosen.to];
}

function report(name, [from, to], changes, causes) {
  const time = (ms) => new Date(ms).toISOString().slice(11, 19);
  console.log(`   ${name} ${time(from)}–${time(to)}: ${changes.length} changes`);
  for (const cause of causes.slice(0, 4)) {
    const by = cause.explainedBy === '' ? '' : ` (as ${cause.explainedBy} shows too)`;
    console.log(`   ${cause.score.toFixed(2)} ${cause.kind} ${cause.workload} ${cause.peer}${by}`);
    for (const { kind, subject, before: a, after: b, samples, test } of cause.evidence.slice(0, 2)) {
      const p = test.p.toExponential(1);
      console.log(
        `        ${kind} ${subject.slice(0, 90)}: ${a.toPrecision(3)} → ${b.toPrecision(3)} (${samples}) p ${p}`,
      );
    }
  }
}
