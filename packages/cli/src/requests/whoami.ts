import { whoami as ask } from '../client/api.ts';
import { type ConnectOptions, connectAsSomebody } from '../client/connect.ts';
import { EXIT } from '../exit-codes.ts';
import { type Format, present } from '../output/format.ts';
import { type Io, printable } from '../output/io.ts';
import { facts } from '../output/table.ts';

/** `countersign whoami`. */
export async function whoami(io: Io, options: ConnectOptions & { readonly output: Format }): Promise<number> {
  const http = connectAsSomebody(options, io.env);
  const me = await ask(http);
  present(io, options.output, me, () =>
    facts([
      ['server', http.connection.url],
      ['you are', printable(me.person)],
      ['kind', me.kind],
      ['tenant', printable(me.tenant)],
      ['roles', me.roles.join(', ') || 'none'],
      [
        'groups',
        printable([...me.policy.groups, ...me.groups.map((name) => `${name} (claimed)`)].join(', ')) ||
          'none',
      ],
      ['super-approver', me.policy.superApprover ? 'yes' : undefined],
    ]),
  );
  return EXIT.ok;
}
