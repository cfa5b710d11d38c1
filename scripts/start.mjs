// `npm start`: installs what is missing, builds, and serves. Arguments after `--` go to `serve`.
import { build, install } from './setup.mjs';

install();
build();
process.argv.splice(1, 1, 'kubesense-mcp');
process.argv.splice(2, 0, 'serve');
await import('../dist/cli.js');
