/**
 * Loaded before every TypeScript entry point. The process that started it holds the other end of an IPC channel; when that
 * process dies, even by SIGKILL, the channel closes and this one is told to stop as if by SIGTERM.
 */
if (process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Listening must not keep a finished program alive.
  process.channel.unref();
}
