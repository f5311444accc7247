/** Prepares and begins a generation, and dies by its own hand after the step it is told: `<servers> <folder> <step>`. */
import { generationsOn } from '../support/generations.ts';

const [servers = '', folder = '', deadly] = process.argv.slice(2);
const reached = (step: string): void => {
  if (step === deadly) process.kill(process.pid, 'SIGKILL');
};
const world = generationsOn(servers, folder);
if ((await world.begin((step) => reached(`begin ${step}`))) === undefined) {
  await world.plan(0, (step) => reached(`plan ${step}`));
  await world.begin((step) => reached(`begin ${step}`));
}
await world.end();
