import { Failure } from '../../failure.ts';
import { field } from '../../field.ts';
import { down, kind, up } from '../check.ts';

const settings = {
  budget: field('decimal', 'What the project may cost a month', { required: true, placeholder: 'amount' }),
  basis: field('text', 'With or without VAT', { choices: ['gross', 'net'], default: 'gross' }),
  month: field('text', 'A whole month of what exists (next), or this one to its end, with its traffic (now)', {
    choices: ['now', 'next'],
    default: 'next',
  }),
} as const;

/** What the project costs a month, against a budget. */
export const budget = kind({
  name: 'budget',
  summary: 'What the project costs a month, against a budget',
  settings,
  needs: 'hetzner',
  validate(given) {
    if (given.budget > 0 && given.budget <= 1e9) return;
    throw new Failure('usage', `budget: ${given.budget} is not an amount above 0`);
  },
  async run(given, { monthlyCost }) {
    const cost = await monthlyCost(given.month as 'now' | 'next');
    const value = given.basis === 'net' ? cost.net : cost.gross;
    const span = given.month === 'now' ? 'this month' : 'a month';
    const message = `${value.toFixed(2)} of ${given.budget.toFixed(2)} ${cost.currency} ${given.basis} ${span}`;
    const more = { value, wrong: 'above' } as const;
    return value > given.budget ? down(message, more) : up(message, more);
  },
});
