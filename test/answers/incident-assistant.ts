import { at, incidentEvents, incidentMetrics, newPod, nodeEvent, oldPod } from '../kubernetes/incident.ts';
import { cartDeployment, configMap, pulled, secret, watched } from '../kubernetes/objects.ts';
import { k8sEvents, k8sObjects, logs, metrics, objectRecords, spans } from '../kubernetes/otlp.ts';
import { openClusterWorld } from '../kubernetes/world.ts';
import type { Assistant } from '../support/assistants.ts';
import { startTestEngine } from '../support/store.ts';
import { connectAssistant } from './connect-assistant.ts';

/** When the clock of the server stands, ms since the epoch. */
const clock = at(90);

/** The deployment before and after the rollout, as it is watched. */
const rollout = [
  watched(-60 * 3, cartDeployment(), 'ADDED'),
  watched(
    20,
    cartDeployment({
      generation: 5,
      image: 'registry.local/shop/cart:1.1.0',
      memory: '64Mi',
      env: [
        { name: 'DB_PASSWORD', value: 'hunter2secret' },
        { name: 'CACHE', value: 'on' },
      ],
      metadata: {
        annotations: { 'kubernetes.io/change-cause': 'helm upgrade cart --version 1.1.0' },
        managedFields: [{ manager: 'helm', operation: 'Update', time: '2025-02-06T10:19:58Z' }],
      },
    }),
  ),
];

/** Looked at every quarter of an hour. */
const configuration = pulled([-30, 75, 15], (minute) => [
  configMap('cart-config', { 'app.yaml': minute < 15 ? 'pool: 50' : 'pool: 500', flags: 'a' }),
  secret('cart-db', { password: minute < 30 ? 'aHVudGVyMg==' : 'aHVudGVyMw==' }),
]);

/**
 * An MCP client of a server over an incident in a cluster: a rollout to a version that dies of its memory limit, as
 * both receivers of events, objects, metrics, logs and spans tell it.
 */
export async function startIncidentAssistant(): Promise<Assistant> {
  const engine = await startTestEngine();
  const world = await openClusterWorld(engine, { database: 'default', clock });
  await world.send('logs', k8sEvents(incidentEvents, 'events/v1'));
  await world.send('logs', k8sObjects([...incidentEvents, nodeEvent]));
  await world.send('logs', objectRecords([...rollout, ...configuration]));
  await world.send('metrics', metrics(incidentMetrics));
  await world.send('logs', logs(oldPod));
  await world.send('traces', spans(newPod));
  return connectAssistant(world.queries, BigInt(clock) * 1_000_000n, async () => {
    await world.close();
    await engine.close();
  });
}
