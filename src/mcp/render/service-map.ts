import type { ServiceMapResult } from '../../query/service-map.ts';
import type { MapNode, ServedNode, ServiceCalls } from '../../telemetry/service-map.ts';
import {
  echo,
  filterLines,
  headLine,
  type Presentation,
  roomAdvice,
  windowAndClock,
  windowJson,
} from './answer.ts';
import type { Dimension, Limits } from './budget.ts';
import { type Frame, fittedJson, fittedText } from './fitted.ts';
import { numberTexts, percent } from './number.ts';
import { type TableColumn, tableLines } from './table.ts';
import type { Untrusted } from './untrusted.ts';

type Shrinking = 'nodes' | 'edges' | 'name';

const howToNarrow = 'ask around one workload, or narrow filters';

/** The rarest edges go last: they are the map. */
function frameOf(result: ServiceMapResult, presentation: Presentation): Frame<Shrinking> {
  const { calls, nodes } = result;
  const dimensions: Dimension<Shrinking>[] = [
    { name: 'nodes', most: nodes.length, least: Math.min(nodes.length, 5) },
    { name: 'edges', most: calls.length, least: 0 },
    { name: 'name', most: 120, least: 0 },
  ];
  return { result, presentation, dimensions, howToNarrow };
}

/** The map as compact text: a line for each pair of workloads, then what serves without a known caller. */
export function serviceMapText(result: ServiceMapResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const filter = filterLines(result, maxTokens);
  return fittedText(frameOf(result, presentation), (limits, untrusted) => {
    const calls = result.calls.slice(0, limits.edges);
    const nodes = result.nodes.filter(isEntrance).slice(0, limits.nodes);
    return {
      head: [headOf(result, calls.length), ...filter],
      data: [
        ...edgeLines(result, calls, limits, untrusted),
        ...entranceLines(result, nodes, limits, untrusted),
      ],
      notes: leftOutNotes(result, calls.length, maxTokens),
      footnotes: calls.length > 0 ? ['values are rounded; format "json" has them exact'] : [],
    };
  });
}

/** The map as JSON. */
export function serviceMapJson(result: ServiceMapResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const filter = echo(result.filter, maxTokens);
  return fittedJson(frameOf(result, presentation), (limits, untrusted) => {
    const nodeJson = ({ cluster, namespace, workload }: MapNode) => ({
      ...(cluster !== '' && { cluster: untrusted.admit(cluster, limits.name) }),
      ...(namespace !== '' && { namespace: untrusted.admit(namespace, limits.name) }),
      workload: untrusted.admit(workload, limits.name),
    });
    const calls = result.calls.slice(0, limits.edges);
    const nodes = result.nodes.slice(0, limits.nodes);
    const body = {
      window: windowJson(result),
      filter,
      workload: result.around === '' ? null : untrusted.admit(result.around, limits.name),
      edges_total: result.edgesTotal,
      edges_shown: calls.length,
      calls_total: result.callsTotal,
      calls: calls.map((edge) => ({
        client: nodeJson(edge.client),
        server: nodeJson(edge.server),
        seen_by: edge.seenBy,
        count: edge.calls,
        rate_per_s: edge.calls / seconds(result),
        error_ratio: edge.failed / edge.calls,
        p50_ns: edge.p50,
        p95_ns: edge.p95,
        gap_p50_ns: edge.gapP50,
        gap_p95_ns: edge.gapP95,
      })),
      nodes_total: result.nodes.length,
      nodes: nodes.map((node) => ({
        ...nodeJson(node),
        served: node.served,
        failed: node.failed,
        without_caller: node.withoutCaller,
        from_itself: node.fromItself,
      })),
    };
    const notes = [
      ...leftOutNotes(result, calls.length, maxTokens),
      ...(nodes.length < result.nodes.length
        ? [
            `${result.nodes.length - nodes.length} more nodes don't fit: ${roomAdvice(maxTokens, howToNarrow)}`,
          ]
        : []),
    ];
    return { body, notes };
  });
}

const seconds = ({ window }: ServiceMapResult): number => Number(window.to - window.from) / 1e9;

const isEntrance = ({ withoutCaller, fromItself }: ServedNode): boolean =>
  withoutCaller > 0 || fromItself > 0;

function headOf(result: ServiceMapResult, shown: number): string {
  const { edgesTotal, callsTotal } = result;
  return headLine(
    `${shown === edgesTotal ? shown : `${shown} of ${edgesTotal}`} pairs of workloads, ${callsTotal} calls, most frequent first`,
    windowAndClock(result),
  );
}

function edgeLines(
  result: ServiceMapResult,
  calls: readonly ServiceCalls[],
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): string[] {
  const name = nameOf(result, limits, untrusted);
  const durations = (of: (edge: ServiceCalls) => number | null) =>
    calls.map((edge) => {
      const value = of(edge);
      return value === null ? null : (numberTexts([value], 'ns').texts[0] ?? null);
    });
  const columns: TableColumn[] = [
    { name: 'client', cells: calls.map(({ client }) => name(client)), inRows: true },
    { name: 'server', cells: calls.map(({ server }) => name(server)), inRows: true },
    { name: 'calls', cells: calls.map((edge) => String(edge.calls)), inRows: true },
    { name: 'per_s', cells: calls.map((edge) => rateText(edge.calls / seconds(result))), inRows: true },
    { name: 'failed', cells: calls.map((edge) => percent(edge.failed / edge.calls)) },
    { name: 'p50', cells: durations(({ p50 }) => p50), inRows: true },
    { name: 'p95', cells: durations(({ p95 }) => p95), inRows: true },
    { name: 'gap_p50', cells: durations(({ gapP50 }) => gapP50) },
    { name: 'gap_p95', cells: durations(({ gapP95 }) => gapP95) },
    { name: 'seen_by', cells: calls.map(({ seenBy }) => seenBy) },
  ];
  return calls.length === 0 ? [] : tableLines(columns);
}

/** Calls that are no edge: nobody is known to make them, or the workload itself does. */
function entranceLines(
  result: ServiceMapResult,
  nodes: readonly ServedNode[],
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): string[] {
  const name = nameOf(result, limits, untrusted);
  if (nodes.length === 0) return [];
  return [
    'workload\tserved\tfailed\tof them without a recorded caller\tfrom itself',
    ...nodes.map((node) =>
      [name(node), node.served, percent(node.failed / node.served), node.withoutCaller, node.fromItself].join(
        '\t',
      ),
    ),
  ];
}

/** Names with cluster and namespace where those are not the same for all. */
function nameOf(
  { calls, nodes }: ServiceMapResult,
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): (node: MapNode) => string {
  const all = [...nodes, ...calls.flatMap(({ client, server }) => [client, server])];
  const several = (of: (node: MapNode) => string): boolean =>
    new Set(all.map(of).filter((text) => text !== '')).size > 1;
  const clusters = several(({ cluster }) => cluster);
  const namespaces = several(({ namespace }) => namespace);
  return ({ cluster, namespace, workload }) =>
    untrusted.show(
      [
        ...(clusters && cluster !== '' ? [cluster] : []),
        ...(namespaces && namespace !== '' ? [namespace] : []),
        workload,
      ].join('/'),
      limits.name,
    );
}

const rateText = (rate: number): string => String(Number(rate.toPrecision(3)));

function leftOutNotes(result: ServiceMapResult, shown: number, maxTokens: number): string[] {
  const left = result.edgesTotal - shown;
  if (left === 0) return [];
  const calls = result.callsTotal - result.calls.slice(0, shown).reduce((sum, edge) => sum + edge.calls, 0);
  const advice =
    shown < result.calls.length
      ? roomAdvice(maxTokens, howToNarrow)
      : `raise limit (up to 200), or ${howToNarrow}`;
  return [`${left} more ${left === 1 ? 'pair' : 'pairs'} with ${calls} calls: ${advice}`];
}
