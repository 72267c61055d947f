import { Failure } from '../../failure.ts';
import { channel } from '../channel.ts';

/** The inbox of the daemon itself: what it is told is written with what tells it, and never sent. */
export const inbox = channel({
  name: 'inbox',
  summary: 'The inbox of the daemon: cloudctl inbox list',
  settings: {},
  async send() {
    throw new Failure('unexpected', 'the inbox is written, not sent to');
  },
});
