/** Stops this process and its group like Ctrl-Z, and resolves when the shell continues it. */
export function stopUntilContinued(): Promise<void> {
  return new Promise(resolve => {
    process.once('SIGCONT', () => {
      // A stopped program gets no signal when the terminal is resized: this makes Node check the size.
      process.kill(process.pid, 'SIGWINCH');
      resolve();
    });
    // The whole group, like the terminal would: the shell waits for the process that it started, which may be
    // npx. SIGSTOP, because SIGTSTP has our own listener.
    process.kill(0, 'SIGSTOP');
  });
}
