import { expect, test } from 'vitest';
import { guardedLookup, isAddressAllowed } from './address-guard.ts';

test.each([
  '169.254.169.254',
  '169.254.0.1',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '64:ff9b::a9fe:a9fe',
  'fd00:ec2::254',
  '100.100.100.200',
  '168.63.129.16',
])('%s is never allowed', (address) => {
  expect(isAddressAllowed(address, true)).toBe(false);
});

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '::1',
  'fd12::1',
  '::ffff:10.0.0.1',
  '0.0.0.0',
])('%s is private', (address) => {
  expect(isAddressAllowed(address, true)).toBe(true);
  expect(isAddressAllowed(address, false)).toBe(false);
});

test.each(['8.8.8.8', '2606:4700::1111', '172.32.0.1', 'not-an-address'])('%s is allowed', (address) => {
  expect(isAddressAllowed(address, false)).toBe(true);
});

test('a look-up refuses names of forbidden addresses', async () => {
  const look = (allowPrivate: boolean) =>
    new Promise((resolve) => {
      guardedLookup(allowPrivate)('localhost', { all: true }, (error, addresses) =>
        resolve(error ?? addresses),
      );
    });
  expect(await look(false)).toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' });
  expect(await look(true)).toEqual(
    expect.arrayContaining([expect.objectContaining({ address: expect.any(String) })]),
  );
});
