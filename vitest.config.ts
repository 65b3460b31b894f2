import { configDefaults, defineConfig } from 'vitest/config';

/** What takes long and is run by scripts of its own: `npm run test:faults` and its like. */
const long = ['faults', 'projects', 'program', 'measured', 'schemas'];

/** What `npm run test:hostile` runs again, on databases whose settings hardly anybody has. */
const onDatabases = ['test/database/**/*.test.ts', 'test/engine/**/*.test.ts'];
/** Those of them whose subject is not a server's database. */
const notOnServers = ['test/database/embedded-crash.test.ts', 'test/database/portable.test.ts'];

/** `vitest run` is everything else; `--mode faults` and its like run one of these. */
export default defineConfig(({ mode }) => {
  const hostile = mode === 'hostile';
  const only = long.includes(mode) ? mode : null;
  return {
    // Without development information, like the build.
    oxc: { jsx: { development: false } },
    test: {
      include: only ? [`test/${only}/**/*.test.ts`] : hostile ? onDatabases : ['test/**/*.test.{ts,tsx}'],
      env: hostile ? { MIGTUI_TEST_HOSTILE: '1' } : {},
      exclude: only
        ? configDefaults.exclude
        : [...configDefaults.exclude, ...long.map(one => `test/${one}/**`), ...(hostile ? notOnServers : [])],
      globalSetup: ['test/support/global-setup.ts'],
      setupFiles: ['test/support/production-react.ts'],
      testTimeout: only === 'faults' ? 300_000 : 120_000,
      hookTimeout: 120_000,
      maxWorkers: 2,
    },
  };
});
