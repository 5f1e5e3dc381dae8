export { config, type Config, type ConfigEntry, type ConfigOf, type ConfigReport, explainConfig, loadConfig } from './config.ts'
export { parseEnvFile, type EnvEntry, type EnvFile, type EnvFileFault } from './env-file.ts'
export type { ConfigOptions } from './resolve.ts'
