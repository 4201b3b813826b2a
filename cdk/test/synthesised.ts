import { join } from 'node:path';

import { App } from 'aws-cdk-lib';

import cdk from '../cdk.json';
import { Artefacts } from '../lib/artefacts';
import { buildFairlead } from '../lib/fairlead';
import { type Stage, stageNamed } from '../lib/stages';

/** CloudFormation's own JSON, of which each test says what it expects. */
type Json = any;

export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  /** The path of the construct that it belongs to, below its stack. */
  readonly construct: string;
  readonly type: string;
  readonly properties: Json;
  readonly metadata: Record<string, unknown>;
  readonly deletionPolicy: string | undefined;
  readonly updateReplacePolicy: string | undefined;
}

/** An app without stacks that writes to a folder below `cdk.out`. */
export function emptyApp(name: string): App {
  return new App({
    outdir: join(__dirname, '../cdk.out/tests', name),
    context: { ...cdk.context, 'aws:cdk:enable-path-metadata': true },
  });
}

/** An app of all stacks, before synthesis. */
export function appOf(stageName: string): App {
  const app = emptyApp(stageName);
  buildFairlead({ app, stage: stageNamed(stageName), artefacts: Artefacts.placeholders() });
  return app;
}

/** A stage that publishes to two partners. */
export const PUBLISHING: Stage = {
  ...stageNamed('production'),
  fanOut: [
    {
      tenant: 'harbour',
      partner: 'chandlery',
      subscribers: [{ account: '222233334444', regions: ['eu-west-1', 'eu-north-1'] }],
    },
    {
      tenant: 'harbour',
      partner: 'ferry-line',
      subscribers: [{ account: '555566667777', regions: ['eu-central-1'] }],
    },
  ],
};

/** A stage whose operators edit configuration in Salesforce, for a contact centre on Amazon Connect. */
export const CONNECTED: Stage = {
  ...stageNamed('production'),
  salesforce: {
    url: 'https://harbour.my.salesforce.com',
    sandbox: false,
    connected: true,
    tells: 'changes',
    supportEmail: 'support@example.com',
    teamEmail: 'team@example.com',
  },
  contactCentre: {
    instances: ['arn:aws:connect:eu-central-1:111122223333:instance/12345678-1234-1234-1234-123456789012'],
    tenant: 'harbour',
    partner: 'contact-centre',
  },
};

/** Where people have a login already. */
const ELSEWHERE = {
  issuerUrl: 'https://login.example.com',
  clientId: 'fairlead',
  clientSecret: 'fairlead/login-example',
};

/** A stage with pages for people and operators. */
export const WITH_PAGES: Stage = {
  ...stageNamed('production'),
  portal: { origin: 'https://fairlead.example.com' },
  identityProviders: [
    { ...ELSEWHERE, name: 'Believed', vouchesForEmail: true },
    { ...ELSEWHERE, name: 'Other', vouchesForEmail: false },
  ],
};

/** A stage with all that a stage may have, as testkit simulates it: with one partner that is published to. */
export const SIMULATED: Stage = {
  ...CONNECTED,
  portal: { origin: 'https://portal.example' },
  fanOut: PUBLISHING.fanOut.slice(0, 1),
  name: 'simulated',
};

/** An app of a stage that is no stage's own, before synthesis. */
export function appWith(name: string, stage: Stage): App {
  const app = emptyApp(name);
  buildFairlead({ app, stage, artefacts: Artefacts.placeholders() });
  return app;
}

/** An app of that stage, or of another that publishes, before synthesis. */
export function publishing(name: string, stage = PUBLISHING): App {
  return appWith(name, stage);
}

/** All templates of an app. */
export class Synthesised {
  readonly stacks: readonly { name: string; terminationProtection: boolean; template: Json }[];
  readonly resources: readonly Resource[];

  private constructor(app: App) {
    this.stacks = app.synth().stacks.map((stack) => ({
      name: stack.stackName,
      terminationProtection: stack.terminationProtection === true,
      template: stack.template,
    }));
    this.resources = this.stacks.flatMap(({ name, template }) =>
      Object.entries<Json>(template.Resources).map(([logicalId, resource]) => ({
        stack: name,
        logicalId,
        construct: constructPath(resource.Metadata['aws:cdk:path']),
        type: resource.Type,
        properties: resource.Properties ?? {},
        metadata: resource.Metadata,
        deletionPolicy: resource.DeletionPolicy,
        updateReplacePolicy: resource.UpdateReplacePolicy,
      })),
    );
  }

  private static readonly made = new Map<string, Synthesised>();

  static stage(name: string): Synthesised {
    const made = this.made.get(name) ?? new Synthesised(appOf(name));
    this.made.set(name, made);
    return made;
  }

  /** That of `CONNECTED`. */
  static connected(): Synthesised {
    const made = this.made.get('connected') ?? new Synthesised(appWith('connected', CONNECTED));
    this.made.set('connected', made);
    return made;
  }

  static of(app: App): Synthesised {
    return new Synthesised(app);
  }

  ofType(...types: string[]): readonly Resource[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  /** The outputs of all stacks, apart from what one stack exports to another. */
  outputs(): Record<string, string> {
    const outputs = this.stacks.flatMap(({ name, template }) =>
      Object.entries<Json>(template.Outputs ?? {})
        .filter(([, { Export }]) => Export === undefined)
        .map(([key, { Value }]) => [key, this.say(Value, name)]),
    );
    return Object.fromEntries(outputs);
  }

  /**
   * A value in words: what refers to a resource becomes `<its construct>` for a `Ref` and
   * `<its construct.attribute>` for a `Fn::GetAtt`, also across stacks.
   */
  say(value: Json, stack: string): string {
    if (typeof value !== 'object') return String(value);
    if ('Ref' in value) return this.sayReference(stack, value.Ref);
    if ('Fn::GetAtt' in value) return this.sayReference(stack, ...(value['Fn::GetAtt'] as [string, string]));
    if ('Fn::Join' in value) {
      const [separator, parts] = value['Fn::Join'];
      return parts.map((part: Json) => this.say(part, stack)).join(separator);
    }
    if ('Fn::Sub' in value) {
      return String(value['Fn::Sub']).replace(/\$\{([^}]+)\}/g, (_, name: string) => this.sayReference(stack, name));
    }
    if ('Fn::ImportValue' in value) return this.sayImport(value['Fn::ImportValue']);
    throw new Error(`an intrinsic function this test does not know: ${JSON.stringify(value)}`);
  }

  private sayReference(stack: string, logicalId: string, attribute?: string): string {
    if (logicalId.startsWith('AWS::')) return `<${logicalId}>`;
    const resource = this.resources.find((each) => each.stack === stack && each.logicalId === logicalId);
    if (resource === undefined) throw new Error(`${stack} refers to ${logicalId}, which it does not have`);
    return attribute === undefined ? `<${resource.construct}>` : `<${resource.construct}.${attribute}>`;
  }

  private sayImport(exportName: string): string {
    for (const { name, template } of this.stacks) {
      for (const output of Object.values<Json>(template.Outputs ?? {})) {
        if (output.Export?.Name === exportName) return this.say(output.Value, name);
      }
    }
    throw new Error(`no stack exports ${exportName}`);
  }
}

/** `stack/people/web/Resource` is `people/web`. */
function constructPath(path: string): string {
  return path
    .split('/')
    .slice(1)
    .join('/')
    .replace(/\/Resource$/, '');
}

/** The stages that the invariants are held on: this machine, and one on AWS that keeps its data. */
export const STAGES = ['local', 'production'] as const;
