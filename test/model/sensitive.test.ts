import { describe, expect, it } from 'vitest';
import { notKept, sensitivityOf } from '../../src/model/index.js';

// Written in parts, so that no scanner of secrets takes this file for a leak.
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTYifQ', 'c2lnbmF0dXJlLW9mLWl0'].join('.');

describe('sensitivityOf', () => {
  it.each([
    ['db_password', 'correct-horse'],
    ['apiKey', '0123456789'],
    ['aws', `AKIA${'ABCDEFGHIJKLMNOP'}`],
    ['auth', jwt],
    ['header', `Bearer ${'abcdefghijklmnop'}`],
    ['dsn', ['postgres://shop:', 'hunter22', '@db:5432/shop'].join('')],
    ['note', ['ghp_', 'a'.repeat(36)].join('')],
    ['pem', `-----BEGIN ${'RSA PRIVATE'} KEY-----`],
  ])('takes %s for a credential', (name, value) => {
    expect(sensitivityOf(name, value)).toBe('credential');
  });

  it.each([
    ['user', 'someone@example.com'],
    ['ssn', '078-05-1120'],
    ['anything', '078-05-1120'],
    ['card', '4111 1111 1111 1111'],
    ['phone_number', '+1 555 0100 200'],
  ])('takes the value of %s for personal data', (name, value) => {
    expect(sensitivityOf(name, value)).toBe('personal data');
  });

  it.each([
    ['secret', 'checkout-tls'],
    ['token_type', 'refresh'],
    ['secret_name', 'checkout-tls'],
    ['email', 'welcome'],
    ['phone', 'android'],
    ['le', '0.005'],
    ['pod', 'checkout-5f6d8c7b9d-x2x4z'],
    ['instance', '10.1.2.3:9090'],
    ['url', 'https://shop.example/cart?page=2'],
    ['image', 'registry.example/shop@sha256:4355a46b19d348dc2f57c046f8ef63d4'],
    ['trace_id', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['at_ms', '1767607200000000'],
    ['order', '4111111111111112'],
    ['password', '***'],
    ['api_key', ''],
    ['password', notKept('credential')],
  ])('leaves %s="%s" alone', (name, value) => {
    expect(sensitivityOf(name, value)).toBeUndefined();
  });
});
