// What most commands share, as one file. `program` is what is called; `resourceGroup` brings the rest along.
export { main } from '../commands/program.ts';
export { resourceGroup } from '../commands/resource-group.ts';
export { realWorld } from '../core/real-world.ts';
