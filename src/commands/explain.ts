import { AccessError } from '../access/authenticator.ts';
import { KeyFileError } from '../access/key-file.ts';
import { ConfigError } from '../config.ts';
import { ListenError } from '../http/listener.ts';
import { TlsError } from '../http/tls-files.ts';
import { ImportError } from '../ingest/import.ts';
import { EngineError } from '../store/engine/engine.ts';
import { StoreError } from '../store/store-error.ts';
import { InputError } from '../telemetry/input-error.ts';

const forPeople = [
  AccessError,
  ConfigError,
  EngineError,
  ImportError,
  InputError,
  KeyFileError,
  ListenError,
  TlsError,
];

/** One line that tells a person at a terminal what went wrong. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [line = ''] = error.message.split('\n');
  if (error instanceof StoreError) return `${storeFailure(error)}: ${line}`;
  return forPeople.some((known) => error instanceof known) ? line : `unexpected error: ${line}`;
}

function storeFailure({ kind }: StoreError): string {
  switch (kind) {
    case 'unavailable':
      return "the store can't be reached";
    case 'denied':
      return 'the store refuses the user or the password';
    default:
      return 'the store failed';
  }
}
