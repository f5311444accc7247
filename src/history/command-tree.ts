/**
 * A command as a tree: what came from outside, what each record told others, and so on down to the last.
 */
import { receiptOf } from '../../projections/commands.ts';
import { INSTALLATION } from '../model/actor-id.ts';
import type { View } from '../model/projection.ts';
import type { Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { nameOf } from './whole-command.ts';

export interface CommandNode {
  readonly record: LoggedTransition;
  /** What it told, in the order of telling. */
  readonly told: readonly CommandNode[];
}

/**
 * The command's deliveries, in order, each with all that followed from it. What private actors and those
 * of other tenants did is left out, with what they told. Undefined for a command that was never accepted, or so long ago that its receipt is not kept.
 */
export async function commandTree(
  runtime: Pick<Runtime, 'replay'>,
  view: View,
  { tenant, command }: { readonly tenant: string; readonly command: string },
): Promise<readonly CommandNode[] | undefined> {
  const receipt = receiptOf(view, tenant, command);
  const first = receipt?.records[0];
  if (receipt === undefined || first === undefined) return undefined;
  return treeOf(tenant, await Array.fromAsync(runtime.replay({ after: first.position - 1, upTo: receipt.position })));
}

function treeOf(tenant: string, records: readonly LoggedTransition[]): readonly CommandNode[] {
  const shown = records.filter(({ visibility, actor }) => visibility === 'public' && isWithin(actor.tenant, tenant));
  const nodes = shown.map((record) => ({ record, told: [] as CommandNode[] }));
  const byName = new Map(nodes.map((node) => [nameOf(node.record), node]));
  const roots: CommandNode[] = [];
  for (const node of nodes) {
    const { told } = node.record.transition.data.cause;
    if (told === undefined) roots.push(node);
    else byName.get(told)?.told.push(node);
  }
  return roots;
}

function isWithin(tenant: string, asked: string): boolean {
  return tenant === asked || asked === INSTALLATION;
}
