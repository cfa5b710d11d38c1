import { KeyStore } from './access/key-store.ts';
import { firstThatKnows, type KeyVerifier } from './access/key-verifier.ts';
import { MountedKeys } from './access/mounted-keys.ts';
import { createPlatformClient } from './access/platform-client.ts';
import { PlatformKeys } from './access/platform-keys.ts';
import type { Principal } from './access/principal.ts';
import { type Config, ConfigError } from './config.ts';
import { isLoopback } from './http/host-guard.ts';
import type { Logger } from './observe/log.ts';

export interface KeyProviders {
  /** The keys in the data folder, the only ones that can be made and revoked here. */
  readonly store: KeyStore;
  /** All that the configuration names: the data folder, then the mounted file, then the platform. */
  readonly verifier: KeyVerifier;
  /** Whose keys are in the mounted file; absent where there is none. */
  readonly mounted: ((now: Date) => Promise<readonly Principal[]>) | undefined;
  close(): Promise<void>;
}

/** @throws ConfigError, KeyFileError with a line for whoever starts the server */
export async function openKeyProviders(config: Config, log: Logger): Promise<KeyProviders> {
  const platform = config.platform_url === undefined ? undefined : platformUrl(config.platform_url, log);
  const mounted =
    config.api_keys_file === undefined
      ? undefined
      : await MountedKeys.open({ path: config.api_keys_file, log });
  const store = new KeyStore({ folder: config.data_dir, log });
  const verifiers: KeyVerifier[] = [store];
  if (mounted !== undefined) verifiers.push(mounted);
  if (platform !== undefined) {
    const ask = createPlatformClient(platform);
    verifiers.push(new PlatformKeys({ ask, graceMs: config.platform_grace * 1000, log }));
  }
  return {
    store,
    verifier: firstThatKnows(verifiers),
    mounted: mounted && ((now) => mounted.list(now)),
    async close() {
      mounted?.close();
      await store.close();
    },
  };
}

function platformUrl(text: string, log: Logger): URL {
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError(
      'KUBESENSE_PLATFORM_URL: takes a URL without user and password: the key is what it is asked about',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    log.warn({ host: url.host }, 'KUBESENSE_PLATFORM_URL: keys travel to the platform unencrypted');
  }
  return url;
}
