/** Keys for reviewers, a fresh preview when another value is chosen, and pages that follow their progress. */
const KEPT = 'license-sync-single-keys';
/** A key meant for the page before must not decide the one that just came. */
const DEAF_MS = 300;
const TYPING = 'textarea, select, [contenteditable], input:not([type="radio"], [type="checkbox"])';

const help = document.querySelector('[data-keys-help]');
const dialog = help?.querySelector('dialog');
const hints = document.querySelectorAll('[data-keys-hint]');

function enabled() {
  try {
    return localStorage.getItem(KEPT) !== 'off';
  } catch {
    return true;
  }
}

function remember(on) {
  try {
    localStorage.setItem(KEPT, on ? 'on' : 'off');
  } catch {
    // Without storage the choice holds for this page.
  }
}

let on = enabled();
function show() {
  for (const hint of hints) hint.hidden = !on;
}

if (dialog) {
  help.hidden = false;
  show();
  const choice = dialog.querySelector('[data-keys-switch]');
  choice.checked = on;
  choice.addEventListener('change', () => {
    on = choice.checked;
    remember(on);
    show();
  });
  help.querySelector('button').addEventListener('click', () => dialog.showModal());
  document.addEventListener('keydown', pressed);
  setTimeout(() => {
    document.documentElement.dataset.keys = 'ready';
  }, DEAF_MS);
}

function pressed(event) {
  if (!on || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.documentElement.dataset.keys !== 'ready' || dialog.open || event.target.closest(TYPING)) return;
  if (document.querySelector('[data-keys="queue"]') && inQueue(event.key)) {
    event.preventDefault();
    return;
  }
  const wanted = [...document.querySelectorAll('[data-key]')].find((one) =>
    one.dataset.key.split(' ').includes(event.key),
  );
  if (!wanted) return;
  event.preventDefault();
  wanted.click();
}

/** @returns whether the key means something in the list. */
function inQueue(key) {
  const links = [...document.querySelectorAll('[data-case]')];
  const row = document.activeElement?.closest('tr');
  const at = links.findIndex((link) => link.closest('tr') === row);
  if (key === 'j' || key === 'k') {
    const next = key === 'j' ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
    links[next]?.focus();
    links[next]?.scrollIntoView({ block: 'nearest' });
    return links.length > 0;
  }
  if (at < 0) return false;
  if (key === 'o') links[at].click();
  else if (key === 'x') links[at].closest('tr').querySelector('input[type="checkbox"]')?.click();
  else return false;
  return true;
}

/** The column "would become" follows the choices; the button does the same for all who have no scripts. */
const form = document.querySelector('[data-verdict]');
let asked = 0;
form?.addEventListener('change', async (event) => {
  if (event.target.type !== 'radio') return;
  asked += 1;
  const mine = asked;
  const body = new URLSearchParams(new FormData(form));
  body.set('do', 'preview');
  const fresh = await previewOf(body);
  if (mine !== asked) return;
  const fault = form.querySelector('[data-fault]');
  if (!fresh) {
    fault.textContent =
      'The column “Would become” is not up to date: it could not be asked for. Press “Show what it would become”.';
    return;
  }
  for (const cell of form.querySelectorAll('[data-would]')) {
    const now = fresh.querySelector(`[data-would="${cell.dataset.would}"]`);
    if (now) cell.replaceChildren(...now.childNodes);
  }
  fault.replaceChildren(...fresh.querySelector('[data-fault]').childNodes);
});

/** @returns the form as the server would show it; null when it does not answer with one. */
async function previewOf(body) {
  try {
    const answer = await fetch(form.action, { method: 'POST', body, credentials: 'same-origin' });
    return new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-verdict]');
  } catch {
    return null;
  }
}

const reload = document.querySelector('[data-reload]');
if (reload) setTimeout(() => location.reload(), Number(reload.dataset.reload) * 1000);
