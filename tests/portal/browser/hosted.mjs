// The same pages where they are deployed: a person and an operator sign in by the hosted login, with scripts and without.
//
//   node hosted.mjs <folder for the pictures>
//
// FAIRLEAD_PAGES names, in JSON, where the `pages` are, the `people` (one for each walk), the `operator` and the
// `password` of them all.
import assert from 'node:assert/strict';

import { WAYS, browsing, figures, looked, opened, unexpected, visited } from './eyes.mjs';

const [folder] = process.argv.slice(2);
assert.ok(folder && process.env.FAIRLEAD_PAGES, 'say where pictures go, and by FAIRLEAD_PAGES what to look at');
const { pages: origin, people, operator, password } = JSON.parse(process.env.FAIRLEAD_PAGES);

/** By the login's own page, which is none of ours. */
async function signIn(page, link, name) {
  await page.goto(`${origin}/`);
  await page.getByRole('link', { name: link, exact: true }).click();
  await page.locator('[name=username]').first().fill(name);
  await page.locator('[name=password]').first().fill(password);
  await page.locator('[name=password]').first().press('Enter');
  await page.getByRole('button', { name: 'Sign out everywhere' }).waitFor();
}

/** Every page that the navigation leads to; without scripts, nothing holds it against the rules. */
async function lookAround(page, who, scripts) {
  const links = await page.getByRole('navigation').getByRole('link').all();
  const paths = await Promise.all(links.map((link) => link.getAttribute('href')));
  assert.ok(paths.length > 4, `${who} is led to ${paths}`);
  for (const path of paths) {
    await visited(page, origin + path);
    if (scripts) await looked(page, folder, `${who}${path.replaceAll('/', '-')}`);
  }
}

async function signOut(page, path) {
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  await page.goto(origin + path);
  assert.equal(await page.locator('[name=password]').count() > 0, true, 'the login asks again');
}

/** They change their name, and look at what they allow. The way back from an erasure is open here for seconds alone. */
async function personsWalk(page, scripts, name) {
  await signIn(page, 'Sign in', name);
  await lookAround(page, 'hosted-person', scripts);
  await page.goto(`${origin}/me/profile`);
  await page.getByLabel('Family name').fill('Löwe');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('It is saved.').waitFor();
  assert.equal(await page.getByLabel('Family name').inputValue(), 'Löwe');
  await page.goto(`${origin}/me/permissions`);
  await page.locator('.list h2 a').first().click();
  await page.waitForURL(`${origin}/me/permissions/*`);
  await signOut(page, '/me');
}

/** They look at what was asked for and what is stuck, at their partner, and make it a key. */
async function operatorsWalk(page, scripts) {
  await signIn(page, 'Sign in as an operator', operator);
  await lookAround(page, 'hosted-operator', scripts);
  await page.goto(`${origin}/ops/tenant`);
  await page.locator('a[href="/ops/tenant/partners/chandlery"]').first().click();
  await page.getByRole('button', { name: 'Make a key' }).click();
  assert.match(await page.locator('.secret').innerText(), /^wk_[0-9a-f]+$/);
  await signOut(page, '/ops/requests');
}

await browsing(folder, async (browser) => {
  for (const [n, scripts] of [true, false].entries()) {
    for (const walk of [personsWalk, operatorsWalk]) {
      const { page, wrong } = await opened(browser, WAYS[0], scripts);
      await walk(page, scripts, people[n]);
      // What the login's own page lacks is not ours.
      const ours = unexpected(wrong).filter((text) => text.includes(` at ${origin}`));
      assert.deepEqual(ours, [], `${walk.name}, scripts ${scripts}`);
      figures.journeys += 1;
      console.log(`${walk.name}, ${scripts ? 'with' : 'without'} scripts: done`);
      await page.context().close();
    }
  }
});
