// The rules of an operator's password that can be seen while typing. The server decides.
export interface Rule {
  text: string
  met: boolean
}

export function passwordRules(password: string, name = ''): Rule[] {
  const length = [...password].length
  const kinds = [/[A-Za-z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(password))
  const own = name !== '' && password.toLowerCase().includes(name.toLowerCase())
  return [
    { text: '长度为 10 至 64 位', met: length >= 10 && length <= 64 },
    { text: '包含字母、数字、其他符号中的至少两种', met: kinds.length >= 2 },
    { text: '不含空格、中文和全角符号', met: /^[!-~]+$/.test(password) },
    { text: '不包含登录名，不是少数几个字符的重复', met: !own && new Set(password).size >= 4 },
  ]
}

export interface NewPassword {
  new_password: string
  new_password_again: string
}

/** Sentences for the two fields of a new password. */
export function checkNewPassword(typed: NewPassword, name: string): Partial<NewPassword> {
  const { new_password, new_password_again } = typed
  if (!new_password) return { new_password: '请输入新密码' }
  if (passwordRules(new_password, name).some((rule) => !rule.met))
    return { new_password: '新密码还不符合下面的要求' }
  if (!new_password_again) return { new_password_again: '请再次输入新密码' }
  return new_password === new_password_again
    ? {}
    : { new_password_again: '两次输入的新密码不一致，请重新输入' }
}
