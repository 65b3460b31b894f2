import type { FleetEvent } from '../../engine/api.ts';
import type { Call } from '../shell/call.ts';
import { jsonLine } from '../shell/clean.ts';
import { exactText } from '../shell/safe-text.ts';

/** Lines that follow each other within this time are written together, ms. */
const together = 50;

/** The events of a fleet's run as JSON, one object per line, as they happen. */
export class JsonLines {
  readonly #call: Call;
  #waiting = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  write(event: FleetEvent): void {
    this.#waiting += jsonLine(event);
    if (event.kind === 'finished' || event.kind === 'paused') this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), together);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting !== '') this.#call.host.stdout.write(exactText(this.#waiting));
    this.#waiting = '';
  }
}
