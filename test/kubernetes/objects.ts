import { at } from './incident.ts';
import type { SentObject } from './otlp.ts';

type Json = Readonly<Record<string, unknown>>;

const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Long before every window. */
const longAgo = at(-90 * 24 * 60);

interface Made {
  /** ms since the epoch. */
  readonly created?: number;
  readonly namespace?: string | undefined;
  readonly metadata?: Json;
}

function objectOf(kind: string, name: string, { created = longAgo, namespace, metadata }: Made, rest: Json) {
  return {
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid: `uid-of-${kind}-${name}-${created}`,
      creationTimestamp: iso(created),
      ...metadata,
    },
    ...rest,
  };
}

type Sent = Pick<SentObject, 'resource' | 'object'>;

export interface CartSpec {
  readonly generation?: number;
  readonly replicas?: number;
  readonly image?: string;
  readonly memory?: string;
  readonly env?: readonly Json[];
  readonly more?: Json;
  readonly metadata?: Json;
  readonly status?: Json;
  readonly args?: readonly string[];
}

/** The deployment `shop/cart`, which takes its settings from the ConfigMap `cart-config`. */
export function cartDeployment({
  generation = 4,
  replicas = 2,
  image = 'registry.local/shop/cart:1.0.0',
  memory = '256Mi',
  env = [{ name: 'DB_PASSWORD', value: 'hunter2secret' }],
  args = ['--verbose'],
  more = {},
  metadata = {},
  status = { observedGeneration: generation, replicas },
}: CartSpec = {}): Sent {
  const resources = { limits: { memory, cpu: '500m' }, requests: { memory } };
  return {
    resource: 'deployments',
    object: objectOf(
      'Deployment',
      'cart',
      { namespace: 'shop', metadata: { generation, labels: { app: 'cart' }, ...metadata } },
      {
        spec: {
          replicas,
          template: {
            spec: {
              containers: [
                {
                  name: 'app',
                  image,
                  args,
                  resources,
                  env,
                  envFrom: [{ configMapRef: { name: 'cart-config' } }],
                },
              ],
            },
          },
          ...more,
        },
        status,
      },
    ),
  };
}

export const configMap = (name: string, data: Json, made: Made = {}): Sent => ({
  resource: 'configmaps',
  object: objectOf('ConfigMap', name, { namespace: 'shop', ...made }, { data }),
});

export const secret = (name: string, data: Json): Sent => ({
  resource: 'secrets',
  object: objectOf('Secret', name, { namespace: 'shop' }, { type: 'Opaque', data }),
});

export const autoscaler = (minReplicas: number, maxReplicas: number): Sent => ({
  resource: 'horizontalpodautoscalers',
  object: objectOf(
    'HorizontalPodAutoscaler',
    'cart-hpa',
    { namespace: 'shop' },
    { spec: { minReplicas, maxReplicas, scaleTargetRef: { kind: 'Deployment', name: 'cart' } } },
  ),
});

/** The node `node-1`, whose heart beats at each time that it is asked for. */
export const node = (
  ready: 'True' | 'False' | 'Unknown',
  { spec = {}, beat = 0, since = longAgo }: { spec?: Json; beat?: number; since?: number } = {},
): Sent => ({
  resource: 'nodes',
  object: objectOf(
    'Node',
    'node-1',
    {},
    {
      spec: { podCIDR: '10.0.0.0/24', ...spec },
      status: {
        conditions: [
          { type: 'Ready', status: ready, lastHeartbeatTime: iso(at(beat)), lastTransitionTime: iso(since) },
        ],
        nodeInfo: { kubeletVersion: 'v1.31.1' },
      },
    },
  ),
});

/** A pod of the deployment, with the restarts of its container and what that ended with last. */
export const pod = (
  name: string,
  {
    restarts = 0,
    endedBy,
    ended = 0,
    phase = 'Running',
    ...made
  }: Made & { restarts?: number; endedBy?: string; ended?: number; phase?: string } = {},
): Sent => ({
  resource: 'pods',
  object: objectOf(
    'Pod',
    name,
    {
      namespace: 'shop',
      metadata: { ownerReferences: [{ kind: 'ReplicaSet', name: name.replace(/-[^-]*$/, '') }] },
      ...made,
    },
    {
      spec: { nodeName: 'node-1' },
      status: {
        phase,
        containerStatuses: [
          {
            name: 'app',
            restartCount: restarts,
            state: { running: { startedAt: iso(longAgo) } },
            ...(endedBy !== undefined && {
              lastState: { terminated: { reason: endedBy, exitCode: 137, finishedAt: iso(ended) } },
            }),
          },
        ],
      },
    },
  ),
});

/** Looked at every so many minutes, as the receiver does in pull mode: what there is then, by the minute. */
export function pulled(
  [from, to, every]: readonly [from: number, to: number, every: number],
  objectsAt: (minute: number) => readonly Sent[],
): SentObject[] {
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => from + i * every).flatMap(
    (minute) => objectsAt(minute).map((one) => ({ ...one, time: at(minute), cluster: 'eu' })),
  );
}

/** As the receiver sends a change in watch mode. */
export const watched = (
  minute: number,
  sent: Sent,
  change: SentObject['change'] = 'MODIFIED',
): SentObject => ({ ...sent, time: at(minute), cluster: 'eu', ...(change !== undefined && { change }) });
