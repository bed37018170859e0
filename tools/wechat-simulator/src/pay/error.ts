// WeChat Pay's error answers: status, code, sentence, and the number at the end of Request-ID.
export interface Detail {
  field: string;
  value: string;
  issue: string;
  location: 'body' | 'query' | 'uri_template';
}

export class PayError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly number = 268435461,
    readonly detail?: Detail,
  ) {
    super(message);
  }

  body(): string {
    return JSON.stringify({ code: this.code, message: this.message, ...(this.detail ? { detail: this.detail } : {}) });
  }
}

export const paramError = (message: string, detail?: Detail, number?: number): PayError =>
  new PayError(400, 'PARAM_ERROR', message, number, detail);
export const signError = (message: string): PayError => new PayError(401, 'SIGN_ERROR', message, 268443699);
export const invalidRequest = (message: string, number?: number): PayError => new PayError(400, 'INVALID_REQUEST', message, number);
