/** The nonce of this page's style policy, as the server wrote it. */
export const cspNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.content ?? '';
