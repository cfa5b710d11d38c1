import type { Connection } from '../../api/answers.ts';

/** Something to paste, and where. */
export interface Snippet {
  readonly title: string;
  readonly text: string;
}

export interface Client {
  readonly id: string;
  readonly name: string;
  /** What to do with the snippets. */
  readonly how: string;
  readonly snippets: readonly Snippet[];
  readonly note?: string;
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/**
 * Settings of clients of MCP, in the forms that they take as of 2026. `key` is the key or what stands for it.
 */
export function assistants({ mcp_url: url }: Connection, key: string): Client[] {
  const headers = { Authorization: `Bearer ${key}` };
  const { hostname, protocol } = new URL(url);
  const plainHttp = protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return [
    {
      id: 'claude-code',
      name: 'Claude Code',
      how: 'Run this in a terminal, then /mcp in Claude Code shows the server. With --scope user it is there in every project.',
      snippets: [
        {
          title: 'Terminal',
          text: `claude mcp add --transport http kubesense-mcp "${url}" --header "Authorization: Bearer ${key}" --scope user`,
        },
      ],
    },
    {
      id: 'claude-desktop',
      name: 'Claude Desktop',
      how: 'In Settings > Developer > Edit Config, add this and restart Claude Desktop. It needs Node.js, as mcp-remote passes the key on.',
      snippets: [
        {
          title: 'claude_desktop_config.json',
          text: json({
            mcpServers: {
              kubesense: {
                command: 'npx',
                args: [
                  '-y',
                  'mcp-remote',
                  url,
                  '--header',
                  // Without a space behind the colon, which Claude Desktop would take apart on Windows.
                  // biome-ignore lint/suspicious/noTemplateCurlyInString: mcp-remote fills it in
                  'Authorization:${AUTH_HEADER}',
                  ...(plainHttp ? ['--allow-http'] : []),
                ],
                env: { AUTH_HEADER: `Bearer ${key}` },
              },
            },
          }),
        },
        {
          title: 'claude_desktop_config.json, where remote servers are taken in it',
          text: json({ mcpServers: { kubesense: { url, headers } } }),
        },
      ],
    },
    {
      id: 'cursor',
      name: 'Cursor',
      how: 'In Settings > Tools & Integrations > MCP Tools choose “Add new global MCP server”, or write the file yourself. For one project it is .cursor/mcp.json there.',
      snippets: [
        { title: '~/.cursor/mcp.json', text: json({ mcpServers: { 'kubesense-mcp': { url, headers } } }) },
      ],
    },
    {
      id: 'vs-code',
      name: 'VS Code',
      how: 'Put this into the folder you work in, or run “MCP: Open User Configuration” for all folders. VS Code asks for the key once and keeps it out of the file.',
      snippets: [
        {
          title: '.vscode/mcp.json',
          text: json({
            inputs: [
              { type: 'promptString', id: 'kubesense-key', description: 'KubeSense API key', password: true },
            ],
            servers: {
              'kubesense-mcp': {
                type: 'http',
                url,
                // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code fills it in
                headers: { Authorization: 'Bearer ${input:kubesense-key}' },
              },
            },
          }),
        },
      ],
    },
    {
      id: 'other',
      name: 'Any other client',
      how: 'Any client of MCP’s Streamable HTTP transport works, with these two. A client that starts processes can run the server’s stdio command instead.',
      snippets: [
        { title: 'URL', text: url },
        { title: 'Header of every request', text: `Authorization: Bearer ${key}` },
        { title: 'A process on the server’s machine', text: `KUBESENSE_API_KEY=${key} kubesense-mcp stdio` },
      ],
    },
  ];
}

/** Settings of what sends telemetry, and of what reads PromQL. */
export function senders(connection: Connection, key: string): Client[] {
  const { otlp_http_url, otlp_grpc_url, remote_write_url, ingest_needs_key, prometheus_url } = connection;
  const bearer = ingest_needs_key ? `\n    headers:\n      Authorization: "Bearer ${key}"` : '';
  const pipelines = (exporter: string) =>
    ['logs', 'traces', 'metrics']
      .map((signal) => `    ${signal}:\n      exporters: [${exporter}]`)
      .join('\n');
  const exporters: Snippet[] = [];
  if (otlp_http_url !== null) {
    exporters.push({
      title: 'Collector configuration, OTLP over HTTP',
      text: `exporters:\n  otlphttp/kubesense:\n    endpoint: ${otlp_http_url}${bearer}\n\nservice:\n  pipelines:\n${pipelines('otlphttp/kubesense')}`,
    });
  }
  if (otlp_grpc_url !== null) {
    const { protocol, host } = new URL(otlp_grpc_url);
    const tls = protocol === 'https:' ? '' : '\n    tls:\n      insecure: true';
    exporters.push({
      title: 'Collector configuration, OTLP over gRPC',
      text: `exporters:\n  otlp/kubesense:\n    endpoint: ${host}${tls}${bearer}\n\nservice:\n  pipelines:\n${pipelines('otlp/kubesense')}`,
    });
  }
  const clients: Client[] = [];
  if (exporters.length > 0) {
    clients.push({
      id: 'collector',
      name: 'OpenTelemetry Collector',
      how: 'Add the exporter, and name it in the pipelines whose telemetry is to be asked about.',
      snippets: exporters,
    });
  }
  if (remote_write_url !== null) {
    const credentials = ingest_needs_key ? `\n    authorization:\n      credentials: ${key}` : '';
    clients.push({
      id: 'prometheus',
      name: 'Prometheus remote write',
      how: 'Add this to Prometheus, or to any agent that speaks remote write.',
      snippets: [
        { title: 'prometheus.yml', text: `remote_write:\n  - url: ${remote_write_url}${credentials}` },
      ],
    });
  }
  clients.push({
    id: 'promql',
    name: 'Grafana, PromQL',
    how: 'Add a data source of type Prometheus, with this URL and header. It asks, so it takes a key with the role Query.',
    snippets: [
      { title: 'Prometheus server URL', text: prometheus_url },
      { title: 'HTTP header', text: `Authorization: Bearer ${key}` },
    ],
  });
  return clients;
}
