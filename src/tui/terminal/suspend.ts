/** Stops this process and its group as Ctrl-Z does, and resolves when the shell continues it. */
export function stopUntilContinued(): Promise<void> {
  return new Promise(resolve => {
    process.once('SIGCONT', () => {
      // a stopped program gets no signal when the terminal is resized: this makes Node look
      process.kill(process.pid, 'SIGWINCH');
      resolve();
    });
    // the whole group, as the terminal would: a shell waits for the process that it started, which may be npx.
    // SIGSTOP, since SIGTSTP has a listener of ours
    process.kill(0, 'SIGSTOP');
  });
}
