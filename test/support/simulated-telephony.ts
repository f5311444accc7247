/** The telephone side of a centre behind the simulated network, with the hands at its telephones. */
import { type SwitchParts, simulatedSwitch } from '../../src/composition/switches.ts';
import { openTelephony, type Telephony, type TelephonyParts } from '../../src/composition/telephony.ts';
import type { Hands } from '../../src/switch/simulated/hands.ts';

export interface SimulatedTelephony extends Telephony {
  readonly hands: Hands;
}

export async function openSimulated(
  parts: SwitchParts & Omit<TelephonyParts, 'telephones'>,
): Promise<SimulatedTelephony> {
  const { telephones, hands } = simulatedSwitch(parts);
  const telephony = openTelephony({ ...parts, telephones });
  await telephony.begin();
  return { ...telephony, hands };
}
