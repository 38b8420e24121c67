/** Whether a column has any value. Pure. */

/**
 * At least one row has a value. Calling `some` for each of many thousand rows costs ten times as
 * much.
 */
export function isMeasured(column: Float64Array): boolean {
  for (let row = 0; row < column.length; row++) if (!Number.isNaN(column[row])) return true;
  return false;
}
