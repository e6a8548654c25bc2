import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = {
  test: {
    include: ['test/**/*.test.ts'],
    // Real brokers and services start in hooks, on machines that may be busy with other tests.
    hookTimeout: 180_000,
    testTimeout: 60_000,
  },
};

export default config;
