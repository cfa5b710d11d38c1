import { expect, test } from 'vitest';
import { workloadCases } from '../../test/support/workload-cases.ts';
import { workloadOf } from './workload.ts';

test.each(workloadCases)('the workload of $attributes is $workload', ({ attributes, workload }) => {
  expect(workloadOf((name) => attributes[name])).toBe(workload);
});
