import { version } from '../../package.json';

export { version } from '../../package.json';

/** What the program calls itself towards servers. */
export const userAgent = `cloudctl/${version}`;
