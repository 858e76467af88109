// Follows the server: a new version of the page replaces what is shown, and what a reader has opened stays open.

function follow(left) {
  let leave = left;
  let address = '/';
  let updating = Promise.resolve();
  const shown = () => Number(document.body.dataset.version);

  function tell(isLost) {
    const status = document.getElementById('status');
    status?.classList.toggle('lost', isLost);
    if (status) status.textContent = isLost ? 'the server has stopped' : 'follows the file';
  }

  /** Show the page at the address, whatever it is. */
  async function update() {
    const response = await fetch(address, { cache: 'no-store' });
    const next = new DOMParser().parseFromString(await response.text(), 'text/html');
    const past = leave();
    document.title = next.title;
    document.body.replaceChildren(...next.body.childNodes);
    document.body.className = next.body.className;
    leave = start(past);
    equip();
    document.body.dataset.version = next.body.dataset.version;
  }

  function queue(isNeeded) {
    updating = updating.then(() => isNeeded() && update()).catch(() => tell(true));
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
  events.onmessage = (event) => queue(() => Number(event.data) > shown());
  events.onopen = () => tell(false);
  events.onerror = () => tell(true);
}
