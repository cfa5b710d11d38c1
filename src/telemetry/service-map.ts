/** A workload, or something that is only known by the name that callers have for it. */
export interface MapNode {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
}

/** How a call is known: from the span that serves it and its parent, or from the attributes of one side alone. */
export type SeenBy = 'spans' | 'attributes';

export interface CallStatistics {
  readonly calls: number;
  /** Those that failed, as either side says. */
  readonly failed: number;
  /** ns; of serving, or of calling where serving is not recorded. */
  readonly p50: number;
  readonly p95: number;
  /** ns that a call took longer than serving it; null where no caller is a client span. */
  readonly gapP50: number | null;
  readonly gapP95: number | null;
}

export interface ServiceCalls extends CallStatistics {
  readonly client: MapNode;
  readonly server: MapNode;
  readonly seenBy: SeenBy;
}

/** Spans that serve, by workload: what was asked of it, and by whom that is not another workload. */
export interface ServedNode extends MapNode {
  readonly served: number;
  /** As either side says. */
  readonly failed: number;
  /** No caller is recorded: from outside, or from something that is not instrumented. */
  readonly withoutCaller: number;
  /** The caller is the workload itself. */
  readonly fromItself: number;
}

/** Server and consumer spans of a workload, by who called. */
export interface ServedSpans extends CallStatistics {
  readonly server: MapNode;
  /** The workload of the parent span; undefined where there is none, or it is not recorded. */
  readonly caller: MapNode | undefined;
  /** Whom the serving span names as its caller; empty for nobody. */
  readonly peer: string;
}

/** Client and producer spans whose serving is not recorded, by whom they name. */
export interface UnservedSpans extends CallStatistics {
  readonly client: MapNode;
  /** Empty where the spans name nobody. */
  readonly peer: string;
  readonly peerNamespace: string;
}

export interface ServiceMap {
  /** The most frequent first. */
  readonly calls: readonly ServiceCalls[];
  /** What serves, the busiest first. */
  readonly nodes: readonly ServedNode[];
  /** Calls that are in no edge, as their spans name nobody; by who made them. */
  readonly unnamed: readonly { readonly client: MapNode; readonly calls: number }[];
}

/**
 * The map of who calls whom. A call is a serving span whose parent is of another workload; where one side is
 * not recorded, the attributes of the other one name it.
 */
export function serviceMap(served: readonly ServedSpans[], unserved: readonly UnservedSpans[]): ServiceMap {
  const nodes = new Map<string, ServedNode>();
  const calls: ServiceCalls[] = [];
  for (const { server, caller, peer, ...statistics } of served) {
    const known = nodes.get(keyOf(server));
    const isSame = caller !== undefined && keyOf(caller) === keyOf(server);
    const isUnknown = caller === undefined && peer === '';
    nodes.set(keyOf(server), {
      ...server,
      served: (known?.served ?? 0) + statistics.calls,
      failed: (known?.failed ?? 0) + statistics.failed,
      withoutCaller: (known?.withoutCaller ?? 0) + (isUnknown ? statistics.calls : 0),
      fromItself: (known?.fromItself ?? 0) + (isSame ? statistics.calls : 0),
    });
    if (isSame || isUnknown) continue;
    calls.push({
      client: caller ?? { cluster: server.cluster, namespace: '', workload: peer },
      server,
      seenBy: caller === undefined ? 'attributes' : 'spans',
      ...statistics,
    });
  }
  const known = [...nodes.values()];
  const unnamed: { client: MapNode; calls: number }[] = [];
  for (const { client, peer, peerNamespace, ...statistics } of unserved) {
    if (peer === '') {
      unnamed.push({ client, calls: statistics.calls });
      continue;
    }
    const server = namedNode(known, client, peer, peerNamespace);
    calls.push({ client, server, seenBy: 'attributes', ...statistics });
  }
  return {
    calls: calls.sort((a, b) => b.calls - a.calls || compareText(edgeKey(a), edgeKey(b))),
    nodes: known.sort((a, b) => b.served - a.served || compareText(keyOf(a), keyOf(b))),
    unnamed,
  };
}

/**
 * What of a map has to do with a workload: its calls, and those to it. Cluster and namespace may stand in
 * front of its name, parted by `/`, as maps show them.
 */
export function mapAround({ calls, nodes, unnamed }: ServiceMap, name: string): ServiceMap {
  const isNamed = ({ cluster, namespace, workload }: MapNode): boolean =>
    [[workload], [namespace, workload], [cluster, workload], [cluster, namespace, workload]].some(
      (parts) => parts.join('/') === name,
    );
  return {
    calls: calls.filter(({ client, server }) => isNamed(client) || isNamed(server)),
    nodes: nodes.filter(isNamed),
    unnamed: unnamed.filter(({ client }) => isNamed(client)),
  };
}

/** A workload that serves and has that name, nearest to the caller; else something with that name alone. */
function namedNode(nodes: readonly MapNode[], client: MapNode, peer: string, namespace: string): MapNode {
  const wanted = { cluster: client.cluster, namespace: namespace || client.namespace, workload: peer };
  const found = nodes.find((node) => keyOf(node) === keyOf(wanted));
  return found === undefined
    ? { cluster: client.cluster, namespace, workload: peer }
    : { cluster: found.cluster, namespace: found.namespace, workload: found.workload };
}

const keyOf = ({ cluster, namespace, workload }: MapNode): string =>
  JSON.stringify([cluster, namespace, workload]);

const edgeKey = ({ client, server, seenBy }: ServiceCalls): string => keyOf(client) + keyOf(server) + seenBy;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
