import { rmSync } from 'node:fs';

/* Forgets the embedded database of the demo: the next run begins with an empty one. */
rmSync(new URL('./chat', import.meta.url), { recursive: true, force: true });
