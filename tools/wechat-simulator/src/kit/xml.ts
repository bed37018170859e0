// Message XML, both ways. Writing is our own few lines; reading is fast-xml-parser behind a strict check.
import { XMLParser, XMLValidator } from 'fast-xml-parser';

export type XmlValue = string | number | XmlFields | XmlFields[];
export interface XmlFields {
  [name: string]: XmlValue | undefined;
}

export const cdata = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

/** Numbers and bigints-as-digits marked by type number go bare, texts go into CDATA, as WeChat does. */
export function writeFields(fields: XmlFields): string {
  let out = '';
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) for (const item of value) out += `<${name}>${writeFields(item)}</${name}>`;
    else if (typeof value === 'object') out += `<${name}>${writeFields(value)}</${name}>`;
    else if (typeof value === 'number') out += `<${name}>${value}</${name}>`;
    else if (name === 'MsgId' || name === 'MsgID' || name === 'MenuId') out += `<${name}>${value}</${name}>`;
    else out += `<${name}>${cdata(value)}</${name}>`;
  }
  return out;
}

export const writeXml = (fields: XmlFields): string => `<xml>${writeFields(fields)}</xml>`;

export type XmlNode = string | { [name: string]: XmlNode | XmlNode[] };

const parser = new XMLParser({
  ignoreAttributes: false,
  parseTagValue: false,
  trimValues: false,
  processEntities: true,
  isArray: () => false,
});

/** The members of the root <xml>; throws with a reason for anything that WeChat would not read. */
export function readXml(text: string): { [name: string]: XmlNode | XmlNode[] } {
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new Error('DOCTYPE in XML');
  const verdict = XMLValidator.validate(text, { allowBooleanAttributes: false });
  if (verdict !== true) throw new Error(`not well-formed: ${verdict.err.msg}`);
  const tree = parser.parse(text) as { [name: string]: XmlNode };
  delete tree['?xml'];
  const names = Object.keys(tree).filter((name) => name !== '#text');
  if (names.length !== 1 || names[0] !== 'xml') throw new Error('root element is not xml');
  const root = tree['xml'];
  if (root === undefined || typeof root === 'string') throw new Error('empty root element');
  delete root['#text'];
  return root;
}

/** The text of a member that must be there once, without children. */
export function textOf(node: { [name: string]: XmlNode | XmlNode[] }, name: string): string {
  const value = node[name];
  if (value === undefined) throw new Error(`${name} missing`);
  if (Array.isArray(value)) throw new Error(`${name} more than once`);
  if (typeof value !== 'string') throw new Error(`${name} is not text`);
  return value;
}
