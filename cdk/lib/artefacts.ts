import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { AssetHashType, DockerImage, type ILocalBundling } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

import type { Stage } from './stages';

const CHECKOUT = resolve(__dirname, '../..');
/** What Lambda starts. */
const EXECUTABLE = 'bootstrap';
const PLACEHOLDER = resolve(__dirname, '../placeholder');

/** CDK bundles in a container what it can't bundle itself, and asks for one's name in any case. */
const NONE = DockerImage.fromRegistry('none');

/** Puts files beside a function's executable. What CDK keeps of a bundle it knows again by its public fields. */
class Beside implements ILocalBundling {
  constructor(
    readonly folder: string,
    readonly files: Readonly<Record<string, string>>,
  ) {}

  tryBundle(to: string): boolean {
    copyFileSync(join(this.folder, EXECUTABLE), join(to, EXECUTABLE));
    for (const [name, text] of Object.entries(this.files)) writeFileSync(join(to, name), text);
    return true;
  }
}

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

  /** The built function, with these files beside its executable. */
  code(functionName: string, beside: Readonly<Record<string, string>> = {}): Code {
    const folder = this.folder(functionName);
    if (Object.keys(beside).length === 0) return Code.fromAsset(folder);
    return Code.fromAsset(folder, {
      bundling: { image: NONE, local: new Beside(folder, beside) },
      assetHashType: AssetHashType.OUTPUT,
    });
  }

  /** Where the built function is, for what is no function of the template. */
  folder(functionName: string): string {
    const folder = this.folderOf(functionName);
    if (!existsSync(join(folder, EXECUTABLE))) {
      throw new Error(
        `${functionName} is not built: there is no ${join(folder, EXECUTABLE)}; run \`${this.builtBy}\``,
      );
    }
    return folder;
  }
}
