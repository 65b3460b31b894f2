import { configDefaults, defineConfig } from 'vitest/config';

/** `vitest run` is everything but the slow, destructive tests of test/faults, which `--mode faults` runs. */
export default defineConfig(({ mode }) => {
  const faults = mode === 'faults';
  return {
    test: {
      include: faults ? ['test/faults/**/*.test.ts'] : ['test/**/*.test.{ts,tsx}'],
      exclude: faults ? configDefaults.exclude : [...configDefaults.exclude, 'test/faults/**'],
      globalSetup: ['test/support/global-setup.ts'],
      passWithNoTests: faults,
      testTimeout: faults ? 300_000 : 60_000,
      hookTimeout: 60_000,
      maxWorkers: 2,
    },
  };
});
