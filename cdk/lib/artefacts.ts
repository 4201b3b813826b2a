import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { Code } from 'aws-cdk-lib/aws-lambda';

import type { Stage } from './stages';

const CHECKOUT = resolve(__dirname, '../..');

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

  /** Stand-ins, with which templates can be made and checked before anything is built. */
  static placeholders(): Artefacts {
    const root = mkdtempSync(join(tmpdir(), 'fairlead-placeholders-'));
    return new Artefacts((name) => {
      const folder = join(root, name);
      mkdirSync(folder);
      writeFileSync(join(folder, 'bootstrap'), '#!/bin/sh\necho "a placeholder was deployed" >&2\nexit 1\n', {
        mode: 0o755,
      });
      return folder;
    }, '');
  }

  code(functionName: string): Code {
    const folder = this.folderOf(functionName);
    if (!existsSync(join(folder, 'bootstrap'))) {
      throw new Error(`${functionName} is not built: there is no ${join(folder, 'bootstrap')}; run \`${this.builtBy}\``);
    }
    return Code.fromAsset(folder);
  }
}
