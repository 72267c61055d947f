import { configDefaults, defineConfig } from 'vitest/config';

/** They look at every process of the machine, or race a clock sixty times as fast as it should be. */
const alone = ['test/e2e/auth-secrets.test.ts', 'test/e2e/daemon-*.test.ts', 'test/e2e/gateway-kill.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...alone],
          // Much of what is tested waits for processes and disks: one file at a time would leave the processor idle.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/core/**', 'src/commands/**', 'src/daemon/**'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 90 },
    },
  },
});
