/** This many holes are written out before an array can count as sparse. */
const TOLERATED_HOLES = 1024
/** Holes per element from which an array counts as sparse. */
const HOLES_PER_ELEMENT = 4

/**
 * Whether the part of an array before `length` is mostly holes, given that there are none before `from`. An array of
 * length 2^32-1 with two elements must not be walked index by index, so this stops as soon as it is sure.
 */
export function isSparse(array: readonly unknown[], from: number, length: number): boolean {
  if (length - from <= TOLERATED_HOLES) return false
  let holes = 0
  for (let index = from; index < length; index++) {
    if (index in array) continue
    holes++
    if (holes > TOLERATED_HOLES && holes > (index + 1 - holes) * HOLES_PER_ELEMENT) return true
  }
  return false
}

/** The indices from `from` up to `length` that an array has an element at. */
export function presentIndices(array: readonly unknown[], from: number, length: number): number[] {
  const indices: number[] = []
  for (const key of Object.keys(array)) {
    const index = Number(key)
    if (index >= from && index < length && String(index >>> 0) === key) indices.push(index)
  }
  return indices
}
