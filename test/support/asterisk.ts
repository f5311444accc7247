/**
 * A real Asterisk for tests: run from a folder of unpacked packages (LEDGERLINE_ASTERISK_ROOT) by that folder's own dynamic
 * linker, on a configuration, a folder and ports of its own. Its telephones are lines that register without a password.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/nats/free-port.ts';
import { eventually } from './eventually.ts';

const ROOT = process.env.LEDGERLINE_ASTERISK_ROOT ?? '';
const LIBRARIES = join(ROOT, 'usr/lib/x86_64-linux-gnu');
const PROGRAM = join(ROOT, 'usr/sbin/asterisk');

/** CI unpacks it while the first tests run. */
const UNPACK_MS_MAX = 120_000;

/** Why there is none here; undefined when there is. */
export const withoutAsterisk = await whyNot();

async function whyNot(): Promise<string | undefined> {
  if (ROOT === '') return 'LEDGERLINE_ASTERISK_ROOT names no folder, see .ci/asterisk';
  const isThere = () => existsSync(PROGRAM) || undefined;
  return eventually(PROGRAM, isThere, UNPACK_MS_MAX).then(
    () => undefined,
    () => `${PROGRAM} is not there`,
  );
}

export const LOGIN = 'ledgerline:secret';
/** Line of the world outside: its calls come in at the context of trunks. */
export const TRUNK = 'trunk';

export interface Asterisk {
  readonly url: string;
  readonly sipPort: number;
  readonly recordings: string;
  /** SIGKILL, as if its machine went off. */
  kill9(): Promise<void>;
  /** On the same ports. */
  start(): Promise<void>;
  get(path: string): Promise<unknown>;
  log(): Promise<string>;
  remove(): Promise<void>;
}

/** With a telephone line per number. */
export async function startAsterisk(lines: readonly string[]): Promise<Asterisk> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-asterisk-'));
  const httpPort = await freePort('127.0.0.1');
  const sipPort = await freePort('127.0.0.1');
  await writeFolder(folder, { httpPort, sipPort, lines });
  const url = `http://127.0.0.1:${httpPort}`;
  const get = async (path: string) => {
    const answer = await fetch(`${url}/ari${path}`, { headers: { authorization: `Basic ${btoa(LOGIN)}` } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };
  let child: ChildProcess | undefined;
  const asterisk: Asterisk = {
    url,
    sipPort,
    recordings: join(folder, 'var/spool/recording'),
    async start() {
      const loader = join(LIBRARIES, 'ld-linux-x86-64.so.2');
      const args = ['--library-path', LIBRARIES, PROGRAM, '-C', join(folder, 'etc/asterisk.conf'), '-f'];
      child = spawn(loader, args, { stdio: 'ignore' });
      await eventually('Asterisk is there', async () => (await get('/asterisk/ping')) ?? undefined);
    },
    async kill9() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    get,
    log: () => readFile(join(folder, 'var/log/messages'), 'utf8'),
    async remove() {
      await asterisk.kill9();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await asterisk.start();
  return asterisk;
}

interface Setting {
  readonly httpPort: number;
  readonly sipPort: number;
  readonly lines: readonly string[];
}

async function writeFolder(folder: string, setting: Setting): Promise<void> {
  for (const name of ['etc', 'moh', 'var/lib', 'var/log', 'var/run', 'var/cache', 'var/spool/recording'])
    await mkdir(join(folder, name), { recursive: true });
  for (const [name, text] of Object.entries(configuration(folder, setting)))
    await writeFile(join(folder, 'etc', `${name}.conf`), text);
  await writeFile(join(folder, 'moh/music.ulaw'), Buffer.alloc(8_000, MUSIC));
}

/** What a telephone hears as music, as bytes of G.711. */
export const MUSIC = 0x5a;

function configuration(folder: string, setting: Setting): Readonly<Record<string, string>> {
  const { httpPort, sipPort, lines } = setting;
  const data = join(ROOT, 'usr/share/asterisk');
  const inVar = (name: string) => join(folder, 'var', name);
  const rtpStart = 20_000 + (sipPort % 200) * 200;
  return {
    asterisk: `[directories]
astetcdir => ${join(folder, 'etc')}
astmoddir => ${join(LIBRARIES, 'asterisk/modules')}
astvarlibdir => ${inVar('lib')}
astdbdir => ${inVar('lib')}
astkeydir => ${inVar('lib')}
astdatadir => ${data}
astagidir => ${inVar('lib')}
astspooldir => ${inVar('spool')}
astrundir => ${inVar('run')}
astlogdir => ${inVar('log')}
astcachedir => ${inVar('cache')}
`,
    modules: `[modules]\nautoload=no\n${MODULES.map((name) => `load=${name}.so\n`).join('')}`,
    logger: '[general]\n[logfiles]\nmessages => notice,warning,error\n',
    http: `[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=${httpPort}\n`,
    ari: '[general]\nenabled=yes\n[ledgerline]\ntype=user\npassword=secret\n',
    rtp: `[general]\nrtpstart=${rtpStart}\nrtpend=${rtpStart + 199}\n`,
    musiconhold: `[default]\nmode=files\ndirectory=${join(folder, 'moh')}\n`,
    indications: '[general]\ncountry=us\n[us]\ndescription=America\nringcadence=2000,4000\nring=440+480/2000,0/4000\n',
    pjsip: `[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:${sipPort}\n
${lines.map((line) => phone(line, 'phones')).join('\n')}\n${phone(TRUNK, 'trunk', 'trust_id_inbound=yes\n')}`,
    extensions: `[phones]
exten => _[0-9*+].,1,Stasis(ledgerline,\${EXTEN})
 same => n,Hangup()
exten => elsewhere,1,Answer()
 same => n,MusicOnHold()
[trunk]
exten => nowhere,1,Stasis(ledgerline)
 same => n,Hangup()
exten => _[0-9*+].,1,Stasis(ledgerline,\${EXTEN})
 same => n,Hangup()
`,
  };
}

function phone(name: string, context: string, more = ''): string {
  return `[${name}]
type=endpoint
context=${context}
disallow=all
allow=ulaw
aors=${name}
direct_media=no
${more}[${name}]
type=aor
max_contacts=1
remove_existing=yes
`;
}

const MODULES = [
  'res_sorcery_config,res_sorcery_memory,res_sorcery_astdb,res_timing_timerfd,res_crypto,res_pjproject,res_pjsip',
  'res_pjsip_session,res_pjsip_pubsub,res_pjsip_registrar,res_pjsip_endpoint_identifier_user,res_pjsip_authenticator_digest',
  'res_pjsip_sdp_rtp,res_pjsip_caller_id,res_pjsip_refer,res_pjsip_rfc3326,res_pjsip_header_funcs,res_pjsip_nat',
  'res_rtp_asterisk,chan_pjsip,chan_bridge_media,bridge_simple,bridge_softmix,bridge_native_rtp,bridge_holding',
  'codec_ulaw,codec_alaw,codec_resample,format_wav,format_pcm,res_musiconhold,func_channel,func_callerid,pbx_config',
  'res_http_websocket,res_websocket_client,res_stasis,res_stasis_answer,res_stasis_playback,res_stasis_recording,res_stasis_snoop,app_stasis',
  'res_ari,res_ari_model,res_ari_applications,res_ari_asterisk,res_ari_bridges,res_ari_channels,res_ari_endpoints',
  'res_ari_events,res_ari_playbacks,res_ari_recordings',
].flatMap((names) => names.split(','));
