import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Code } from 'aws-cdk-lib/aws-lambda';

import type { Stage } from './stages';

const CHECKOUT = resolve(__dirname, '../..');
const PLACEHOLDER = resolve(__dirname, '../placeholder');

/** The built functions: one folder for each, with its executable in `bootstrap`. */
export class Artefacts {
  private constructor(
    private readonly folderOf: (functionName: string) => string,
    private readonly builtBy: string,
  ) {}

  /** What the stage's build left; the environment's `FAIRLEAD_ARTEFACTS` names another folder. */
  static of(stage: Stage): Artefacts {
    const root = resolve(CHECKOUT, process.env['FAIRLEAD_ARTEFACTS'] || stage.artefacts.folder);
    return new Artefacts((name) => join(root, name), stage.artefacts.builtBy);
  }

  /** The same stand-in for every function, with which templates are made and checked before anything is built. */
  static placeholders(): Artefacts {
    return new Artefacts(() => PLACEHOLDER, 'git restore cdk/placeholder');
  }

  code(functionName: string): Code {
    return Code.fromAsset(this.folder(functionName));
  }

  /** Where the built function is, for what is no function of the template. */
  folder(functionName: string): string {
    const folder = this.folderOf(functionName);
    if (!existsSync(join(folder, 'bootstrap'))) {
      throw new Error(
        `${functionName} is not built: there is no ${join(folder, 'bootstrap')}; run \`${this.builtBy}\``,
      );
    }
    return folder;
  }
}
