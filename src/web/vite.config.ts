/** How the pages are built to dist/web, and served while they are worked on. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The server that `npm run dev:web` asks. */
const SERVER = process.env.GENCHI_URL ?? 'http://127.0.0.1:4600';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: fileURLToPath(new URL('../../dist/web/', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the pages knows no data: addresses for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: Object.fromEntries(
      [
        '/graphql',
        '/session',
        '/login',
        '/logout',
        '/id/',
        '/postmortems',
        '/sparql',
        '/queries',
        '/log/',
      ].map((path) => [path, { target: SERVER, changeOrigin: true }]),
    ),
  },
});
