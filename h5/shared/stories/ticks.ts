// Which bills the student does not want to pay now. Everything payable is ticked until unticked, so a
// bill that appears later is ticked too.
import { ref } from 'vue'
import { keptInTab } from '../keep'

const kept = keptInTab('unticked')

function stored(): string[] {
  try {
    return JSON.parse(kept.read() ?? '[]') as string[]
  } catch {
    return []
  }
}

const unticked = ref(new Set(stored()))

export const isTicked = (bill_id: string) => !unticked.value.has(bill_id)

export function tick(bill_ids: readonly string[], on: boolean): void {
  const next = new Set(unticked.value)
  bill_ids.forEach((id) => (on ? next.delete(id) : next.add(id)))
  unticked.value = next
  kept.write(JSON.stringify([...next]))
}
