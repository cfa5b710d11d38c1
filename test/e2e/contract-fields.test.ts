import { describe, expect, test } from 'vitest';
import { analyze, count, describeFields } from '../support/answers.ts';
import { useSampledProduct } from './sampled-product.ts';

const running = useSampledProduct('sdk-1');

/** CONTRACT section 5: the names in brackets. */
const aliases = {
  logs: {
    pod: 'pod_name',
    container: 'container_name',
    node: 'node_name',
    host: 'node_name',
    app_service: 'service',
    service_name: 'service',
    'service.name': 'service',
    severity: 'level',
    message: 'body',
    log: 'body',
  },
  traces: {
    pod: 'pod_name',
    container: 'container_name',
    node: 'node_name',
    host: 'node_name',
    app_service: 'service',
    service_name: 'service',
    'service.name': 'service',
    name: 'operation_name',
    span_name: 'operation_name',
    kind: 'role',
    protocol: 'protocol_type',
    method: 'subtype',
    status_code: 'return_code',
    resource: 'clustered_resource',
  },
};

const builtin = {
  logs: 'timestamp cluster namespace workload pod_name container_name node_name service region app_version source trace_id span_id level format body body_length',
  traces:
    'timestamp cluster namespace workload pod_name container_name node_name service region app_version source trace_id span_id parent_span_id operation_name role status status_message protocol_type subtype return_code clustered_resource duration duration_ms server client server_namespace client_namespace',
};

describe.each(['logs', 'traces'] as const)('%s', (datasource) => {
  const tool = `analyze-${datasource}`;

  test.each(Object.entries(aliases[datasource]))(
    '%s is %s, in filters and as a group',
    async (alias, name) => {
      const { assistant, window } = running();
      const ask = (field: string) =>
        analyze(assistant, tool, { ...window, queryType: 'instant', groupBy: [field], limit: 200 });
      const [asked, plain] = [await ask(alias), await ask(name)];
      expect(asked.series).toEqual(plain.series);
      expect(asked.series.every(({ labels }) => Object.keys(labels).join() === name)).toBe(true);
      expect(asked.notes.join('\n')).toContain(alias);

      const filtered = (field: string) =>
        count(assistant, tool, { ...window, filters: `${field} IS NOT NULL` });
      expect(await filtered(alias)).toBe(await filtered(name));
    },
  );

  test('every built-in field is described', async () => {
    const { assistant, window } = running();
    const { fields } = await describeFields(assistant, { ...window, datasource });
    const described = fields.filter(({ kind }) => kind === 'builtin').map(({ name }) => name);
    expect([...described].sort()).toEqual(builtin[datasource].split(' ').sort());
    expect(fields.filter(({ unit }) => unit).map(({ name, unit }) => [name, unit])).toEqual(
      datasource === 'logs'
        ? [['body_length', 'characters']]
        : [
            ['duration', 'ns'],
            ['duration_ms', 'ms'],
          ],
    );
  });

  test('every built-in field can be a group and a filter', async () => {
    const { assistant, window } = running();
    for (const field of builtin[datasource].split(' ')) {
      const { share_shown } = await analyze(assistant, tool, {
        ...window,
        queryType: 'instant',
        groupBy: [field],
        limit: 200,
      });
      expect(share_shown, field).toBe(1);
      const all = await count(assistant, tool, {
        ...window,
        filters: `${field} IS NULL OR ${field} IS NOT NULL`,
      });
      expect(all, field).toBe(running().sample[datasource === 'logs' ? 'logs' : 'spans'].length);
    }
  });
});

test('attributes are described with their values and how many records have them', async () => {
  const { assistant, window, sample } = running();
  const { fields } = await describeFields(assistant, { ...window, datasource: 'logs' });
  const field = (name: string) => fields.find((one) => one.name === name);
  expect(field('@custom_field')).toMatchObject({ kind: 'attribute' });
  expect([...(field('@custom_field')?.example_values ?? [])].sort()).toEqual(['other', 'value']);
  expect(field('@custom_field')?.coverage).toBeCloseTo(2 / sample.logs.length, 9);
  expect(fields.some(({ name }) => name.includes('customer id'))).toBe(true);
  expect(field('namespace')?.coverage).toBeCloseTo((sample.logs.length - 1) / sample.logs.length, 9);
  expect(field('region')?.coverage).toBeCloseTo(
    sample.logs.filter(({ region }) => region !== undefined).length / sample.logs.length,
    9,
  );
});

test('a part of a name finds fields and attributes, in any case; an empty one finds all', async () => {
  const { assistant, window } = running();
  const names = async (search: string) =>
    (await describeFields(assistant, { ...window, datasource: 'traces', search })).fields.map(
      ({ name }) => name,
    );
  expect([...(await names('DURATION'))].sort()).toEqual(['duration', 'duration_ms']);
  expect(await names('http.')).toEqual(
    expect.arrayContaining(['@http.route', '@http.request.method', '@http.response.status_code']),
  );
  expect((await names('')).length).toBeGreaterThan(30);
});

test('a call names both its ends', async () => {
  const { assistant, window } = running();
  const groups = async (filters: string, field: string) => {
    const { series } = await analyze(assistant, 'analyze-traces', {
      ...window,
      queryType: 'instant',
      filters,
      groupBy: [field],
    });
    return series.map(({ labels, value }) => [labels[field], value]);
  };
  expect(await groups('service = checkout', 'server')).toEqual([['checkout', 100]]);
  expect(await groups('service = auth-service AND role = client', 'client')).toEqual([['auth-service', 6]]);
  expect(await groups('service = auth-service AND method = GET AND protocol_type = HTTP', 'server')).toEqual([
    ['api-server', 1],
  ]);
});
