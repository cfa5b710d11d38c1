import { z } from 'zod';
import { changeLimit } from '../../query/kubernetes-changes.ts';
import type { Queries } from '../../query/queries.ts';
import { changeKinds } from '../../telemetry/kubernetes/change.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { kubernetesChangesJson, kubernetesChangesText } from '../render/kubernetes-changes.ts';
import { presentation, window } from './parameters.ts';

/** What changed in the cluster. */
export function getKubernetesChanges(queries: Queries): Tool {
  return defineTool({
    name: 'get-kubernetes-changes',
    title: 'List what changed in Kubernetes',
    description: `Lists what changed in the cluster in a time window, in order of time: rollouts (version, image, limits, env), ConfigMaps, scaling, restarts, OOM kills, failed scheduling, probes, image pulls, evictions, conditions of nodes, pods that came and went. Each with onset, place, from → to, how often, and who says so: Kubernetes events, objects, metrics, or the spans and logs themselves. The first line says of which kinds nothing stored would tell.

Use it first when something broke and nobody knows why. What logs say about it: find-log-patterns; values of one metric: analyze-metrics.`,
    input: z.strictObject({
      ...window,
      namespace: z.string().optional(),
      workload: z.string().describe('Deployment, statefulset, … and the nodes of its pods').optional(),
      cluster: z.string().optional(),
      kinds: z
        .array(z.string())
        .describe(`Of ${changeKinds.join(', ')}`)
        .optional(),
      limit: z.int().min(1).max(changeLimit.max).default(changeLimit.standard),
      ...presentation,
    }),
    aliases: {
      service: 'workload',
      deployment: 'workload',
      kind: 'kinds',
      type: 'kinds',
      types: 'kinds',
    },
    run: ({ from_time, to_time, namespace, workload, cluster, kinds, limit }, call) =>
      queries.kubernetesChanges(
        { fromTime: from_time, toTime: to_time, namespace, workload, cluster, kinds, limit },
        call,
      ),
    found: ({ changes }) => ({ rows: changes.length }),
    render: { compact: kubernetesChangesText, json: kubernetesChangesJson },
  });
}
