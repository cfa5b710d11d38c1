// Makes keys with the compiled store, as one of several processes at once: FOLDER NAME COUNT.
import { pino } from 'pino';
import { KeyStore } from '../../dist/access/key-store.js';

const [folder, name, count] = process.argv.slice(2);
const store = new KeyStore({ folder, log: pino({ level: 'silent' }) });
for (let i = 0; i < Number(count); i++) {
  const { key } = await store.create({ name: `${name}-${i}` }, new Date());
  process.stdout.write(`${key}\n`);
}
