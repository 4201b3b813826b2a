import { describe, expect, it } from 'vitest';

import template from '../extension-host.json';
import { STAGES, Synthesised } from './synthesised';

/** A statement of a policy, as JSON has it. */
type Statement = any;

const list = (value: any): any[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

const all = Synthesised.stage('production');
const only = (type: string, construct: string) => {
  const [found, ...others] = all.ofType(type).filter((each) => each.construct === construct);
  if (found === undefined || others.length > 0) throw new Error(`there is not one ${construct}`);
  return found;
};
const boundary = only('AWS::IAM::ManagedPolicy', 'boundary');
const allowing: Statement[] = boundary.properties.PolicyDocument.Statement;
const resourcesOf = ({ Resource }: Statement, { stack } = boundary) => list(Resource).map((each) => all.say(each, stack));
const statementsOf = (name: string): Statement[] => {
  const policy = only('AWS::IAM::Policy', `${name}-role/DefaultPolicy`);
  return policy.properties.PolicyDocument.Statement;
};
const hostValues = (stage: string): Record<string, string> => {
  const made = Synthesised.stage(stage);
  const [register] = made.ofType('AWS::Lambda::Function').filter(({ construct }) => construct === 'extension-register');
  const said = made.say(register?.properties.Environment.Variables.EXTENSION_HOSTS, register?.stack ?? '');
  return JSON.parse(said);
};

describe('what hosts are made of', () => {
  const text = JSON.stringify(template);
  const places = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name as string));
  /** Those that extension-register fills in by itself: shared/extension/src/aws/template.rs. */
  const ofTheTenant = [
    'tenant',
    'log_group',
    'queue',
    'fifo',
    'dead_letters',
    'fifo_dead_letters',
    'functions',
    'queue_url',
    'fifo_url',
    'dead_letters_url',
    'fifo_dead_letters_url',
  ];

  it.each(STAGES)('has a value on stage %s for each place that is not the tenant\'s', (stage) => {
    const given = Object.keys(hostValues(stage));
    const more = ['architecture', 'boundary', 'host_code_bucket', 'host_code_key', 'sqs_arn', 'lambda_arn', 'logs_arn'];
    expect(given.sort()).toEqual([...new Set([...places].filter((name) => !ofTheTenant.includes(name)).concat(more))].sort());
  });

  it('gives a message back to nobody else while a host is at it', () => {
    const { queue, function: host } = template.host;
    expect(Number(queue.VisibilityTimeout)).toBeGreaterThanOrEqual(6 * host.seconds);
  });

  it('lets a function of an extension\'s own write its log and nothing else', () => {
    const actions = template.function.policy.Statement.flatMap(({ Action }) => Action);
    expect(actions).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  it('keeps logs no longer than it takes until an erasure is carried out', () => {
    const grace = all.ofType('AWS::Lambda::Function').find(({ construct }) => construct === 'erasure-api');
    const seconds = Number(grace?.properties.Environment.Variables.ERASURE_GRACE_SECONDS);
    expect(template.log_days * 86_400).toBeLessThanOrEqual(seconds);
  });
});

describe('the boundary', () => {
  it('the boundary allows what the template allows, of any tenant, and nothing else', () => {
    const actions = (statements: readonly { Action: string | string[] }[]) =>
      new Set(statements.flatMap(({ Action }) => list(Action)));
    const keys = allowing.filter(({ Action }) => list(Action).some((action) => action === 'kms:Decrypt'));
    const others = allowing.filter((statement) => !keys.includes(statement));
    expect(actions(others)).toEqual(actions(template.host.policy.Statement));
    expect(keys).toHaveLength(1);
    expect(keys[0].Condition.StringEquals['kms:ViaService']).toHaveLength(2);
  });

  it('opens nothing by a star alone, but a key by the service that uses it', () => {
    for (const statement of allowing.filter(({ Action }) => !list(Action).includes('kms:Decrypt'))) {
      for (const resource of resourcesOf(statement)) {
        expect.soft(resource).not.toBe('*');
        expect.soft(resource, 'a table or bucket as a whole').not.toMatch(/^<(directory|ledger|extensions|event-bodies)\.Arn>\/?\*$/);
      }
    }
  });

  it('reaches no queue of the platform\'s, whatever a tenant is called', () => {
    const [prefix] = allowing
      .filter(({ Action }) => list(Action).includes('sqs:SendMessage'))
      .flatMap((statement) => resourcesOf(statement))
      .map((arn) => arn.split(':').at(-1)?.replace('*', ''));
    expect(prefix).toBe('fairlead-production-extension-of-');
    const ours = all.ofType('AWS::SQS::Queue').map(({ properties }) => String(properties.QueueName));
    expect(ours.filter((name) => name.startsWith(prefix ?? ''))).toEqual([]);
  });

  it('is no function\'s to change', () => {
    const policies = all.ofType('AWS::IAM::Policy').flatMap(({ properties }) => properties.PolicyDocument.Statement);
    const actions = policies.flatMap(({ Action }: Statement) => list(Action)).filter((action: string) => /^iam:.*Policy/.test(action));
    expect([...new Set(actions)].sort()).toEqual(['iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:PutRolePolicy']);
  });
});

describe('extension-register', () => {
  const making = statementsOf('extension-register');
  const allowed = (action: string) => making.filter(({ Action }) => list(Action).includes(action));

  it('makes roles within the boundary alone', () => {
    const name = 'arn:<AWS::Partition>:iam::<AWS::AccountId>:policy/fairlead-production-extension-boundary';
    for (const action of ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:PutRolePermissionsBoundary']) {
      const conditions = allowed(action).map(({ Condition }) => Condition?.StringEquals?.['iam:PermissionsBoundary']);
      expect.soft(conditions.map((each) => all.say(each, boundary.stack)), action).toEqual([name]);
    }
    expect(boundary.properties.ManagedPolicyName).toBe('fairlead-production-extension-boundary');
  });

  it('passes roles to Lambda alone, and attaches no managed policy', () => {
    const conditions = allowed('iam:PassRole').map(({ Condition }) => Condition);
    expect(conditions).toEqual([{ StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }]);
    expect(allowed('iam:AttachRolePolicy')).toEqual([]);
  });

  it('has queues call hosts and nothing else', () => {
    for (const action of ['lambda:CreateEventSourceMapping', 'lambda:DeleteEventSourceMapping']) {
      const conditions = allowed(action).map(({ Condition }) => Condition?.ArnLike?.['lambda:FunctionArn']);
      const said = conditions.map((each) => all.say(each, boundary.stack));
      expect.soft(said, action).toEqual([
        'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:fairlead-production-extension-host-*',
      ]);
    }
  });

  it('is the only function that may change roles or functions', () => {
    const changing = all
      .ofType('AWS::IAM::Policy')
      .filter(({ properties }) =>
        properties.PolicyDocument.Statement.some(({ Action }: Statement) =>
          list(Action).some((action) => /^(iam:(Create|Put|Delete|Attach)|lambda:(Create|Update|Delete|Put))/.test(action)),
        ),
      );
    expect(changing.map(({ construct }) => construct)).toEqual(['extension-register-role/DefaultPolicy']);
  });
});

describe.each(STAGES)('on stage %s', (stage) => {
  const made = Synthesised.stage(stage);
  const bucket = made.ofType('AWS::S3::Bucket').find(({ construct }) => construct === 'extensions');

  it('S3 tells of uploads, of nothing else, and only for this account', () => {
    const [told, ...others] = bucket?.properties.NotificationConfiguration.QueueConfigurations;
    expect(others).toEqual([]);
    expect(told).toMatchObject({
      Event: 's3:ObjectCreated:*',
      Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'uploads/' }] } },
    });
    expect(made.say(told.Queue, bucket?.stack ?? '')).toBe('<extension-uploads.Arn>');
    const policies = made.ofType('AWS::SQS::QueuePolicy').filter(({ construct }) => construct.startsWith('extension-uploads/'));
    const letting = policies
      .flatMap(({ properties }) => properties.PolicyDocument.Statement)
      .filter(({ Principal }: Statement) => Principal?.Service === 's3.amazonaws.com');
    expect(letting).toEqual([
      expect.objectContaining({
        Action: 'sqs:SendMessage',
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });

  it('tenants\' hosts are looked at each quarter of an hour, and not beside the next run', () => {
    const rule = made.ofType('AWS::Events::Rule').find(({ construct }) => construct === 'extensions-swept');
    expect(rule?.properties.ScheduleExpression).toBe('rate(15 minutes)');
  });

  it('tenants\' code runs on what says where an event is and on what changed of people, and not on what such code tells', () => {
    const patterns = ['events-to-extensions', 'changes-to-extensions'].map(
      (name) => made.ofType('AWS::Events::Rule').find(({ construct }) => construct === name)?.properties.EventPattern,
    );
    expect(patterns).toEqual([
      { detail: { dataref: [{ exists: true }] } },
      { source: ['dev.fairlead.profile', 'dev.fairlead.consent'] },
    ]);
  });

  it('what comes of answers is made of those that succeeded', () => {
    const rule = made.ofType('AWS::Events::Rule').find(({ construct }) => construct === 'extensions-finished');
    expect(rule?.properties.EventPattern).toEqual({
      source: ['dev.fairlead.extension'],
      'detail-type': ['dev.fairlead.extension.finished.v1'],
      detail: { data: { outcome: ['success'] } },
    });
  });

  it('a key that nobody has marks what was compiled', () => {
    const [key] = made.ofType('AWS::KMS::Key').filter(({ construct }) => construct === 'mac-key');
    expect(key?.properties).toMatchObject({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  });
});
