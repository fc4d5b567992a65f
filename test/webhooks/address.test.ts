import { describe, expect, it } from 'vitest';
import { addressFault, ipFault } from '../../webhooks/address.ts';

describe('addressFault', () => {
  it.each([
    'https://hooks.example.com/a?b=c',
    'http://hooks.example.com:8080/',
    'http://127.0.0.1:9/x',
    'http://[::1]/x',
  ])('takes %s', (url) => expect(addressFault(url, true)).toBeNull());

  it.each([
    ['ftp://example.com/', /expected an address/],
    ['javascript:alert(1)', /expected an address/],
    ['file:///etc/passwd', /expected an address/],
    ['nonsense', /expected an address/],
    ['https://user:word@example.com/', /password/],
    ['http://169.254.169.254/latest/meta-data', /link-local/],
    ['http://[fe80::1]/', /link-local/],
    ['http://0.0.0.0/', /link-local/],
    ['http://2852039166/', /link-local/],
    ['http://[::ffff:169.254.169.254]/', /link-local/],
    [`https://example.com/${'x'.repeat(2001)}`, /at most/],
  ])('refuses %.60s', (url, why) => expect(addressFault(url, true)).toMatch(why));

  it('refuses private addresses where they are not allowed, however they are written', () => {
    for (const host of [
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '[::1]',
      '[fd00::1]',
      '[::ffff:10.0.0.1]',
      '2130706433',
    ]) {
      expect(addressFault(`http://${host}/`, true), host).toBeNull();
      expect(addressFault(`http://${host}/`, false), host).toMatch(/private/);
    }
  });
});

describe('ipFault', () => {
  it('takes public addresses', () => {
    for (const ip of ['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946']) expect(ipFault(ip, false)).toBeNull();
  });
});
