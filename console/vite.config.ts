import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const api = 'http://127.0.0.1:3939';

/**
 * The console is static files under dist/console-pages; dist/console is src/console. The pages' content security
 * policy allows nothing inline, so nothing is inlined. `npm run dev:console` hands its API on to a server on
 * KUBESENSE_LISTEN's default.
 */
export default defineConfig({
  root: folder('.'),
  base: './',
  build: {
    outDir: folder('../dist/console-pages'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    modulePreload: { polyfill: false },
    // The tokenizer's vocabulary is one lazily loaded file of 2 MB.
    chunkSizeWarningLimit: 2500,
    reportCompressedSize: false,
    // "use client" of Base UI's files means nothing here.
    rolldownOptions: {
      onLog: (level, log, handle) => log.code === 'MODULE_LEVEL_DIRECTIVE' || handle(level, log),
    },
  },
  // The API refuses requests of other origins, other ports included.
  server: { proxy: { '/api': { target: api, changeOrigin: true, headers: { origin: api } } } },
});
