const capitals = new Set(
  'api cidr cpu dns id ip iso ptr os ssh tls ttl url vat vnc vpn'.split(' ').flatMap(word => [word, `${word}s`]),
);
const spelled: Readonly<Record<string, string>> = { ipv4: 'IPv4', ipv6: 'IPv6', vswitch: 'vSwitch', workos: 'WorkOS' };

/** A JSON key as people write it: `public_net` is `Public net`, `ssh_key_ids` is `SSH key IDs`. */
export function humanizeKey(key: string): string {
  const text = key.split('_').map(spellWord).join(' ');
  return text.startsWith('vSwitch') ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

function spellWord(word: string): string {
  if (Object.hasOwn(spelled, word)) return spelled[word]!;
  if (!capitals.has(word)) return word;
  return word.endsWith('s') && capitals.has(word.slice(0, -1))
    ? `${word.slice(0, -1).toUpperCase()}s`
    : word.toUpperCase();
}

/** A number of bytes in the largest binary unit that leaves at least one: `20 TiB`, `1.5 GiB`, `12 B`. */
export function humanizeBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let value = bytes;
  let index = 0;
  while (Math.abs(value) >= 1024 && index < units.length - 1) {
    value /= 1024;
    index++;
  }
  return `${Number(value.toFixed(1))} ${units[index]}`;
}
