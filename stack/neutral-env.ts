/** The environment without what the developer has set for the product, or for its tests: nothing of it may change what is measured or drilled. */
export function neutralEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(LICENSE_SYNC_|EXTERNAL_LICENSE_API_|TEMPORAL_|TEST_|DATABASE_URL$|PORT$|HOST$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}
