import type { Signal } from '../telemetry/fields.ts';

/** What OTLP exports. */
export type ExportSignal = Signal | 'metrics';
