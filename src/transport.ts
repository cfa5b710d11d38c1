import { type Config, ConfigError } from './config.ts';
import { refuseExposure } from './http/exposure.ts';
import { isLoopback } from './http/host-guard.ts';
import type { RequestHandler } from './http/http-server.ts';
import { setSecurityHeaders, setTransportSecurity } from './http/json-response.ts';
import { refuseKeyInUrl } from './http/key-in-url.ts';
import type { ListenAddress } from './http/listen-address.ts';
import { TlsFiles } from './http/tls-files.ts';
import type { Logger } from './observe/log.ts';

/**
 * The certificate of all listeners, if there is one.
 *
 * @throws ConfigError one of the two files is not set
 * @throws TlsError they can't be used
 * @throws ListenError a listener would take keys unencrypted from other machines
 */
export async function openTransport(config: Config, log: Logger): Promise<TlsFiles | undefined> {
  const { tls_cert_file: certFile, tls_key_file: keyFile } = config;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [set, missing] = certFile === undefined ? ['KEY', 'CERT'] : ['CERT', 'KEY'];
    throw new ConfigError(`KUBESENSE_TLS_${set}_FILE: takes KUBESENSE_TLS_${missing}_FILE beside it`);
  }
  const isSecured = certFile !== undefined || config.behind_proxy === 'on';
  refuseExposure('KUBESENSE_LISTEN', config.listen, isSecured);
  refuseExposure('KUBESENSE_OTLP_HTTP_LISTEN', config.otlp_http_listen, isSecured);
  if (certFile === undefined || keyFile === undefined) return undefined;
  return TlsFiles.open({ certFile, keyFile, log });
}

/** What listeners speak themselves; a proxy in front of them may speak something else. */
export const schemeOf = (config: Config): 'http' | 'https' =>
  config.tls_cert_file === undefined ? 'http' : 'https';

/** Whether only programs on this machine can reach a listener: through a proxy others do too. */
export function needsNoKey({ host }: ListenAddress, { behind_proxy }: Config): boolean {
  return behind_proxy === 'off' && isLoopback(host);
}

/** What holds for each request of each listener, whoever answers it. */
export function hardened(handler: RequestHandler, config: Config): RequestHandler {
  const isHttps = schemeOf(config) === 'https' || config.public_url?.startsWith('https:') === true;
  return (request, response) => {
    setSecurityHeaders(response);
    if (isHttps) setTransportSecurity(request, response);
    refuseKeyInUrl(request.url);
    return handler(request, response);
  };
}
