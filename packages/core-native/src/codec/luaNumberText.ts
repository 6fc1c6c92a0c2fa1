/** C's `%.<precision>g`. */
function general(value: number, precision: number): string {
  const exponential = value.toExponential(precision - 1)
  const split = exponential.indexOf('e')
  const exponent = Number(exponential.slice(split + 1))
  if (exponent >= -4 && exponent < precision) return withoutZeros(value.toPrecision(precision))
  const digits = String(Math.abs(exponent)).padStart(2, '0')
  return `${withoutZeros(exponential.slice(0, split))}e${exponent < 0 ? '-' : '+'}${digits}`
}

function withoutZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits
}

/**
 * Writes a float as Lua 5.5's `tostring` does: 15 digits if they are enough, else 17, and `.0` behind what would
 * read as an integer. NaN is no key, so it never comes here.
 */
export function luaFloatText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const short = general(value, 15)
  const text = Number(short) === value ? short : general(value, 17)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
