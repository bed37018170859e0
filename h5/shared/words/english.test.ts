// What English finds for sentences that came from elsewhere.
import { expect, it } from 'vitest'
import { english } from './english'

const school = (own: Record<string, string>) => {
  const made = english({ '只在这里 %{n} 次': ['%{n} time here', '%{n} times here'] })
  made.take(own)
  return made.said
}

it('knows what the server says, with the values inside', () => {
  const said = school({})
  expect(said('名额已满')).toBe('All places are taken')
  expect(said('截止 2026-10-01')).toBe('Pay by 1 Oct 2026')
  expect(said('金额应在10.00元到1,500.00元之间')).toBe('Enter an amount from ¥10.00 to ¥1,500.00')
  expect(said('请计算：五加三等于几？请填写数字')).toBe('What is five plus three? Answer in digits')
})

it('says values that are sentences or names themselves', () => {
  const said = school({ 防寒服: 'Parka' })
  expect(said('请填写“手机号”')).toBe('Please fill in: Mobile number')
  expect(said('“手机号”应为11位手机号')).toBe('Mobile number: enter an 11-digit mobile number')
  expect(said('请填写“防寒服”')).toBe('Please fill in: Parka')
})

it('says kept sentences of the pages, with one and many', () => {
  const said = school({})
  expect(said('只在这里 1 次')).toBe('1 time here')
  expect(said('只在这里 12 次')).toBe('12 times here')
})

it('knows the usual names, and periods by their shape', () => {
  const said = school({})
  expect(said('学费')).toBe('Tuition')
  expect(said('2026-2027学年')).toBe('2026-2027 academic year')
  expect(said('英语四级')).toBe('英语四级')
})

it("puts the school's own names first", () => {
  const said = school({ 学费: 'Tuition fee' })
  expect(said('学费')).toBe('Tuition fee')
})

it('leaves alone what has no English, and what is English', () => {
  const { said } = english({})
  expect(said('学费')).toBe('Tuition')
  expect(said('某个没有英文的项目')).toBe('某个没有英文的项目')
  expect(said('Already English')).toBe('Already English')
})
