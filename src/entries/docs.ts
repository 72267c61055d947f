export { generateDocs, generatedFolders } from '../docs/index.ts';
