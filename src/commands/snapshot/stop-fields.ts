import { field } from '../../core/field.ts';

/** How a server is stopped for something. */
export const shutdownTimeout = field('duration', 'How long a server has to shut down', {
  default: 120_000,
  placeholder: 'duration',
});
