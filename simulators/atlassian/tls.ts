import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface ServerCertificate {
  /** PEM file with the certificate authority to trust. */
  readonly caFile: string;
  readonly key: string;
  readonly cert: string;
}

const validDays = 365;
const dayMs = 86_400_000;

async function createCertificates(now: number): Promise<{ ca: string; key: string; cert: string }> {
  const dates = { notBeforeDate: new Date(now - dayMs), notAfterDate: new Date(now + validDays * dayMs) };
  const common = { ...dates, keyType: 'rsa', keySize: 2048, algorithm: 'sha256' } as const;
  const ca = await generate([{ name: 'commonName', value: 'Simulated Vendor CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'api.atlassian.com' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: '*.atlassian.net' },
          { type: 2, value: 'api.atlassian.com' },
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { ca: ca.cert, key: server.private, cert: server.cert };
}

function stillValid(file: string, now: number): boolean {
  return existsSync(file) && Date.parse(new X509Certificate(readFileSync(file)).validTo) > now + dayMs;
}

/**
 * A server certificate for the vendor's host names and for this machine, signed by a CA made for the folder.
 * An earlier CA in the folder is used again, so that a restarted simulator keeps the trust of its clients.
 */
export async function serverCertificate(folder: string, now: number): Promise<ServerCertificate> {
  mkdirSync(folder, { recursive: true });
  const files = {
    ca: join(folder, 'ca.pem'),
    key: join(folder, 'server.key'),
    cert: join(folder, 'server.pem'),
  };
  if (!(stillValid(files.ca, now) && stillValid(files.cert, now) && existsSync(files.key))) {
    const made = await createCertificates(now);
    writeFileSync(files.key, made.key, { mode: 0o600 });
    writeFileSync(files.cert, made.cert);
    writeFileSync(files.ca, made.ca);
  }
  return { caFile: files.ca, key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.cert, 'utf8') };
}
