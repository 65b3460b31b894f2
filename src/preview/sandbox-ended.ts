/** The process ended before the code did, or was ended because of it. */
export class SandboxEnded extends Error {}
