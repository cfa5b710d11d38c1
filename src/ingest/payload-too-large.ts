/** What a client sent is larger than what is taken. The message is written for that client. */
export class PayloadTooLargeError extends Error {
  override readonly name = 'PayloadTooLargeError';
}
