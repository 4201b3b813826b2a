// What looks at pages: Debian's Chromium, or what CHROMIUM names, and what each page is held against.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** In which ways each page is looked at. */
export const WAYS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'narrow', colorScheme: 'light', viewport: { width: 360, height: 740 } },
];

/** As often as each page is asked for again, to say how long its answers take. */
const AGAIN = 5;

/** What comes of it all: the longest page in bytes, and the milliseconds within which 99 of 100 answers came. */
export const figures = { journeys: 0, pages: 0, violations: 0, pictures: 0, longest: 0, p99: 0 };

/** How long each answer took, in milliseconds. */
const taken = [];

/** A page of a browser in which nothing may go wrong unseen. */
export async function opened(browser, way, javaScriptEnabled) {
  const { colorScheme, viewport } = way;
  const context = await browser.newContext({ colorScheme, viewport, javaScriptEnabled, reducedMotion: 'reduce', locale: 'en' });
  const page = await context.newPage();
  // Beside other work a function's first answer takes its time.
  page.setDefaultTimeout(60_000);
  const wrong = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && wrong.push(`${message.text()} at ${message.location().url}`));
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => new URL(request.url()).hostname === '127.0.0.1' || wrong.push(`asks ${request.url()}`));
  return { page, wrong };
}

/** Goes to a page that is there, and measures it. */
export async function visited(page, address) {
  const answer = await page.goto(address);
  assert.equal(answer.status(), 200, address);
  figures.longest = Math.max(figures.longest, (await answer.body()).length);
  for (let n = 0; n < AGAIN; n += 1) {
    const began = performance.now();
    await (await page.request.get(address)).body();
    taken.push(performance.now() - began);
  }
}

/** Holds a page against the rules, and keeps a picture of it. */
export async function looked(page, folder, name) {
  const { width, scrolled } = await page.evaluate(() => ({ width: innerWidth, scrolled: document.documentElement.scrollWidth }));
  assert.ok(scrolled <= width, `${name} is wider than its window: ${scrolled} of ${width}`);
  // Evaluated by the browser's own protocol, which the page's policy is not asked about.
  const { violations } = await page.evaluate(`${AXE}; axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`);
  for (const { id, help, nodes } of violations) console.error(`${name}: ${id}: ${help}`, nodes.map(({ html }) => html));
  figures.violations += violations.length;
  figures.pages += 1;
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  figures.pictures += 1;
}

/** Lets `work` have a browser, with a folder for its pictures; prints what came of it. */
export async function browsing(folder, work) {
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGUMENTS });
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
  taken.sort((one, other) => one - other);
  figures.p99 = Math.ceil(taken[Math.ceil(taken.length * 0.99) - 1]);
  console.log(JSON.stringify(figures));
  assert.equal(figures.violations, 0, 'axe-core finds nothing');
  assert.ok(figures.longest < 100_000, 'no page has 100 KB');
}

/** A form that is answered by 409 or 422 is told of in the console; that is the browser's word for what the page says. */
export function unexpected(wrong) {
  return wrong.filter((text) => !/status of (409|422)/.test(text));
}
