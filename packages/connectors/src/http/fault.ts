/** A request that came to no answer. */
export class HttpFault extends Error {
  /** Whether the other end may have got the request; false: certainly not. */
  readonly sent: boolean;
  /** Whether trying again can't help, as with an address that is refused. */
  readonly lasting: boolean;

  constructor(message: string, { sent, lasting = false }: { sent: boolean; lasting?: boolean }) {
    super(message);
    this.name = 'HttpFault';
    this.sent = sent;
    this.lasting = lasting;
  }
}
