import { describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { VARIABLES } from '../src/variables.ts';

const read = (env: Record<string, string>) => readConfig(env, '/work');

const ASTERISK = {
  LEDGERLINE_ASTERISK_URL: 'http://pbx:8088',
  LEDGERLINE_ASTERISK_LOGIN: '/etc/ari-login',
  LEDGERLINE_ASTERISK_TENANT: 'acme',
};

describe('the configuration', () => {
  test('has a simulated network, unless an Asterisk is named', () => {
    expect(read({}).asterisk).toBeUndefined();
    const { asterisk } = read(ASTERISK);
    expect(asterisk).toMatchObject({ tenant: 'acme', app: 'ledgerline', lines: 'PJSIP/{number}', outside: undefined });
  });

  test('runs the demo on loopback when nothing is set', () => {
    expect(read({})).toMatchObject({
      host: '127.0.0.1',
      ports: [8080, 8090],
      portsAsked: false,
      dataDir: '/work/data',
      natsPort: 4222,
      demo: true,
      clock: 'system',
      uriBase: 'http://127.0.0.1/cloud-web/api/v2',
      deprecatedApiHosts: ['127.0.0.1', '::1'],
    });
  });

  test('never runs the demo on another address than loopback', () => {
    expect(read({ LEDGERLINE_HOST: '0.0.0.0' })).toMatchObject({ demo: false, deprecatedApiHosts: [] });
  });

  test('takes an allow-list that is set but empty as nobody', () => {
    expect(read({ DEPRECATED_API_HOST: '' }).deprecatedApiHosts).toEqual([]);
    expect(read({ DEPRECATED_API_HOST: ' 10.0.0.1, ::1 ' }).deprecatedApiHosts).toEqual(['10.0.0.1', '::1']);
  });

  test.each([
    ['LEDGERLINE_PORT', '80x'],
    ['LEDGERLINE_PORT', '70000'],
    ['LEDGERLINE_NATS_PORT', '-1'],
    ['LEDGERLINE_DEMO', 'yes'],
    ['LEDGERLINE_CLOCK', 'sundial'],
    ['LEDGERLINE_JWT_SECRET', 'short'],
    ['LEDGERLINE_JWT_LIFETIME_S', '0'],
    ['LEDGERLINE_JWT_LIFETIME_S', '1h'],
    ['LEDGERLINE_JWT_LIFETIME_S', '31536001'],
    ['LEDGERLINE_NATS_LEASE_S', '1'],
    ['LEDGERLINE_NATS_LEASE_S', '301'],
    ['LEDGERLINE_STANDBY', 'yes'],
    ['LEDGERLINE_EVENT_KIND', 'all'],
    ['LEDGERLINE_EVENT_URL', 'ftp://somewhere'],
    ['LEDGERLINE_URI_BASE', '/api/v2'],
    ['LEDGERLINE_URI_BASE', 'ftp://somewhere'],
    ['LEDGERLINE_LOG_LEVEL', 'loud'],
    ['LEDGERLINE_GWS_PROFILE', 'full'],
    ['LEDGERLINE_GWS_CALL_FORM', '8.5'],
    ['LEDGERLINE_GWS_CSRF', 'maybe'],
    ['LEDGERLINE_GWS_AUTH_FAILURE', '404'],
  ])('refuses %s=%s by name', (variable, value) => {
    expect(() => read({ [variable]: value })).toThrow(
      expect.objectContaining({ code: 'badConfiguration', message: expect.stringContaining(variable) }),
    );
  });

  test.each([
    [{ LEDGERLINE_TLS_CERT: 'a' }, 'LEDGERLINE_TLS_KEY'],
    [{ LEDGERLINE_TLS_KEY: 'a' }, 'LEDGERLINE_TLS_CERT'],
    [{ LEDGERLINE_ASTERISK_URL: 'http://pbx:8088' }, 'LEDGERLINE_ASTERISK_LOGIN'],
    [{ LEDGERLINE_ASTERISK_URL: 'http://pbx:8088', LEDGERLINE_ASTERISK_LOGIN: 'f' }, 'LEDGERLINE_ASTERISK_TENANT'],
    [{ LEDGERLINE_ASTERISK_OUTSIDE: 'PJSIP/{number}@trunk' }, 'LEDGERLINE_ASTERISK_URL'],
    [{ ...ASTERISK, LEDGERLINE_ASTERISK_LINES: 'PJSIP/101' }, 'LEDGERLINE_ASTERISK_LINES'],
    [{ ...ASTERISK, LEDGERLINE_ASTERISK_OUTSIDE: '{number}@trunk' }, 'LEDGERLINE_ASTERISK_OUTSIDE'],
    [{ ...ASTERISK, LEDGERLINE_ASTERISK_APP: 'a,b' }, 'LEDGERLINE_ASTERISK_APP'],
    [{ LEDGERLINE_OIDC_ISSUER: 'a' }, 'LEDGERLINE_OIDC_JWKS_URL'],
    [{ LEDGERLINE_OIDC_CLIENT_ID: 'a' }, 'LEDGERLINE_OIDC_ISSUER'],
    [{ LEDGERLINE_STANDBY: '1' }, 'LEDGERLINE_NATS_URL'],
    [{ LEDGERLINE_OIDC_LOGIN_CLAIM: 'a' }, 'LEDGERLINE_OIDC_ISSUER'],
  ])('refuses half of what belongs together: %j', (env, missing) => {
    expect(() => read(env as Record<string, string>)).toThrow(missing);
  });

  test('is described variable by variable, each once', () => {
    const names = VARIABLES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { meaning, fallback } of VARIABLES) expect([meaning, fallback]).not.toContain('');
  });
});
