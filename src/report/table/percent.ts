/** A share from 0 to 1 in percent: whole, but for one that would be none or all then: `30`, `0.4`, `99.97`. */
export function percent(share: number): string {
  const exact = share * 100;
  if (exact > 0 && exact < 1) return String(Number(exact.toPrecision(1)));
  const rest = 100 - exact;
  if (rest > 0 && rest < 1) return (100 - Number(rest.toPrecision(1))).toFixed(Math.ceil(-Math.log10(rest)));
  return exact.toFixed(0);
}
