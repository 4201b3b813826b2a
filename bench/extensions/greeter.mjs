// The extension of examples/extensions, in JavaScript.

const GREETINGS = { DE: 'Guten Tag', FR: 'Bonjour', IT: 'Buongiorno' };

export function handle(event) {
  const { country } = event.data;
  const greeting = GREETINGS[country] ?? 'Hello';
  console.error(`${country}: ${greeting}`);
  return { traits: { greeting }, output: { greeting } };
}
