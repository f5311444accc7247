/** Somebody who is faster: for what is decided on a state that is another one when it comes to be recorded. */
import type { Command } from '../../src/model/command.ts';
import type { World } from './world.ts';

/** Does something between the decision of the next command and its recording. */
export function meanwhile({ runtime }: Pick<World, 'runtime'>, something: () => Promise<unknown>): void {
  const submit = runtime.submit.bind(runtime);
  Object.assign(runtime, {
    submit: async (command: Command) => {
      Object.assign(runtime, { submit });
      await something();
      return submit(command);
    },
  });
}
