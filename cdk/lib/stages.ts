import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

import type { Subscriber } from './constructs/claim-check-topic';
import type { PROGRAMS_SCOPES } from './scopes';

/** An OpenID Connect provider, by which people may sign in at the hosted login. */
export interface IdentityProvider {
  /** What the pool calls it. */
  readonly name: string;
  readonly issuerUrl: string;
  readonly clientId: string;
  /** The name of the secret in Secrets Manager that holds the client's secret. */
  readonly clientSecret: string;
  /**
   * Whether it has verified each address of which it says so. Only then a login there leads to the account of
   * the same address: whoever runs the provider can get into any account whose address they know.
   */
  readonly vouchesForEmail: boolean;
}

/** Where people may be sent after signing in and after signing out. */
export interface WebClient {
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
}

/** Pages for people and operators: docs/portal.md. */
export interface Portal {
  /** Where browsers see them and the API, `https://fairlead.example.com`: a domain of the API's own, without a slash. */
  readonly origin: string;
  /** Where the hosted login is, if not at the domain that the pool has on AWS. */
  readonly login?: string;
}

/** What runs for operators without one of them: docs/command-line.md. */
export interface Program {
  /** What its app client is called, with `program-` before it. */
  readonly name: string;
  readonly scopes: readonly (typeof PROGRAMS_SCOPES)[number][];
}

/** A directory that has people and their passwords. */
export interface LegacyDirectory {
  /** Its origin, `https://directory.example.com`. */
  readonly url: string;
  /** The name of the secret in Secrets Manager that it knows Fairlead by. */
  readonly secret: string;
}

/** The Salesforce org in which operators edit configuration: docs/salesforce.md. */
export interface Salesforce {
  /** The origin of its My Domain, `https://example.my.salesforce.com`. */
  readonly url: string;
  readonly sandbox: boolean;
  /** Whether the secret holds its credentials by now: before that, AppFlow can't be connected to it. */
  readonly connected: boolean;
  /**
   * How it tells of edits: by Change Data Capture or by platform events, both through flows of AppFlow, or by an event relay
   * of its own, which has a partner event source of that name.
   */
  readonly tells: 'changes' | 'platform-events' | { readonly eventSource: string };
  /** Who hears of flows that do not mend themselves, and who of every change; they have to confirm it once. */
  readonly supportEmail?: string;
  readonly teamEmail?: string;
}

/** Amazon Connect, as the contact centre has it. */
export interface ContactCentre {
  /** The ARNs of the instances that may look things up. */
  readonly instances: readonly string[];
  /** Whose customers call, and as which of its partners the contact centre reads of them: names in the directory. */
  readonly tenant: string;
  readonly partner: string;
}

/** A partner that takes a tenant's events by a topic: docs/flows/fan-out.md. */
export interface FanOut {
  /** Their names in the directory. */
  readonly tenant: string;
  readonly partner: string;
  /** The accounts in which it takes them. */
  readonly subscribers: readonly Subscriber[];
}

/** What a partner's own topic and queues are called by. Names of tenants and partners have no `_`: no two are the same. */
export function nameOfPartner({ tenant, partner }: FanOut): string {
  return `${tenant}_${partner}`;
}

/** What one deployment of Fairlead looks like. */
export interface Stage {
  /** Part of every stack's name, so that several stages fit into one account. */
  readonly name: string;
  /** The processor that the functions are built for. */
  readonly architecture: Architecture;
  /** Where the built functions are, from the top of the checkout, and what builds them. */
  readonly artefacts: { readonly folder: string; readonly builtBy: string };
  /** What becomes of stateful resources when they leave the template. */
  readonly removalPolicy: RemovalPolicy;
  /** Whether tables, the user pool and the stacks that hold them refuse to be deleted. */
  readonly deletionProtection: boolean;
  readonly logRetention: RetentionDays;
  /** By which people come to the first tenant, and operators to all of theirs. */
  readonly webClient: WebClient;
  /** Where its pages are, if it has any. The hosted login has to know the address before the API has one of its own. */
  readonly portal?: Portal;
  /**
   * To which other tenants people come, and from where: an app client for those of each, which belongs to the tenant once
   * the directory says so.
   */
  readonly peopleOf: readonly (WebClient & { readonly tenant: string })[];
  /**
   * Which tenants have operators of their own, beside the one that the app client `operators` belongs to: an app client
   * for those of each, which belongs to the tenant once the directory says so.
   */
  readonly operatorsOf: readonly string[];
  /**
   * What runs for operators without one of them: an app client by client credentials for each, which belongs to a tenant
   * once the directory says so. Dead letters are of no tenant.
   */
  readonly programs: readonly Program[];
  /** By which other identity providers people may sign in. */
  readonly identityProviders: readonly IdentityProvider[];
  /** Where people are brought over from when they first sign in, if from anywhere: docs/user-migration.md. */
  readonly legacyDirectory?: LegacyDirectory;
  /** How long an erasure takes. */
  readonly erasure: {
    /** How long people may take it back; longer than any request that began before. */
    readonly grace: Duration;
    /** How long partners have to acknowledge it. */
    readonly deadline: Duration;
    /** How long it is between two reminders. */
    readonly reminders: Duration;
  };
  /**
   * How many requests the API takes in a second, of everybody together, and how many in a burst. Beyond it API Gateway
   * answers 429 by itself, to partners too that keep to their own limit: so it leaves room for all of theirs and for
   * people. All APIs of an account share its quota, 10,000 and 5,000 unless AWS raised it.
   */
  readonly throttle: { readonly rateLimit: number; readonly burstLimit: number };
  /**
   * How far webhooks reach: the internet by TLS, or anywhere, for receivers that stand on the same machine. It follows
   * from what the platform below is, so that no entry can open the inside of a stage on AWS.
   */
  readonly webhookReach: 'internet' | 'anywhere';
  /** Which partners take events by topics; what is published to them the directory says. */
  readonly fanOut: readonly FanOut[];
  /** Where operators edit configuration, if anywhere: only then there is anything for Salesforce and the contact centre. */
  readonly salesforce?: Salesforce;
  readonly contactCentre: ContactCentre;
  /** How many dollars of text messages in a calendar month, of the whole account, somebody should look at. */
  readonly textMessagesUsd: number;
  /** Who is written to when an alarm goes off, and when all is well again; they have to confirm it once. */
  readonly alarmEmail?: string;
  /** What the platform below offers. All that a stage leaves out, it leaves out here. */
  readonly offers: {
    /** CloudFormation knows `AWS::Events::Archive`. */
    readonly eventArchive: boolean;
    /** Its endpoints speak TLS, so that whatever does not can be refused. */
    readonly tls: boolean;
    /** There are AppFlow and partner event sources. */
    readonly appFlow: boolean;
    /** Policies are told of a role's permissions boundary, and of the name of a function that is yet to be made. */
    readonly iamConditions: boolean;
    /** Whoever may send a message to a queue may send several at once. */
    readonly batchesAsMessages: boolean;
  };
  /** Whether the templates are held against cdk-nag's AwsSolutions rules at synthesis. */
  readonly checkedByNag: boolean;
}

type Settings = Omit<Stage, 'name' | 'webhookReach'>;

/**
 * A loopback address needs no web site (RFC 8252 §7.3), and the code that arrives there is worth nothing
 * without its PKCE verifier. A stage whose people have a web site gets an entry with its address.
 */
const LOOPBACK_CLIENT = {
  callbackUrls: ['http://localhost:8400/callback'],
  logoutUrls: ['http://localhost:8400/'],
};

/** Forty times a partner's usual limit, and a fifth of an account's quota, so that other APIs fit beside it. */
const THROTTLE = { rateLimit: 2_000, burstLimit: 4_000 };

/** The contact centre's own row in the directory, as `cargo xtask up` seeds it. */
const CONTACT_CENTRE: ContactCentre = { instances: [], tenant: 'harbour', partner: 'contact-centre' };

/** SNS sends for one dollar in a month, until AWS raises that. */
const TEXT_MESSAGES_USD = 40;

/** Every stage on AWS, unless it has an entry of its own below. */
const ON_AWS: Settings = {
  architecture: Architecture.ARM_64,
  artefacts: {
    folder: 'target/lambda',
    builtBy: 'cargo lambda build --release --arm64',
  },
  // What a failed first deployment created is removed again; from then on nothing is.
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  deletionProtection: true,
  logRetention: RetentionDays.THREE_MONTHS,
  webClient: LOOPBACK_CLIENT,
  peopleOf: [],
  operatorsOf: [],
  programs: [],
  identityProviders: [],
  // All together less than the month that the GDPR gives (Art. 12 (3)).
  erasure: { grace: Duration.days(3), deadline: Duration.days(14), reminders: Duration.days(1) },
  throttle: THROTTLE,
  fanOut: [],
  contactCentre: CONTACT_CENTRE,
  textMessagesUsd: TEXT_MESSAGES_USD,
  offers: { eventArchive: true, tls: true, appFlow: true, iamConditions: true, batchesAsMessages: true },
  checkedByNag: true,
};

const STAGES: ReadonlyMap<string, Settings> = new Map([
  [
    'local',
    {
      architecture: process.arch === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      artefacts: { folder: 'target/fairlead/local', builtBy: 'cargo xtask up' },
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: false,
      logRetention: RetentionDays.ONE_DAY,
      webClient: LOOPBACK_CLIENT,
      // The environment's `FAIRLEAD_PAGES` names another way to them. The login is where all of the local stack is.
      portal: {
        origin: process.env['FAIRLEAD_PAGES'] || 'http://127.0.0.1:4570',
        login: process.env['AWS_ENDPOINT_URL'] || 'http://127.0.0.1:4566',
      },
      peopleOf: [{ tenant: 'airport', ...LOOPBACK_CLIENT }],
      operatorsOf: [],
      programs: [{ name: 'night-watch', scopes: ['dead-letters.read', 'dead-letters.redrive'] }],
      identityProviders: [],
      erasure: { grace: Duration.seconds(10), deadline: Duration.seconds(90), reminders: Duration.seconds(5) },
      throttle: THROTTLE,
      fanOut: [],
      // The environment's `FAIRLEAD_SALESFORCE` names another one.
      salesforce: {
        url: process.env['FAIRLEAD_SALESFORCE'] || 'http://127.0.0.1:4580',
        sandbox: true,
        connected: true,
        tells: 'changes',
      },
      contactCentre: CONTACT_CENTRE,
      textMessagesUsd: TEXT_MESSAGES_USD,
      offers: { eventArchive: false, tls: false, appFlow: false, iamConditions: false, batchesAsMessages: false },
      checkedByNag: false,
    },
  ],
  [
    'development',
    {
      ...ON_AWS,
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: false,
      logRetention: RetentionDays.ONE_WEEK,
    },
  ],
]);

/** Cognito refuses a hosted login's domain with one of these in it. */
const RESERVED = /aws|amazon|cognito/;

/** The stage of that name; every well-formed name that has no entry is one on AWS. */
export function stageNamed(name: unknown): Stage {
  if (typeof name !== 'string' || name === '') {
    throw new Error('no stage given: add `-c stage=local` for this machine or `-c stage=<name>` for AWS');
  }
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 20) {
    throw new Error(
      `\`${name}\` can't name a stage: use at most 20 of a-z, 0-9 and single dashes, with a letter first`,
    );
  }
  if (RESERVED.test(name)) {
    throw new Error(`\`${name}\` can't name a stage: Cognito's domains must not contain aws, amazon or cognito`);
  }
  const settings = STAGES.get(name) ?? ON_AWS;
  return { name, ...settings, webhookReach: settings.offers.tls ? 'internet' : 'anywhere' };
}
