// Greets whoever ordered, by the country of the order. In comes the event on standard input, out goes the answer on
// standard output; what is written to standard error is the log.

import { JSON, JSONEncoder } from "assemblyscript-json/assembly";

function input(): string {
  const chunk = new ArrayBuffer(4096);
  let text = "";
  for (let read = process.stdin.read(chunk); read > 0; read = process.stdin.read(chunk)) {
    text += String.UTF8.decode(chunk.slice(0, read));
  }
  return text;
}

function greeting(country: string): string {
  if (country == "DE") return "Guten Tag";
  if (country == "FR") return "Bonjour";
  if (country == "IT") return "Buongiorno";
  return "Hello";
}

const event = <JSON.Obj>JSON.parse(input());
const country = event.getObj("data")!.getString("country")!.toString();
const words = greeting(country);
process.stderr.write(country + ": " + words + "\n");

const answer = new JSONEncoder();
answer.pushObject(null);
answer.pushObject("traits");
answer.setString("greeting", words);
answer.popObject();
answer.pushObject("output");
answer.setString("greeting", words);
answer.popObject();
answer.popObject();
process.stdout.write(answer.toString());
