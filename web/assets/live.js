/** Keeps the moving part of a page up to date: swaps what has changed, says so politely, and loads the page again at the end. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

for (const area of document.querySelectorAll('[data-live]')) follow(area);

function follow(area) {
  const said = document.createElement('p');
  said.className = 'hidden';
  said.setAttribute('aria-live', 'polite');
  const trouble = document.createElement('p');
  trouble.className = 'live-trouble';
  trouble.setAttribute('role', 'status');
  area.before(said, trouble);
  let wait = FIRST_WAIT_MS;
  let source;

  function connect() {
    source = new EventSource(area.dataset.live);
    source.addEventListener('progress', ({ data }) => {
      wait = FIRST_WAIT_MS;
      trouble.textContent = '';
      show(area, data, said);
    });
    source.addEventListener('end', () => {
      source.close();
      // Only the whole page shows the report.
      location.reload();
    });
    source.addEventListener('problem', ({ data }) => {
      const { detail, status } = JSON.parse(data);
      trouble.textContent = `Not up to date: ${detail}`;
      if (status !== 401) return;
      source.close();
      location.reload();
    });
    source.addEventListener('error', () => {
      trouble.textContent = 'The connection was lost: what is shown may be out of date. Trying again…';
      // The browser tries again by itself, unless the answer was none that it takes.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(retry, wait);
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    });
    source.addEventListener('open', () => {
      trouble.textContent = '';
    });
  }

  /** A session that is over is led to the sign-in, which is no stream: the page itself says where to go. */
  async function retry() {
    try {
      const { type } = await fetch(location.href, { redirect: 'manual' });
      if (type === 'opaqueredirect') return location.reload();
    } catch {
      // The server is away, and connecting says so too.
    }
    connect();
  }

  connect();
  window.addEventListener('pagehide', () => source.close());
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}

function show(area, markup, said) {
  const next = document.createElement('template');
  next.innerHTML = markup;
  for (const part of next.content.querySelectorAll('[data-part]')) {
    const old = area.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!old || old.innerHTML === part.innerHTML) continue;
    const focused = old.contains(document.activeElement);
    if (part.dataset.say && part.dataset.say !== old.dataset.say) said.textContent = part.dataset.say;
    old.replaceWith(part);
    if (focused) part.querySelector('button, summary, a')?.focus();
  }
}
