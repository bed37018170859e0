// node dist/main.js --config FILE.json
import { loadConfig } from './config.js';
import { start } from './server.js';

const at = process.argv.indexOf('--config');
const path = at < 0 ? undefined : process.argv[at + 1];
if (path === undefined) {
  console.error('usage: node dist/main.js --config FILE.json');
  process.exit(2);
}

try {
  const running = await start(loadConfig(path));
  const stop = (): void => {
    void running.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(`simulator ready ${running.world.origin}/`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
