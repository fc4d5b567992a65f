/** `node db/migrate-main.ts`: migrates database and Temporal by the settings of the environment. */
import { loadConfig } from '../config.ts';
import { describeError } from '../log.ts';
import { migrate } from '../operations/migrate.ts';

try {
  const { migrations, searchAttributes } = await migrate(loadConfig(process.env));
  console.log(JSON.stringify({ migrations, searchAttributes }));
} catch (error) {
  console.error(`migration failed: ${describeError(error).message}`);
  process.exitCode = 1;
}
