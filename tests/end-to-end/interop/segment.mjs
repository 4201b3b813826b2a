// The SDK of Segment for Node.js, made to do one thing.
//
// In comes an instruction as JSON on the standard input, out goes what came of it as JSON on the
// standard output.

import { json } from 'node:stream/consumers';

import { Analytics } from '@segment/analytics-node';

const instruction = await json(process.stdin);

// The host is all that is set, as whoever moves here would do it.
const analytics = new Analytics({ writeKey: instruction.write_key, host: instruction.url });
const failures = [];
analytics.on('error', ({ code, reason }) => failures.push(`${code}: ${reason}`));
for (const call of instruction.calls) {
  analytics[call.name](call.with);
}
await analytics.closeAndFlush();
process.stdout.write(JSON.stringify({ failures }));
