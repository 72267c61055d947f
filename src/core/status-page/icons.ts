/** The inside of each state's disc, in a box of 24, so that no state is told by its colour alone. */
const marks: Readonly<Record<string, string>> = {
  up: 'M7 12.5l3.4 3.4L17 9',
  down: 'M8.2 8.2l7.6 7.6M15.8 8.2l-7.6 7.6',
  partial: 'M12 6.8v6.4M12 16.9v.3',
  maintenance: 'M12 7v5.2l3.4 2.2',
  unknown: 'M9.3 9.6a2.8 2.8 0 1 1 4 2.6c-.9.4-1.3.9-1.3 1.9M12 17v.3',
  paused: 'M9.8 8.4v7.2M14.2 8.4v7.2',
};

/** For the picture in the tab, which knows neither the page's style nor dark and light. */
const colors: Readonly<Record<string, string>> = {
  up: '#2b9a68',
  down: '#d64545',
  partial: '#e08a1e',
  maintenance: '#4b8cd6',
  unknown: '#7b8594',
};

const stroke = 'fill="none" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"';

/** The icons, to be referred to. */
export const icons = `<svg width="0" height="0" style="position:absolute" aria-hidden="true">${Object.entries(marks)
  .map(
    ([name, mark]) =>
      `<symbol id="${name}" viewBox="0 0 24 24"><circle cx="12" cy="12" r="11" fill="currentColor"/><path d="${mark}" ${stroke} stroke="var(--card)"/></symbol>`,
  )
  .join('')}</svg>`;

/** The icon of a state; its name is written beside it. */
export function icon(state: string): string {
  return `<svg aria-hidden="true"><use href="#${state}"/></svg>`;
}

/** The state as a picture within an address. */
export function pictureOf(state: string): string {
  const disc = `<circle cx="12" cy="12" r="11" fill="${colors[state]}"/>`;
  const mark = `<path d="${marks[state]}" ${stroke} stroke="#fff"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${disc}${mark}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
