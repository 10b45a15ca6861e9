import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// The page is served under a content security policy without `data:` sources, so nothing is inlined.
export default defineConfig({
  plugins: [vue()],
  build: { outDir: '../web/dist', emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { port: 8001, proxy: { '/api': 'http://127.0.0.1:8000', '/readyz': 'http://127.0.0.1:8000' } },
})
