/** `node db/migrate-main.ts`: migrates database and Temporal by the settings of the environment. */
import { loadConfig } from '../config.ts';
import { describeError } from '../log.ts';
import { migrate } from '../operations/migrate.ts';
import { TOKEN_ENDED } from './migrate-exit.ts';

try {
  const { migrations, searchAttributes, token } = await migrate(loadConfig(process.env));
  console.log(JSON.stringify({ migrations, searchAttributes }));
  if (token === 'revoked' || token === 'expired') {
    console.error(
      `the token in LICENSE_SYNC_API_TOKEN ${token === 'revoked' ? 'was revoked' : 'has expired'}, and stays so`,
    );
    process.exitCode = TOKEN_ENDED;
  }
} catch (error) {
  console.error(`migration failed: ${describeError(error).message}`);
  process.exitCode = 1;
}
