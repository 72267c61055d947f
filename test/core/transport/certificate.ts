import { generateKeyPairSync, sign } from 'node:crypto';

const oid = { rsaSha256: '2a864886f70d01010b', commonName: '550403', altName: '551d11' };

/** A fresh key and a certificate that it signed itself, for one host name, valid from 2020 to 2049 or to the time (ms) given. */
export function selfSigned(host: string, until = Date.UTC(2049, 11, 31, 23, 59, 59)): { key: string; cert: string } {
  const end = new Date(until)
    .toISOString()
    .replaceAll(/[-:T]|\.\d+/g, '')
    .slice(2);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const algorithm = sequence(tlv(0x06, hex(oid.rsaSha256)), tlv(0x05));
  const name = sequence(tlv(0x31, sequence(tlv(0x06, hex(oid.commonName)), tlv(0x0c, Buffer.from(host)))));
  const altNames = sequence(tlv(0x82, Buffer.from(host)));
  const body = sequence(
    tlv(0xa0, tlv(0x02, hex('02'))),
    tlv(0x02, hex('01')),
    algorithm,
    name,
    sequence(tlv(0x17, Buffer.from('200101000000Z')), tlv(0x17, Buffer.from(end))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(sequence(tlv(0x06, hex(oid.altName)), tlv(0x04, altNames)))),
  );
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, algorithm, tlv(0x03, Buffer.concat([hex('00'), signature])));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

/** One value of DER: tag, length, content. */
function tlv(tag: number, content: Buffer = Buffer.alloc(0)): Buffer {
  const { length } = content;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}
