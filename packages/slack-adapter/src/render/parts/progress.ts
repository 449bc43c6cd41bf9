import { assign, missingPersonas, type Persona, type Vote } from '@countersign/domain';
import { joinWithin } from '../text/join.ts';
import { bold, capital, prose } from '../text/mrkdwn.ts';
import { people, person } from '../text/people.ts';
import type { Picture } from '../types.ts';
import { freePlaces, namesOf } from './places.ts';

/** What is still missing, and what is there; counted by the matching that decides. */

const MAX_MISSING = { width: 1200, parts: 12 };
const MAX_THERE = { width: 700, parts: 12 };
const MAX_NEXT = { width: 200, parts: 5 };
const MAX_NAME = 60;

/** One line of mrkdwn: "Needs 1 more of sre (@carol) · 1 of security (@dan)". Empty when nothing can be given. */
export function missingLine(picture: Picture): string {
  const waiting = missingAcknowledgements(picture);
  const [first, ...others] = missingApprovals(picture);
  const needs =
    first === undefined ? [] : [`${waiting.length > 0 ? 'then needs' : 'needs'} ${first}`, ...others];
  const line = joinWithin([...waiting, ...needs], ' · ', MAX_MISSING);
  return line === '' ? '' : capital(stageName(picture) + line);
}

/** The same of a request that has ended: "on-call must acknowledge (@bob) · 1 of security (@dan)". */
export function wasMissing(picture: Picture): string {
  return joinWithin([...missingAcknowledgements(picture), ...missingApprovals(picture)], ' · ', MAX_MISSING);
}

/** "✓ on-call acknowledged by @bob · ✓ approved by @carol · then owner". Empty while nothing is there. */
export function thereLine(picture: Picture): string {
  const parts = [
    ...acknowledged(picture),
    ...completedStages(picture),
    ...voted(picture),
    ...denied(picture),
  ];
  return joinWithin([...parts, ...nextStages(picture)], ' · ', MAX_THERE);
}

function missingAcknowledgements(picture: Picture): string[] {
  const missing = new Set(missingPersonas(picture.approval));
  const { personas } = picture.approval.request.slate;
  return personas.filter(({ name }) => missing.has(name)).map((persona) => acknowledgement(picture, persona));
}

function missingApprovals(picture: Picture): string[] {
  const { request, stage } = picture.approval;
  const asked = request.slate.stages[stage];
  return asked ? freePlaces(picture, asked, assign(asked.require, votesNow(picture))) : [];
}

/** `Stage 1 of 2, *peers*: `; nothing where there is only one. */
function stageName({ approval }: Picture): string {
  const { stages } = approval.request.slate;
  const asked = stages[approval.stage];
  if (stages.length < 2 || !asked) return '';
  return `stage ${approval.stage + 1} of ${stages.length}, ${bold(asked.name, MAX_NAME)}: `;
}

function acknowledgement(picture: Picture, { name, from }: Persona): string {
  const who = namesOf(picture, from, new Set()) || prose(from.label, MAX_NAME);
  return `${bold(name, MAX_NAME)} must acknowledge (${who})`;
}

function votesNow({ approval }: Picture): Vote[] {
  return approval.approvals.filter((vote) => vote.stage === approval.stage);
}

function acknowledged(picture: Picture): string[] {
  const { request, acknowledgements } = picture.approval;
  return request.slate.personas.flatMap(({ name }) => {
    const given = Object.hasOwn(acknowledgements, name) ? acknowledgements[name] : undefined;
    return given ? [`✓ ${prose(name, MAX_NAME)} acknowledged by ${person(picture, given.by)}`] : [];
  });
}

function completedStages(picture: Picture): string[] {
  const { request, approvals, stage } = picture.approval;
  return request.slate.stages.slice(0, stage).map(({ name }, index) => {
    const voters = approvals.filter((vote) => vote.stage === index).map((vote) => vote.by);
    return `✓ ${prose(name, MAX_NAME)} approved by ${people(picture, voters)}`;
  });
}

function voted(picture: Picture): string[] {
  const voters = votesNow(picture).map((vote) => vote.by);
  return voters.length === 0 ? [] : [`✓ approved by ${people(picture, voters)}`];
}

function denied(picture: Picture): string[] {
  const { denials, request } = picture.approval;
  if (denials.length === 0) return [];
  const by = people(
    picture,
    denials.map((denial) => denial.by),
  );
  return [`✗ denied by ${by} (${denials.length} of ${request.slate.denyThreshold})`];
}

function nextStages({ approval }: Picture): string[] {
  const next = approval.request.slate.stages.slice(approval.stage + 1);
  const names = next.map(({ name }) => prose(name, MAX_NAME));
  return names.length === 0 ? [] : [`next: ${joinWithin(names, ', ', MAX_NEXT)}`];
}
