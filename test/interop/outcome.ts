import { spawn } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a script with the Node that runs this, to its end; one that hangs is killed.
 *
 * @param home the home folder of the process, where clients keep what they want to remember
 */
export function runNode(
  home: string,
  script: string,
  args: readonly string[],
  timeoutMs = 180_000,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Prints how each check ended, and counts them. */
export class Outcome {
  #passed = 0;
  #failed = 0;

  /** @param details printed when the check failed */
  add(name: string, passed: boolean, details: string): void {
    if (passed) this.#passed += 1;
    else this.#failed += 1;
    console.log(`${passed ? 'passed' : 'FAILED'}  ${name}`);
    if (!passed) console.log(details.trimEnd().replace(/^/gm, '        '));
  }

  /** Prints the sum, and gives the exit code. */
  finish(): number {
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }
}
