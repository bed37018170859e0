// "还需支付 %{amount} 元" finds its values in "还需支付 500.00 元".

export interface Pattern {
  sentence: string
  /** how many letters of it are not values */
  fixed: number
  valuesOf(said: string): Record<string, string> | undefined
}

const hole = /%\{(\w+)\}/
// What may stand in a hole of that name; anything in the others.
const number = '[\\d.,]+'
const shapes: Record<string, string> = {
  n: number,
  year: '\\d{4}',
  from: '\\d{4}',
  to: '\\d{4}',
  amount: number,
  least: number,
  most: number,
  day: '\\d{4}-\\d{2}-\\d{2}',
}

/** Nothing for a sentence without values. */
export function patternOf(sentence: string): Pattern | undefined {
  const [first = '', ...parts] = sentence.split(hole)
  if (parts.length === 0) return undefined
  const names = parts.filter((_, at) => at % 2 === 0)
  const fixed = [first, ...parts.filter((_, at) => at % 2 === 1)]
  const holes = names.map((name) => `(${shapes[name] ?? '.+?'})`)
  const whole = new RegExp(
    `^${fixed.map((text, at) => literal(text) + (holes[at] ?? '')).join('')}$`,
  )
  return {
    sentence,
    fixed: fixed.join('').length,
    valuesOf(said) {
      const found = whole.exec(said)
      if (!found) return undefined
      return Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? '']))
    },
  }
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
