// Follows the server: a new version of the page replaces what is shown, and what a reader has opened stays open.

function follow(left) {
  let leave = left;
  let address = '/';
  let updating = Promise.resolve();
  let isStale = false;
  const shown = () => Number(document.body.dataset.version);

  /** Say whether the server is there. After a loss it may be another one, which counts its versions anew. */
  function tell(isLost) {
    isStale ||= isLost;
    const status = document.getElementById('status');
    status?.classList.toggle('lost', isLost);
    if (status) status.textContent = isLost ? 'the server has stopped' : 'follows the file';
  }

  /** Show the page at the address, whatever it is. */
  async function update() {
    isStale = false;
    const text = await fetch(address, { cache: 'no-store' }).then((response) => (response.ok ? response.text() : null)).catch(() => null);
    if (text === null) {
      tell(true);
      return;
    }
    const next = new DOMParser().parseFromString(text, 'text/html');
    const focused = document.activeElement?.id;
    const past = leave();
    document.title = next.title;
    document.body.replaceChildren(...next.body.childNodes);
    document.body.className = next.body.className;
    leave = start(past);
    equip();
    document.body.dataset.version = next.body.dataset.version;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function queue(isNeeded) {
    const turn = () => isNeeded() && update();
    updating = updating.then(turn, turn);
  }

  /** The button that shows what differs from the start, and hides it again. */
  function equip() {
    const button = document.getElementById('compare');
    if (!button) {
      address = '/';
      return;
    }
    button.addEventListener('click', () => {
      address = address === '/' ? '/difference' : '/';
      queue(() => true);
    });
  }

  equip();
  const events = new EventSource('/events');
  events.onmessage = (event) => queue(() => isStale || Number(event.data) > shown());
  events.onopen = () => tell(false);
  events.onerror = () => tell(true);
}
