// What can be seen to be mistyped in contact data. Nothing has to be filled in.
import { mark } from '../words/words'

export const contactFields = ['phone', 'email', 'postcode', 'address'] as const
export type Contact = Record<(typeof contactFields)[number], string>

export function checkContact(typed: Contact): Partial<Contact> {
  const { phone, email, postcode } = typed
  const wrong = (text: string, shape: RegExp) => text.trim() !== '' && !shape.test(text.trim())
  return {
    ...(wrong(phone, /^1\d{10}$/) ? { phone: mark('请输入 11 位手机号码') } : {}),
    ...(wrong(email, /^[^\s@]+@[^\s@]+\.[^\s@]+$/)
      ? { email: mark('邮箱格式不正确，请核对') }
      : {}),
    ...(wrong(postcode, /^\d{6}$/) ? { postcode: mark('邮编应为 6 位数字') } : {}),
  }
}
