/** Ed25519 over texts, and the name a key goes by: how checkpoints and archives are signed. */
import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** SHA-256 (hex) of the public key as SPKI DER; of a private key, of its public half. */
export function keyIdOf(key: KeyObject): string {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return hash('sha256', open.export({ type: 'spki', format: 'der' }), 'hex');
}

/** Base64. */
export function signatureOf(text: string, key: KeyObject): string {
  return sign(null, Buffer.from(text), key).toString('base64');
}

export function isSigned(text: string, signature: string, key: KeyObject): boolean {
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
}
