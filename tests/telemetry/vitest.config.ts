import type { ViteUserConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

const config: ViteUserConfig = {
  ...base,
  test: { ...base.test, include: ['tests/telemetry/*.test.ts'], exclude: [] },
}

export default config
