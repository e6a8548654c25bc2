/** A share from 0 to 1 in percent, whole unless that would make a few none or most all: `30`, `0.4`, `99.7`. */
export function percent(share: number): string {
  const exact = share * 100;
  const nearEnd = (exact > 0 && exact < 1) || (exact > 99 && exact < 100);
  return exact.toFixed(nearEnd ? 1 : 0);
}
