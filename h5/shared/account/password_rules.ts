// The rules that can be seen while typing. The server decides, and knows more (the whole ID number).
import { mark } from '../words/words'

export interface Rule {
  text: string
  met: boolean
}

export function passwordRules(password: string, username = ''): Rule[] {
  const length = [...password].length
  const kinds = [/[A-Za-z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(password))
  const copied = password === '' || (username !== '' && password.includes(username))
  return [
    { text: mark('长度为 8 至 64 位'), met: length >= 8 && length <= 64 },
    { text: mark('包含字母、数字、其他符号中的至少两种'), met: kinds.length >= 2 },
    // Six digits are too short already; what is left to hold against it here is the student number.
    {
      text: mark('不是学号，也不是身份证号后六位'),
      met: !copied && !/^(\d{5}[\dXx])?$/.test(password),
    },
  ]
}

export interface NewPassword {
  new_password: string
  new_password_again: string
}

export const passwordFields = ['new_password', 'new_password_again'] as const

/** Sentences for the two fields of a new password. */
export function checkNewPassword(typed: NewPassword, username = ''): Partial<NewPassword> {
  const { new_password, new_password_again } = typed
  if (!new_password) return { new_password: mark('请输入新密码') }
  if (passwordRules(new_password, username).some((rule) => !rule.met))
    return { new_password: mark('新密码还不符合下面的要求') }
  if (!new_password_again) return { new_password_again: mark('请再次输入新密码') }
  return new_password === new_password_again
    ? {}
    : { new_password_again: mark('两次输入的新密码不一致，请重新输入') }
}
