/**
 * Made-up secrets of every form, in parts, so that no scanner of repositories takes them for real ones:
 * the kind, a text, and what of the text must not be shown.
 */
export interface SecretCase {
  readonly kind: string;
  readonly text: string;
  readonly secret: string;
}

const letters = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0hL';
/** A text of letters and digits of any length. */
const random = (length: number, alphabet = letters): string =>
  Array.from({ length }, (_, i) => alphabet.charAt((i * 7 + length) % alphabet.length)).join('');
const hex = (length: number): string => random(length, '0123456789abcdef');

export const jwt = `${'eyJ'}hbGciOiJIUzI1NiJ9.${'eyJ'}zdWIiOiJmZHNlIn0.${random(43)}`;
export const pem = [
  `-----BEGIN ${'RSA PRIVATE'} KEY-----`,
  ...Array.from({ length: 3 }, (_, i) => random(60 + i)),
  `-----END ${'RSA PRIVATE'} KEY-----`,
].join('\n');
export const ownKey = `ks_${random(12, '0123456789abcdefghjkmnpqrstvwxyz')}_${random(40, '0123456789abcdefghjkmnpqrstvwxyz')}`;
const card = '4111 1111 1111 1111';

const whole = (kind: string, secret: string): SecretCase => ({ kind, text: `got ${secret} here`, secret });
const within = (kind: string, text: string, secret: string): SecretCase => ({ kind, text, secret });

export const secretCases: readonly SecretCase[] = [
  whole('kubesense_key', ownKey),
  whole('jwt', jwt),
  within('jwt', `session-${jwt};x`, jwt),
  whole('aws_key', `AK${'IA'}${random(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`),
  within('secret', `aws_secret_access_key = ${random(40)}`, random(40)),
  whole('google_key', `AI${'za'}${random(35)}`),
  whole('google_key', `ya${'29.'}${random(60)}`),
  whole('google_key', `GOCSPX${'-'}${random(28)}`),
  whole('azure_key', `abc8${'Q~'}${random(34)}`),
  within('azure_key', `AccountName=x;AccountKey=${random(86)}==;EndpointSuffix=y`, `${random(86)}==`),
  within('azure_key', `https://x.blob.example/c?sv=2022&sig=${random(43)}%3D&se=1`, `${random(43)}%3D`),
  whole('github_token', `gh${'p_'}${random(36)}`),
  whole('github_token', `github${'_pat_'}${random(22)}_${random(59)}`),
  whole('gitlab_token', `gl${'pat-'}${random(20)}`),
  whole('slack_token', `xo${'xb-'}123456789012-${random(24)}`),
  within('slack_token', `https://hooks.slack.com/services/T0/B0/${random(24)}`, `T0/B0/${random(24)}`),
  whole('stripe_key', `sk_${'live_'}${random(24)}`),
  whole('stripe_key', `wh${'sec_'}${random(32)}`),
  whole('api_key', `sk-${'ant-'}api03-${random(80)}`),
  whole('api_key', `sk-${random(48)}`),
  whole('api_key', `np${'m_'}${random(36)}`),
  whole('api_key', `S${'G.'}${random(22)}.${random(43)}`),
  whole('api_key', `hv${'s.'}${random(24)}`),
  whole('api_key', `dop${'_v1_'}${hex(64)}`),
  within('bearer_token', `Authorization: Bearer ${random(20)}`, random(20)),
  within('bearer_token', `{"authorization":"Bearer ${random(20)}"}`, random(20)),
  within('bearer_token', `authorization=${random(20)}`, random(20)),
  within('basic_auth', 'proxy-authorization: Basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA=='),
  within('cookie', `Set-Cookie: sid=${random(20)}; Path=/; HttpOnly`, random(20)),
  within('private_key', pem, random(60)),
  within('private_key', `key: ${pem.replaceAll('\n', '\\n')} rest`, random(61)),
  within('private_key', pem.slice(0, 150), random(60)),
  within('password', 'postgres://app:hunter2@db:5432/shop', 'hunter2'),
  within('password', 'amqp://app:p@ss:w@rd@queue/x failed', 'p@ss:w@rd'),
  within('password', 'redis://:hunter2@cache:6379', 'hunter2'),
  within('password', 'app:hunter2@tcp(db:3306)/shop', 'hunter2'),
  within('password', 'password=hunter2', 'hunter2'),
  within('password', 'LoginDto(username=bob, password=correcthorse)', 'correcthorse'),
  within(
    'password',
    '{"user":"bob","password":"correct horse, \\"battery\\""}',
    'correct horse, \\"battery\\"',
  ),
  within('password', '{\\"passwd\\":\\"hunter2\\"}', 'hunter2'),
  within('password', 'body = "{""password"":""hunter2"", ""a"":1}"', 'hunter2'),
  within('password', '"{\\\\""passwd\\\\"":\\\\""hunter2\\\\""}"', 'hunter2'),
  within('password', '{""password"":12345678}', '12345678'),
  within('password', JSON.stringify('a {\\""passwd\\"":\\""hunter2\\""}'), 'hunter2'),
  within('password', '""{password:hunter2}""', 'hunter2'),
  within('password', "x = 'CREATE USER app IDENTIFIED BY ''hunter2'''", 'hunter2'),
  within('password', "{'passwd': 'hunter2'}", 'hunter2'),
  within('password', '{"password":12345678}', '12345678'),
  within('password', 'spring.datasource.password: hunter2', 'hunter2'),
  within('password', 'password: correcthorse\nuser: bob', 'correcthorse'),
  within('password', 'DB_PASSWORD=hunter2 ./run', 'hunter2'),
  within('password', 'Server=db;User=app;Pwd=hunter2;Database=x', 'hunter2'),
  within('password', 'run --db-password hunter2 --verbose', 'hunter2'),
  within('password', 'curl -u bob:hunter2 http://x', 'hunter2'),
  within('password', "CREATE USER app IDENTIFIED BY 'hunter2'", 'hunter2'),
  within('password', "ALTER ROLE app PASSWORD 'hunter2'", 'hunter2'),
  within('password', '<password>hunter2</password>', 'hunter2'),
  within('password', '/login?user=bob&password=hunter2&next=/', 'hunter2'),
  within('token', `refresh_token=${random(30)}&x=1`, random(30)),
  within('token', `"accessToken" : "${random(30)}"`, random(30)),
  within('token', `JSESSIONID=${hex(32)}`, hex(32)),
  within('secret', `X-API-Key: ${hex(32)}`, hex(32)),
  within('secret', `client_secret => '${random(30)}'`, random(30)),
  within('card_number', `card ${card}.`, card),
  within('card_number', '{"pan":"5555555555554444"}', '5555555555554444'),
  within('card_number', 'amex 3782-822463-10005', '3782-822463-10005'),
];

/** What reads like a secret and is none. */
export const harmless: readonly string[] = [
  'trace_id=6f3cbf058c2765548a39ad724905d6a1 span_id=5172871048023241',
  'SpanID: 5172871048023241',
  '550e8400-e29b-41d4-a716-446655440000',
  'commit 5f3cbf058c2765548a39ad724905d6a1deadbeef',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  '2023-01-29T10:29:51.123456789Z 1674988191123456789 1674988191123',
  'token expired',
  'token: expired',
  'Invalid token: not found',
  'token=null',
  'access_token is missing',
  'password: must not be empty',
  'invalid password: user bob',
  'Password: required',
  'password=null',
  'password="", user="bob"',
  '{"password":"","user":"bob"}',
  'password=***',
  'password={{ .Values.password }}',
  `password=${'$'}{DB_PASSWORD}`,
  'passwordEncoder=BCrypt',
  'resetPassword(user)',
  'Bearer authentication failed',
  'bearer token expired',
  'basic information',
  'Basic authentication is off',
  'authorization: permission denied',
  'PWD=/home/app',
  'tests: pass=12 fail=0',
  'secretName: tls-cert',
  'secret="kube-system/tls"',
  'http://example.com:8080/path?x=a@b.com',
  'http://user@host/path',
  'max_tokens=4096',
  'keyboard: qwerty',
  'monkey=banana1234567',
  '4111 1111 1111 1112',
  '1234567890123456',
  'memory 4294967296000',
  'orderId 4000000000000',
  'pod checkout-5c66d57d58-6mp2b',
  'eyJ',
  'ghp_',
  'risk_test_results',
  'disk_live_bytes',
  'task-force-one',
  'https://github.com/a/b@v1.2.3',
  'user@tcp(db:3306)',
];
