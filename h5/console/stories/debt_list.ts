// 欠费名单: bills become students, students become classes, as a form master reads them.
import type { Debt } from '../../shared/api/reports'

export interface Debtor {
  student_no: string
  name: string
  debts: Debt[]
  owed_fen: number
}

export interface DebtClass {
  id: string
  college: string
  major: string
  name: string
  debtors: Debtor[]
  owed_fen: number
}

const classOf = ({ college, major, class: name }: Debt) => JSON.stringify([college, major, name])

/**
 * Students whose bills may go on in the next page are held back: half of what somebody owes is not shown as the
 * whole of it.
 */
export function wholeDebts(debts: readonly Debt[], goesOn: boolean): readonly Debt[] {
  const last = debts[debts.length - 1]
  if (!goesOn || !last) return debts
  const from = debts.findIndex((one) => one.student_no === last.student_no)
  return from === 0 ? debts : debts.slice(0, from)
}

/** In the order in which they came: by class, then by student. */
export function debtClasses(debts: readonly Debt[]): DebtClass[] {
  const classes: DebtClass[] = []
  for (const debt of debts) {
    const id = classOf(debt)
    let own = classes[classes.length - 1]
    if (own?.id !== id) {
      const { college, major, class: name } = debt
      own = { id, college, major, name, debtors: [], owed_fen: 0 }
      classes.push(own)
    }
    let debtor = own.debtors[own.debtors.length - 1]
    if (debtor?.student_no !== debt.student_no) {
      debtor = { student_no: debt.student_no, name: debt.name, debts: [], owed_fen: 0 }
      own.debtors.push(debtor)
    }
    debtor.debts.push(debt)
    debtor.owed_fen += debt.owed_fen
    own.owed_fen += debt.owed_fen
  }
  return classes
}

export const debtText = ({ item, period }: Debt): string => (period ? `${item} ${period}` : item)
