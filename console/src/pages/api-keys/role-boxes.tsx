import { roles as allRoles, type Role } from '../../api/answers.ts';
import { Checkbox } from '../../components/checkbox.tsx';
import styles from './api-keys.module.css';

const texts: Readonly<Record<Role, { readonly label: string; readonly hint: string }>> = {
  query: { label: 'Query', hint: 'Ask with an MCP client, or through the Prometheus API.' },
  ingest: { label: 'Ingest', hint: 'Send logs, traces and metrics.' },
  admin: { label: 'Admin', hint: 'Sign in here, generate and revoke keys, read the audit.' },
};

export interface RoleBoxesProps {
  readonly roles: readonly Role[];
  readonly error: string | undefined;
  onChange(roles: readonly Role[]): void;
}

export function RoleBoxes({ roles, error, onChange }: RoleBoxesProps) {
  return (
    <fieldset className={styles.roles}>
      <legend className={styles.legend}>Roles</legend>
      {allRoles.map((role) => (
        <Checkbox
          key={role}
          {...texts[role]}
          checked={roles.includes(role)}
          onChange={(checked) =>
            onChange(allRoles.filter((one) => (one === role ? checked : roles.includes(one))))
          }
        />
      ))}
      {error && <p role="alert">{error}</p>}
    </fieldset>
  );
}
