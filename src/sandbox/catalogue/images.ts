import type { Architecture, Image } from '../../core/hetzner/types.ts';

/** Systems offered for both architectures: name, flavour, version, description, size on disk in GB. */
const systems: readonly (readonly [string, string, string, string, number])[] = [
  ['ubuntu-22.04', 'ubuntu', '22.04', 'Ubuntu 22.04', 1.9],
  ['ubuntu-24.04', 'ubuntu', '24.04', 'Ubuntu 24.04', 2.1],
  ['ubuntu-26.04', 'ubuntu', '26.04', 'Ubuntu 26.04', 2.2],
  ['debian-12', 'debian', '12', 'Debian 12', 1.4],
  ['debian-13', 'debian', '13', 'Debian 13', 1.5],
  ['fedora-42', 'fedora', '42', 'Fedora 42', 1.6],
  ['rocky-9', 'rocky', '9', 'Rocky Linux 9', 1.8],
  ['alma-9', 'alma', '9', 'AlmaLinux 9', 1.8],
  ['centos-stream-10', 'centos', 'stream10', 'CentOS Stream 10', 1.7],
];

/** Makes the images that Hetzner offers, a name once for each architecture. */
export function createImages(): Image[] {
  const offered = systems.flatMap(([name, flavor, version, description, size], index) => [
    image(67_794_396 + 10 * index, 'system', name, flavor, version, description, size, 'x86'),
    image(67_794_397 + 10 * index, 'system', name, flavor, version, description, size, 'arm'),
  ]);
  const old = image(45_557_056, 'system', 'debian-11', 'debian', '11', 'Debian 11', 1.3, 'x86');
  old.deprecated = '2026-08-31T06:00:00Z';
  old.deprecation = { announced: '2026-08-31T06:00:00Z', unavailable_after: '2026-11-30T06:00:00Z' };
  return [
    image(40_093_247, 'app', 'docker-ce', 'ubuntu', '24.04', 'Docker CE', 2.9, 'x86'),
    image(40_093_248, 'app', 'wordpress', 'ubuntu', '24.04', 'WordPress', 3.2, 'x86'),
    old,
    ...offered,
  ];
}

function image(
  id: number,
  type: 'system' | 'app',
  name: string,
  os_flavor: string,
  os_version: string,
  description: string,
  image_size: number,
  architecture: Architecture,
): Image {
  return {
    id,
    type,
    status: 'available',
    name,
    description,
    image_size,
    disk_size: 5,
    created: '2026-04-24T08:12:30Z',
    created_from: null,
    bound_to: null,
    os_flavor,
    os_version,
    rapid_deploy: type === 'system',
    protection: { delete: false },
    deprecated: null,
    deprecation: null,
    deleted: null,
    labels: {},
    architecture,
  };
}
