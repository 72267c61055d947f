export { sandboxMain } from '../sandbox/main.ts';
