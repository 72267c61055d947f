/** True when an SSH server answers at the address within `timeout` ms: it connects and says `SSH-`. */
export async function answersSsh(host: string, port: number, timeout: number, signal?: AbortSignal): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise(resolve => {
    const socket = connect({ host, port, signal });
    let greeting = '';
    const end = (answers: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answers);
    };
    // A peer that says nothing, or a byte now and then, must not hold the wait.
    const timer = setTimeout(() => end(false), timeout);
    socket.on('data', data => {
      greeting += data.toString('latin1');
      // Lines may come before the one with the version.
      if (/^SSH-/m.test(greeting)) end(true);
      else if (greeting.length > 8192) end(false);
    });
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
  });
}
