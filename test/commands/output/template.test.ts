import { expect, test } from 'vitest';
import { fillTemplate, parseTemplate } from '../../../src/commands/output/template.ts';

const server = {
  id: 42,
  name: 'web-1',
  server: 7,
  locked: false,
  backup_window: null,
  public_net: { ipv4: { ip: '203.0.113.1', dns_ptr: 'a.example' }, ipv6: null, floating_ips: [1, 2] },
  ssh_keys: [],
  labels: { env: 'prod', Env: 'test', 'with-dash': 'x' },
  certificate: 'BEGIN\nabc\x1b',
};

test.each([
  ['{{.Name}} {{.PublicNet.IPv4.IP}}', 'web-1 203.0.113.1'],
  ['{{.ID}}', '42'],
  ['{{ .PublicNet.IPv4.DNSPtr }}', 'a.example'],
  ['{{.SSHKeys}}', '[]'],
  ['{{.public_net.floating_ips}}', '[1,2]'],
  ['{{.Locked}}', 'false'],
  ['{{.Server.ID}}', '7'],
  ['[{{.BackupWindow}}{{.PublicNet.IPv6.IP}}]', '[]'],
  ['{{.Labels.env}}/{{.Labels.Env}}/{{.Labels.with-dash}}', 'prod/test/x'],
  ['plain', 'plain'],
  ['', ''],
  ['{{.Certificate}}', 'BEGIN\nabc\\x1b'],
])('%s gives %j', (text, filled) => {
  expect(fillTemplate(parseTemplate(text), server)).toBe(filled);
});

test('{{.}} is the whole item as JSON', () => {
  expect(fillTemplate(parseTemplate('{{.}}'), { id: 1 })).toBe('{"id":1}');
});

test.each([
  '{{range .Volumes}}',
  '{{if .Locked}}x{{end}}',
  '{{.Name | printf "%s"}}',
  '{{index .Labels "a"}}',
  '{{}}',
  '{{- .Name}}',
  '{{Name}}',
  '{{.Name.}}',
])('%s is more than a field path, and the way out is named', text => {
  expect(() => parseTemplate(text)).toThrow(
    expect.objectContaining({ code: 'usage', hint: expect.stringContaining('--query') }),
  );
});

test('braces that are not closed are said', () => {
  expect(() => parseTemplate('a {{.Name')).toThrow('template has {{ without }}: a {{.Name');
});

test('a field that is not there is named with those that are', () => {
  expect(() => fillTemplate(parseTemplate('{{.PublicNet.IP}}'), server)).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: 'template has no such field: .PublicNet.IP',
      hint: 'Fields there: ipv4, ipv6, floating_ips',
    }),
  );
  expect(() => fillTemplate(parseTemplate('{{.Name.First}}'), server)).toThrow(
    'template has no such field: .Name.First',
  );
  expect(() => fillTemplate(parseTemplate('{{.constructor}}'), server)).toThrow('no such field');
});
