import type { Prng } from './random.ts';

interface Office {
  readonly city: string;
  readonly regionName: string;
  readonly countryName: string;
  readonly geo: string;
  readonly network: string;
}

export interface Person {
  readonly displayName: string;
  readonly email: string;
  readonly accountId: string;
  /** Legacy key of the issue tracker. */
  readonly userKey: string;
  /** Legacy key of the wiki. */
  readonly wikiKey: string;
  readonly office: Office;
  readonly ip: string;
  readonly publicName: string;
  readonly guest: boolean;
}

export interface Group {
  readonly name: string;
  readonly uuid: string;
}

const offices: readonly Office[] = [
  { city: 'Madrid', regionName: 'Madrid', countryName: 'Spain', geo: 'EU', network: '198.51.100.' },
  { city: 'Leipzig', regionName: 'Saxony', countryName: 'Germany', geo: 'EU', network: '203.0.113.' },
  {
    city: 'Boston',
    regionName: 'Massachusetts',
    countryName: 'United States',
    geo: 'NA',
    network: '192.0.2.',
  },
  { city: 'Pune', regionName: 'Maharashtra', countryName: 'India', geo: 'AS', network: '10.44.7.' },
];

const given = (
  'Ines Noor Lena Tomas Amara Jonas Priya Mateo Yuki Oskar Salma Piet Chiara Arjun Freya Diego Hana Emeka ' +
  'Zofia Łukasz Núria Björn Mei Anaïs Rafael Sinéad Tariq Olga Kofi Elif'
).split(' ');
const family = (
  'Caro Haddad Vogel Marques Okafor Lindqvist Raman Duarte Tanaka Brandt Nasser Visser Moretti Iyer Dahl ' +
  'Quiroga Novák Eze Żak Ferrer Sjöberg Zhang Lefèvre Costa Byrne Aziz Petrova Mensah Demir Grün'
).split(' ');

const ascii = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .replaceAll(/[łŁ]/g, 'l')
    .toLowerCase();

function createPerson(prng: Prng, index: number): Person {
  const first = given[index % given.length] ?? 'Ines';
  const last = family[(index * 7 + Math.floor(index / given.length)) % family.length] ?? 'Caro';
  const office = prng.pick(offices);
  const accountId = prng.chance(0.3) ? prng.hex(24) : `712020:${prng.uuid()}`;
  const keyStyle = prng.weighted([6, 3, 1]);
  const userKey =
    keyStyle === 0
      ? `ug:${prng.uuid()}`
      : keyStyle === 1
        ? `qm:${prng.uuid()}:${prng.int(10, 99)}`
        : prng.uuid();
  const guest = prng.chance(0.03);
  return {
    displayName: `${first} ${last}`,
    email: `${ascii(first)}.${ascii(last)}${guest ? '.ext' : ''}@acme-demo.example`,
    accountId,
    userKey,
    wikiKey: `8a7f808a${prng.hex(24)}`,
    office,
    ip: prng.chance(0.06)
      ? `2001:db8:${prng.hex(4)}::${prng.hex(2)}`
      : `${office.network}${prng.int(4, 250)}`,
    publicName: prng.chance(0.7) ? 'Unknown user' : `${first} ${last}`,
    guest,
  };
}

export function createPeople(prng: Prng, count: number): readonly Person[] {
  return Array.from({ length: count }, (_, index) => createPerson(prng, index));
}

const teams =
  'finance payments treasury legal people-ops platform mobile web data support security it-ops design research sales marketing'.split(
    ' ',
  );
const roles = ['admins', 'auditors', 'members'];

export function createGroups(prng: Prng): readonly Group[] {
  const names = [
    ...[
      'jira-users',
      'jira-admins-emea',
      'jira-servicemanagement-users',
      'confluence-users',
      'confluence-admins',
    ],
    ...['org-admins', 'site-admins', 'system-administrators', 'contractors', 'atlassian-addons-admin'],
    ...teams.flatMap((team) => roles.map((role) => `${team}-${role}`)),
  ];
  return names.map((name) => ({ name, uuid: prng.uuid() }));
}
