// What the demo watches, and who is told when it goes away.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** The types of what the receiver has been told. */
export const told = [];
export const site = createServer((_, response) => response.end('Welcome'));
let sitePort = 0;

/** A receiver of webhooks, as a chat or a pager is one, and the channel that leads to it. */
export async function openReceiver() {
  const receiver = createServer(async (request, response) => {
    const { type, data } = JSON.parse((await request.toArray()).join(''));
    told.push(type);
    process.stdout.write(`\n(received: ${type}: ${data.title})\n`);
    response.writeHead(204).end();
  });
  receiver.listen(0, '127.0.0.1').unref();
  site.listen(0, '127.0.0.1').unref();
  await Promise.all([once(receiver, 'listening'), once(site, 'listening')]);
  return `channel create ops --type webhook --url http://127.0.0.1:${receiver.address().port}/`;
}

/** The site goes away, and comes back where it was. */
export async function closeSite() {
  process.stdout.write('\n(the site goes away)\n');
  sitePort = site.address().port;
  site.close();
  site.closeAllConnections();
}

export async function openSite() {
  process.stdout.write('\n(the site is back)\n');
  site.listen(sitePort, '127.0.0.1').unref();
  await once(site, 'listening');
}
