/** How much may be under way at once, shared by those who begin it. */
export interface Slots {
  readonly free: number;
  /** Takes one at once, if there is one. */
  tryTake(): boolean;
  /** Takes one as soon as there is one. */
  take(): Promise<void>;
  give(): void;
  /** Resolves when all have been given back. */
  idle(): Promise<void>;
}

/** As many slots as `size`; a slot given back goes to who has waited longest. */
export function createSlots(size: number): Slots {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const idlers: (() => void)[] = [];
  const tryTake = () => {
    if (taken >= size) return false;
    taken += 1;
    return true;
  };
  return {
    get free() {
      return size - taken;
    },
    tryTake,
    async take() {
      if (!tryTake()) await new Promise<void>(resolve => waiting.push(resolve));
    },
    give() {
      const next = waiting.shift();
      if (next) return next();
      taken -= 1;
      if (taken === 0) for (const idler of idlers.splice(0)) idler();
    },
    async idle() {
      if (taken > 0) await new Promise<void>(resolve => idlers.push(resolve));
    },
  };
}
