// Which place compare-windows gives to the service that was really at fault, in each incident of a recording.
//   node bench/rca.mjs [FOLDER] [--causes]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namedCauses } from '../dist/telemetry/comparison/causes.js';
import { baselineCandidates, chooseBaseline } from '../dist/telemetry/comparison/choose-baseline.js';
import { compareWindows } from '../dist/telemetry/comparison/compare.js';
import { Recording } from './rca/recording.mjs';

const STRETCH = 30_000;
const DEFAULT = new URL('../../shared/data/trainticket-2023-01-29/', import.meta.url).pathname;

const folder = process.argv[2]?.startsWith('--') === false ? process.argv[2] : DEFAULT;
const verbose = process.argv.includes('--causes');
const recording = new Recording(folder);
const { incidents } = JSON.parse(readFileSync(join(folder, 'incidents.json'), 'utf8'));
const quiet = ['2023-01-29T08:48:00Z', '2023-01-29T08:51:00Z'].map(Date.parse);

const tally = { before: [], quiet: [] };
for (const incident of incidents) {
  const [from, to] = incident.window.map(Date.parse);
  const window = recording.aggregates(from, to, STRETCH);
  const places = Object.entries({ before: before(from, to), quiet }).map(([name, baseline]) => {
    const usual = recording.aggregates(...baseline, STRETCH);
    const changes = compareWindows(usual, window);
    const causes = namedCauses(changes, window, usual);
    const rank = rankOf(causes, incident.root_cause.service);
    tally[name].push({ rank, hard: incident.difficulty.startsWith('hard') });
    if (verbose) report(name, baseline, changes, causes);
    return `${name} ${rank === 0 ? '–' : rank} of ${causes.length}`;
  });
  console.log(`${incident.id.slice(-2)} ${incident.root_cause.service.padEnd(30)} ${places.join('   ')}`);
}
for (const [name, results] of Object.entries(tally)) {
  const easy = results.filter(({ hard }) => !hard);
  const within = (list, n) => list.filter(({ rank }) => rank > 0 && rank <= n).length;
  console.log(
    `${name}: first ${within(easy, 1)}, in three ${within(easy, 3)} of ${easy.length} easy and medium; ` +
      `first ${within(results, 1)}, in three ${within(results, 3)} of ${results.length}`,
  );
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
