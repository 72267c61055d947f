export { startSandbox } from '../sandbox/index.ts';
export { sandboxMain } from '../sandbox/main.ts';
