/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const root = import.meta.dirname
const server = 'http://127.0.0.1:1080'
const serverPaths = [
  '/api',
  '/files',
  '/nuxeo',
  '/ChunkedUploader.ashx',
  '/health',
  '/metrics',
  '/openapi.json',
  '/docs',
]

export default defineConfig({
  root: `${root}/web`,
  plugins: [react()],
  build: { outDir: process.env.SLIPWAY_WEB_OUT ?? `${root}/.build/web`, emptyOutDir: true },
  server: { proxy: Object.fromEntries(serverPaths.map((path) => [path, { target: server }])) },
  test: {
    root,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          testTimeout: 20_000,
          include: ['server/**/*.test.ts', 'web/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/*.http.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'http',
          include: ['server/**/*.http.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
