import type { Iso } from '../../core/hetzner/types.ts';

/** Makes the ISO images that can be put into a server; one of them fits both architectures, one is withdrawn. */
export function createIsos(): Iso[] {
  return [
    iso(8637, 'virtio-win-0.1.271.iso', 'Windows virtio drivers 0.1.271', 'x86'),
    iso(9700, 'debian-12.11.0-amd64-netinst.iso', 'Debian 12.11 (amd64, netinstall)', 'x86', true),
    iso(122_630, 'debian-13.1.0-amd64-netinst.iso', 'Debian 13.1 (amd64, netinstall)', 'x86'),
    iso(122_631, 'debian-13.1.0-arm64-netinst.iso', 'Debian 13.1 (arm64, netinstall)', 'arm'),
    iso(122_640, 'FreeBSD-14.3-RELEASE-amd64-dvd1.iso', 'FreeBSD 14.3 (amd64)', 'x86'),
    iso(122_641, 'FreeBSD-14.3-RELEASE-arm64-aarch64-dvd1.iso', 'FreeBSD 14.3 (arm64)', 'arm'),
    iso(122_650, 'archlinux-2026.05.01-x86_64.iso', 'Arch Linux 2026.05.01', 'x86'),
    iso(122_660, 'netboot.xyz-multiarch.iso', 'netboot.xyz', null),
  ];
}

function iso(id: number, name: string, description: string, architecture: Iso['architecture'], withdrawn = false): Iso {
  const deprecation = withdrawn
    ? { announced: '2025-09-09T06:00:00Z', unavailable_after: '2026-12-09T06:00:00Z' }
    : null;
  return { id, name, description, type: 'public', deprecation, architecture };
}
