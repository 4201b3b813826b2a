// What a person and an operator do on their pages, in a real browser: with scripts and without, in light and dark and
// narrow. Each page is held against axe-core's rules, no console may tell of an error, and what each looked like is kept.
//
//   node journeys.mjs <serve-pages> <folder for the pictures>
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { WAYS, browsing, figures, looked, opened, unexpected, visited } from './eyes.mjs';

const [executable, folder] = process.argv.slice(2);
assert.ok(executable && folder, 'say which executable serves the pages, and where pictures go');

const PEOPLES = ['/me', '/me/profile', '/me/permissions', '/me/permissions/newsletter', '/me/readers', '/me/notices', '/me/export', '/me/delete', '/me/api', '/me/api/patch_me'];
const OPERATORS = [
  '/ops/requests?from=2026-01-01&to=2026-01-15',
  '/ops/requests/chandlery?from=2026-01-01&to=2026-01-15',
  '/ops/people',
  '/ops/people/merges?profile=prf_01010101010171018101010101010101&other=prf_02020202020272028202020202020202',
  '/ops/flows',
  '/ops/flows/house/intake',
  '/ops/flows/salesforce',
  '/ops/flows/dead-letters',
  '/ops/rejected',
  '/ops/tenant',
  '/ops/tenant/partners/chandlery',
  '/ops/tenant/agreements/letters',
  '/ops/tenant/extensions/greeter',
  '/ops/tenant/event-types/com.example.order.placed.v1',
  '/ops/tenant/purposes/newsletter',
  '/ops/tenant/rules/com.example.order.placed.v1',
  '/ops/api',
  '/ops/api/get_directory_tenant',
];

/** Runs the pages, and hands their address on. */
async function serving(work) {
  const server = spawn(executable, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await new Promise((resolve) => createInterface(server.stdout).once('line', (...lines) => resolve(lines)));
    await work(line.split(' ')[0]);
  } finally {
    server.kill();
  }
}

async function signIn(page, origin, name) {
  await page.goto(`${origin}/`);
  await page.getByRole('link', { name: name === 'Jane' ? 'Sign in' : 'Sign in as an operator', exact: true }).click();
  await page.getByRole('link', { name }).click();
  await page.getByRole('button', { name: 'Sign out everywhere' }).waitFor();
}

async function lookAround(page, origin, paths, way) {
  for (const path of paths) {
    await visited(page, origin + path);
    await looked(page, folder, `${way.name}${path.split('?')[0].replaceAll('/', '-')}`);
  }
}

/** A person changes their profile, allows something, looks who read of them, and asks to be erased and stays. */
async function personsJourney(page, origin) {
  await signIn(page, origin, 'Jane');
  await page.goto(`${origin}/me/profile`);
  await page.getByLabel('Family name').fill('Löwe');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('It is saved.').waitFor();
  assert.equal(await page.getByLabel('Family name').inputValue(), 'Löwe');
  await page.getByLabel('Country').fill('Switzerland');
  await page.getByRole('button', { name: 'Save' }).click();
  assert.equal(await page.getByLabel('Country').getAttribute('aria-invalid'), 'true');
  await page.goto(`${origin}/me/permissions/newsletter`);
  const allow = page.getByRole('button', { name: 'I allow it' });
  if (await allow.count()) await allow.click();
  await page.getByRole('button', { name: 'I do not allow it any more' }).waitFor();
  await page.goto(`${origin}/me/permissions/account-notices`);
  const notices = page.getByRole('button', { name: 'I allow it' });
  if (await notices.count()) await notices.click();
  await page.goto(`${origin}/me/notices`);
  await page.getByRole('button', { name: 'Send me a test message' }).click();
  await page.getByText('The test message is on its way.').waitFor();
  await page.goto(`${origin}/me/readers`);
  await page.getByLabel('Outcome').selectOption('refused');
  const show = page.getByRole('button', { name: 'Show' });
  await show.click();
  await page.getByText('One receipt').waitFor();
  assert.equal(await page.locator('.timeline > li').count(), 1);
  await page.goto(`${origin}/me/api`);
  await page.getByRole('link', { name: 'Your profile', exact: true }).click();
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.getByText('200 OK').waitFor();
  await page.goto(`${origin}/me/delete`);
  await page.getByLabel('I want everything about me to be deleted.').check();
  await page.getByRole('button', { name: 'Delete everything' }).click();
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.getByText('This is what there is of you here.').waitFor();
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  await page.goto(`${origin}/me`);
  assert.equal(await page.getByRole('heading', { name: 'Sign in' }).count(), 1, 'the login asks again');
}

/** An operator looks who asked, looks somebody up, makes a key, and changes an agreement after a look at what it would allow. */
async function operatorsJourney(page, origin) {
  await signIn(page, origin, 'Joan');
  await page.goto(`${origin}/ops/requests?from=2026-01-15&to=2026-01-15`);
  assert.equal(await page.getByRole('img').count(), 2, 'two charts, each with a name');
  await page.getByRole('link', { name: 'chandlery' }).click();
  await page.getByText('order 3').waitFor();
  await page.goto(`${origin}/ops/people`);
  await page.getByLabel('Which').fill('jane@example.com');
  await page.getByLabel('Purpose').selectOption({ label: 'Customer service' });
  await page.getByLabel('Your reason').fill('case 7');
  await page.getByRole('button', { name: 'Look up' }).click();
  await page.getByRole('heading', { name: 'Somebody was found' }).waitFor();
  await page.getByRole('button', { name: 'Show what partners told' }).click();
  await page.getByText('No partner told anything.').waitFor();
  await page.goto(`${origin}/ops/tenant`);
  await page.getByRole('link', { name: 'The Chandlery' }).click();
  await page.getByRole('button', { name: 'Make a key' }).click();
  assert.match(await page.locator('.secret').innerText(), /^wk_[0-9a-f]+$/);
  await page.goto(`${origin}/ops/tenant/purposes/newsletter`);
  await page.getByLabel('Its version').fill('2026-02');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('It is saved.').waitFor();
  await page.locator('.timeline').getByText('2026-02').waitFor();
  await page.goto(`${origin}/ops/tenant/agreements/letters`);
  const contacts = page.locator('#newsletter-contacts');
  await contacts.setChecked(!(await contacts.isChecked()));
  await page.getByRole('button', { name: 'Show what it would allow' }).click();
  await page.getByRole('heading', { name: 'What it would allow' }).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('It is saved.').waitFor();
}

await browsing(folder, async (browser) => {
  // A house for each browser: what one journey changes, the next one does not see.
  for (const way of WAYS) {
    await serving(async (origin) => {
      const { page, wrong } = await opened(browser, way, true);
      await page.goto(origin);
      await looked(page, folder, `${way.name}-front`);
      await signIn(page, origin, 'Jane');
      await lookAround(page, origin, PEOPLES, way);
      await page.context().clearCookies();
      await signIn(page, origin, 'Joan');
      await lookAround(page, origin, OPERATORS, way);
      assert.deepEqual(wrong, []);
    });
  }
  for (const scripts of [true, false]) {
    for (const journey of [personsJourney, operatorsJourney]) {
      await serving(async (origin) => {
        const { page, wrong } = await opened(browser, WAYS[0], scripts);
        await journey(page, origin);
        assert.deepEqual(unexpected(wrong), [], `${journey.name}, scripts ${scripts}`);
        figures.journeys += 1;
        console.log(`${journey.name}, ${scripts ? 'with' : 'without'} scripts: done`);
      });
    }
  }
});
