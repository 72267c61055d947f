import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { create, describe, listUnlabelled } from '../verbs.ts';
import { common } from './columns.ts';
import { countedTypes } from './quota.ts';

const columns: Record<string, Column> = {
  id: common.id,
  name: common.name,
  owner: item => item.owner,
  project: item => item.project,
  type: item => item.type,
  resource: item => item.resource,
  resource_name: item => item.resource_name,
  author: item => item.author,
  created: common.created,
  age: common.age,
  closed: item => item.closed,
};

const type = field('text', 'Path of the collection', { choices: countedTypes, placeholder: 'type' });
const project = field('text', 'Project of Hetzner; the configured one where absent', { placeholder: 'project' });

/** Owners: whose each resource is. */
export const owner = resource('owner', {
  columns,
  defaults: ['owner', 'type', 'resource', 'resource_name', 'author', 'age'],
  wide: ['id', 'project', 'closed'],
  sortable: ['id', 'name', 'owner', 'type', 'created'],
  order: ['owner:asc', 'type:asc', 'id:asc'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id of the entry', { required: true }),
    name: field(
      'text',
      'Of what: servers/12, with the project before it where that is another than the configured one',
      {
        required: true,
      },
    ),
    owner: field('text', 'Whose it is: user-12, team-web, admin', { required: true }),
    project: field('text', 'The project of Hetzner'),
    type: field('text', 'Path of the collection', { required: true }),
    resource: field('integer', "Hetzner's id", { required: true }),
    resource_name: field('text', 'What it is called; null where it is gone or Hetzner does not answer'),
    author: field('text', 'Who made it, or gave it', { required: true }),
    created: field('time', 'When that was', { required: true }),
    closed: field('time', 'When it was gone; null while it is there'),
  },
  verbs: {
    list: listUnlabelled('List what belongs to whom', {
      type: { ...type, summary: 'Only resources of this collection' },
      owner: field('text', 'Only what belongs to this owner: user-12, team-web, admin', { placeholder: 'owner' }),
      project: { ...project, summary: 'Only resources of this project' },
      closed: field('boolean', 'Those too that are gone'),
    }),
    describe: describe('Show whose a resource is'),
    transfer: create(
      'Give a resource to another owner',
      {
        type: { ...type, required: true },
        id: field('integer', "Hetzner's id", { required: true, placeholder: 'id' }),
        to: field('text', 'Who gets it: user-12, team-web, admin', { required: true, placeholder: 'owner' }),
        project,
      },
      { examples: ['--type servers --id 12 --to team-web', '--type volumes --id 7 --to user-3 --project lab'] },
    ),
  },
});
