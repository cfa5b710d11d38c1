/** A dozen cases that together touch counts, percentiles, groups, series and rows of both signals. */
export const keyCases = [
  'logs: all',
  'logs: by level',
  'logs: services with the most errors',
  'logs: failed routes of ts-basic-service',
  'logs: errors of one pod',
  'logs: p95 of body_length by level',
  'logs: levels every 5 minutes',
  'logs: newest errors',
  'traces: all',
  'traces: by request method',
  'traces: p99 of ts-seat-service from 08:40:00 to 10:30:00',
  'traces: p99 every 5 minutes of the three slowest services',
  'traces: slowest',
] as const;
