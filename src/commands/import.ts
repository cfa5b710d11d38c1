import { Command } from 'commander';
import { openBackend } from '../backend.ts';
import { Decoder } from '../ingest/decoder.ts';
import { type ImportProgress, type ImportResult, importFiles } from '../ingest/import.ts';
import { createLog } from '../observe/log.ts';
import { addSettings, readConfig, settingNames } from './command-line.ts';

/** `kubesense-mcp import`: loads files of OTLP JSON lines, beside a running server or without one. */
export function importCommand(): Command {
  const names = settingNames.filter((name) => !/listen|session|host|public|api_key/.test(name));
  const command = new Command('import')
    .description('load files of OTLP JSON lines, also gzip')
    .argument('<path...>', 'files, or folders of them');
  return addSettings(command, names).action(async (paths: string[]) => {
    const config = readConfig(command);
    const log = createLog(config.log_level === 'info' ? 'warn' : config.log_level);
    const backend = await openBackend({ config, log, share: true });
    const decoder = new Decoder();
    try {
      const showProgress = progressLine(process.stderr);
      const result = await importFiles({
        paths,
        decoder,
        sink: backend.store,
        keepsMetrics: backend.metricsHost === undefined,
        now: Date.now,
        onProgress: showProgress,
      });
      const stored = result.logs.stored + result.traces.stored + result.metrics.stored;
      showProgress({ file: '', readBytes: 1, totalBytes: 1, stored });
      process.stdout.write(report(result));
      if (result.brokenLines > 0) process.exitCode = 1;
    } finally {
      await decoder.close();
      await backend.close();
    }
  });
}

/** Shows how far it is, on one line of a terminal; a file gets a line for each tenth. */
function progressLine(output: NodeJS.WriteStream): (progress: ImportProgress) => void {
  let shown = -1;
  return ({ readBytes, totalBytes, stored }) => {
    const share = totalBytes === 0 ? 100 : Math.floor((100 * readBytes) / totalBytes);
    const step = output.isTTY ? share : Math.floor(share / 10) * 10;
    if (step === shown) return;
    shown = step;
    const text = `${step} %, ${stored.toLocaleString('en')} records stored`;
    output.write(output.isTTY ? `\r${text}${share === 100 ? '\n' : ''}` : `${text}\n`);
  };
}

function report({
  logs,
  traces,
  metrics,
  files,
  lines,
  brokenLines,
  broken,
  skippedFiles,
}: ImportResult): string {
  const text = [`${lines} lines of ${files} ${files === 1 ? 'file' : 'files'}`];
  const signals = { logs, spans: traces, 'data points': metrics };
  for (const [name, { stored, rejected, rejections, warnings }] of Object.entries(signals)) {
    text.push(`${name}: ${stored} stored, or stored before; ${rejected} rejected`);
    for (const { count, reason } of rejections) text.push(`  rejected ${count}: ${reason}`);
    for (const { count, reason } of warnings) text.push(`  changed ${count}: ${reason}`);
  }
  for (const file of skippedFiles) text.push(`passed over: ${file}`);
  for (const { file, line, message } of broken) text.push(`${file}, line ${line}: ${message}`);
  if (brokenLines > broken.length) text.push(`… and ${brokenLines - broken.length} more broken lines`);
  return `${text.join('\n')}\n`;
}
