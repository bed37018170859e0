// Error answers of the official-account API: HTTP 200 with errcode and errmsg ending in a rid.
import { hex } from '../kit/ids.js';

const TEXT: Record<number, string> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40008: 'invalid message type',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40015: 'invalid menu type',
  40016: 'invalid button size',
  40017: 'invalid button type',
  40018: 'invalid button name size',
  40019: 'invalid button key size',
  40020: 'invalid button url size',
  40022: 'invalid sub button level',
  40023: 'invalid sub button size',
  40024: 'invalid sub button type',
  40025: 'invalid sub button name size',
  40026: 'invalid sub button key size',
  40027: 'invalid sub button url size',
  40029: 'invalid code',
  40030: 'invalid refresh_token',
  40033: 'invalid charset. please check your request, if include \\uxxxx will create fail!',
  40036: 'invalid template_id size',
  40037: 'invalid template_id',
  40054: 'invalid sub button url domain',
  40055: 'invalid button url domain',
  40097: 'invalid args',
  40119: 'invalid use button type',
  40120: 'invalid use sub button type',
  40125: 'invalid appsecret',
  40163: 'code been used',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41007: 'sub button missing',
  41008: 'missing code',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  43004: 'require subscribe',
  44002: 'empty post data',
  44004: 'empty content',
  45002: 'content size out of limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  45015: 'response out of time limit or subscription is canceled',
  45047: 'out of response count limit',
  46003: 'menu no exist',
  47001: 'data format error',
  47003: 'argument invalid!',
  48001: 'api unauthorized',
  65308: 'button must have an action',
  65317: 'invalid url',
  65318: 'must use utf-8 charset',
};

export class MpError extends Error {
  constructor(readonly errcode: number, errmsg = TEXT[errcode] ?? 'error') {
    super(`${errmsg} rid: ${hex(4)}-${hex(4)}-${hex(4)}`);
  }
}

export const OK = { errcode: 0, errmsg: 'ok' };
