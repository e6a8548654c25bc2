/** What a browser with script adds: open and close all, a filter, and links that open what they lead to. */

/** Plain JavaScript, whole in the page. The text that it shows is never markup. */
export const SCRIPT = `
const all = [...document.querySelectorAll('main details')];
const hops = [...document.querySelectorAll('.hop')];
const flows = [...document.querySelectorAll('.flow')];
const filter = document.getElementById('filter');
const matches = document.getElementById('matches');
document.querySelector('.tools').hidden = false;
const setAll = (open) => { for (const each of all) each.open = open; };
document.getElementById('expand').addEventListener('click', () => setAll(true));
document.getElementById('collapse').addEventListener('click', () => setAll(false));
const reveal = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target === null) return;
  for (let each = target; each !== null; each = each.parentElement) if (each.localName === 'details') each.open = true;
  const hop = target.closest('.hop');
  if (hop === null) return;
  hop.scrollIntoView({ block: 'start' });
  (hop.querySelector('summary') ?? hop).focus({ preventScroll: true });
};
addEventListener('hashchange', reveal);
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#hop-"]');
  if (link !== null && link.getAttribute('href') === location.hash) { event.preventDefault(); reveal(); }
});
const faults = [...document.querySelectorAll('.fault')];
const textOf = (each) => each.textContent.toLowerCase();
const words = hops.map(textOf);
const faultWords = faults.map(textOf);
filter.addEventListener('input', () => {
  const wanted = filter.value.toLowerCase().split(/\\s+/).filter((each) => each !== '');
  let shown = 0;
  hops.forEach((hop, index) => {
    hop.hidden = !wanted.every((each) => words[index].includes(each));
    if (!hop.hidden) shown += 1;
  });
  faults.forEach((fault, index) => { fault.hidden = !wanted.every((each) => faultWords[index].includes(each)); });
  for (const flow of flows) {
    flow.hidden = flow.querySelector('.hop:not([hidden])') === null;
    if (wanted.length > 0) for (const each of flow.querySelectorAll('details:not(.hop > details)')) each.open = true;
  }
  matches.textContent = wanted.length === 0 ? '' : shown + ' of ' + hops.length + ' hops';
});
let closed = [];
addEventListener('beforeprint', () => { closed = all.filter((each) => !each.open); setAll(true); });
addEventListener('afterprint', () => { for (const each of closed) each.open = false; });
if (location.hash !== '') reveal();
`;

/** Of {@link SCRIPT}, for the page's policy; a test keeps it true. */
export const SCRIPT_HASH = 'sha256-EqtfRV/6QxgDW5X6gLxaslzwzXZUwvnY2aiGUcQq7xY=';
