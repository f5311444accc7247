/**
 * The demo contact centre, as data: one installation and four tenants in which every example of the four published
 * documents works as printed. Passwords and tokens stand in these files in clear, which is why this is loaded on loopback
 * only.
 */
import { avencall } from './avencall.ts';
import { ccslab15 } from './ccslab15.ts';
import type { DemoTenant } from './demo-tenant.ts';
import { genesys } from './genesys.ts';
import { installation } from './installation.ts';
import { lunchlab } from './lunchlab.ts';

export const demoWorld: readonly DemoTenant[] = [installation, ccslab15, lunchlab, avencall, genesys];
