import { isLoopback } from './host-guard.ts';
import { formatAddress, type ListenAddress } from './listen-address.ts';
import { ListenError } from './listener.ts';

/**
 * Refuses to listen where other machines can read the keys that are sent.
 *
 * @param setting the setting that the address is from, for the error: `KUBESENSE_LISTEN`
 * @param isSecured whether the listener speaks TLS, or the operator says that a proxy in front of it does
 * @throws ListenError
 */
export function refuseExposure(setting: string, address: ListenAddress | 'off', isSecured: boolean): void {
  if (address === 'off' || isSecured || isLoopback(address.host)) return;
  throw new ListenError(
    `${setting}: keys would travel unencrypted to ${formatAddress(address)}; set KUBESENSE_TLS_CERT_FILE and KUBESENSE_TLS_KEY_FILE, or --behind-proxy (KUBESENSE_BEHIND_PROXY=on) where a proxy with TLS is in front of it, or listen on ${formatAddress({ host: '127.0.0.1', port: address.port })}.`,
  );
}
