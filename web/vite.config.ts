import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Static files for dist/web. `__CSP_NONCE__` in index.html is replaced by the server in every response. */
export default defineConfig({
  root: here('.'),
  plugins: [react()],
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // light-dark() and nesting stay as written.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    // A strict policy allows no data: scripts or fonts; small images would gain nothing.
    assetsInlineLimit: 0,
    // One stylesheet: it is small, and the order of layers must not hang on which chunk comes first.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'shell',
              test: /node_modules[\\/](react|react-dom|scheduler|react-aria|react-aria-components|react-stately|@react-aria|@react-stately|@internationalized|lucide-react|react-hook-form|@tanstack[\\/](?!react-virtual|virtual-core))[\\/]/,
            },
            { name: 'common', test: /web[\\/]src[\\/](components|lib)[\\/]/, minShareCount: 3 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': { target: process.env.SLUICE_API ?? 'http://127.0.0.1:8321', changeOrigin: false } },
  },
});
