import type { Slate, Source } from '@countersign/domain';

export const GROUPS: Record<string, string[]> = { sre: ['bob', 'carol'], security: ['dan', 'erin'] };

export function source(part: Partial<Source> & { label: string }): Source {
  return { users: [], groups: [], claims: [], admins: false, ...part };
}

export function group(name: string): Source {
  return source({ label: name, groups: [{ name, members: GROUPS[name] ?? [] }] });
}

const BASE: Slate = {
  personas: [],
  stages: [],
  denyThreshold: 1,
  superApprovers: ['alice'],
  allowSelfApproval: false,
};

export const SLATES = {
  simple: { ...BASE, stages: [{ name: 'sre', require: [{ from: group('sre'), min: 1 }] }] },
  personas: {
    ...BASE,
    personas: [
      { name: 'on-call', from: group('sre') },
      { name: 'security', from: group('security') },
    ],
    stages: [{ name: 'approve', require: [{ from: group('sre'), min: 2 }] }],
  },
  staged: {
    ...BASE,
    stages: [
      {
        name: 'peers',
        require: [
          { from: group('sre'), min: 1 },
          { from: group('security'), min: 1 },
        ],
      },
      { name: 'owner', require: [{ from: source({ label: 'alice', users: ['alice'] }), min: 1 }] },
    ],
    denyThreshold: 2,
    overrides: { keys: ['size', 'window', 'steps'], nonMaterial: ['window'] },
  },
  claims: {
    ...BASE,
    stages: [{ name: 'claimed', require: [{ from: source({ label: 'leads', claims: ['leads'] }), min: 1 }] }],
  },
  admins: {
    ...BASE,
    superApprovers: [],
    stages: [{ name: 'any', require: [{ from: source({ label: 'any admin', admins: true }), min: 1 }] }],
  },
} satisfies Record<string, Slate>;

export type SlateName = keyof typeof SLATES;
