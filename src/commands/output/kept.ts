import type { Cell, Item, Names, Resource } from '../../core/resource.ts';

const kept = Symbol('cells');

/** Reads the columns of each row as it comes, so that the row itself need not be held (10,000 servers take 40 MB); a row with a column that needs names is held whole. */
export function keepCells(resource: Resource, shown: readonly string[]): (item: Item) => Item {
  const nameKey = resource.nameKey ?? 'name';
  return item => {
    let asked = false;
    const spy: Names = (_, id) => {
      asked = true;
      return String(id);
    };
    const cells = shown.map(column => resource.columns[column]?.(item, spy));
    return asked ? item : { id: item.id, [nameKey]: item[nameKey], labels: item.labels, [kept]: cells };
  };
}

/** The cells of a row that was kept so. */
export function cellsOf(item: Item): readonly Cell[] | undefined {
  return (item as { [kept]?: readonly Cell[] })[kept];
}
