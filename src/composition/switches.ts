/**
 * Which switch makes the phones ring: an Asterisk, where the environment names one; else a network that is simulated, with
 * hands for those who sit at its telephones.
 */
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { call } from '../../projections/calls.ts';
import { entry } from '../../projections/directory.ts';
import type { Config } from '../config.ts';
import { LedgerlineError, messageOf } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { Runtime } from '../model/runtime.ts';
import type { Dependency } from '../server/health.ts';
import { type Hands, handsOn } from '../switch/simulated/hands.ts';
import { SimulatedNetwork } from '../switch/simulated/network.ts';
import type { Switch } from '../switch/switch.ts';

export interface OpenSwitch {
  readonly telephones: Switch;
  /** People at real telephones have their own. */
  readonly hands?: Hands;
  /** What it depends on outside this process. */
  readonly dependencies: readonly Dependency[];
}

export interface SwitchParts {
  readonly runtime: Runtime;
  readonly clock: Clock;
}

const OUTSIDE_ANSWER_MS = 2_000;
const LEGS_MAX = 20_000;
const RETRY_MS = 1_000;

export async function openSwitch(
  { asterisk }: Config,
  parts: SwitchParts & { readonly logger: Logger },
): Promise<OpenSwitch> {
  if (asterisk === undefined) return simulatedSwitch(parts);
  const { clock, logger } = parts;
  const { loginFile, outside, ...where } = asterisk;
  // Only where there is one: every start and every server would carry it.
  const { AsteriskSwitch } = await import('../switch/asterisk/asterisk-switch.ts');
  const telephones = new AsteriskSwitch({
    ...where,
    ...(outside === undefined ? {} : { outside }),
    login: await loginIn(loginFile),
    clock,
    retryMs: RETRY_MS,
    logger,
  });
  const state = () => ({ up: telephones.isUp, detail: 'asterisk' });
  return { telephones, dependencies: [{ name: 'switch', state }] };
}

export function simulatedSwitch({ runtime, clock }: SwitchParts): OpenSwitch & { readonly hands: Hands } {
  const network = new SimulatedNetwork({ clock, outsideAnswerMs: OUTSIDE_ANSWER_MS, legsMax: LEGS_MAX });
  const legsOf = (tenant: string, id: string) => call(runtime.live, tenant, id)?.context.legs ?? [];
  return { telephones: network, hands: handsOn(network, legsOf), dependencies: [] };
}

/** Says so where an Asterisk has the telephones of nobody. */
export function lookForTenant({ asterisk }: Config, { live }: Runtime, logger: Logger): void {
  if (asterisk === undefined) return;
  const { tenant } = asterisk;
  if (entry(live, { tenant, kind: 'tenant', id: tenant }) === undefined)
    logger.warn(`LEDGERLINE_ASTERISK_TENANT: there is no tenant ${tenant} yet; calls that come in lead nowhere`);
}

async function loginIn(file: string): Promise<string> {
  const bad = (why: string) => new LedgerlineError('badConfiguration', `LEDGERLINE_ASTERISK_LOGIN: ${file} ${why}`);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw bad(`cannot be read: ${messageOf(error)}`);
  });
  const login = text.trim();
  if (!/^[^:\s]+:\S+$/.test(login)) throw bad('does not hold user:password');
  return login;
}
