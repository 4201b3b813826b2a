// Lambda's Runtime API, spoken by Node.js as its managed runtime does: asks for an event, hands it to the handler, and
// sends what that returns.

import http from 'node:http';

const { handle } = await import(process.argv[2]);
const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { hostname, port, method, path: `/2018-06-01/runtime/${path}`, agent },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

for (;;) {
  const next = await call('GET', 'invocation/next');
  const answer = await handle(JSON.parse(next.body));
  const id = next.headers['lambda-runtime-aws-request-id'];
  await call('POST', `invocation/${id}/response`, JSON.stringify(answer));
}
