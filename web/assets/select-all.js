/** Adds a box that ticks all rows to forms marked with data-select-all. Without it each row is ticked by hand. */
for (const form of document.querySelectorAll('form[data-select-all]')) {
  const boxes = [...form.querySelectorAll('tbody input[type="checkbox"]')];
  const table = form.querySelector('table');
  if (!table || boxes.length === 0) continue;
  const all = document.createElement('input');
  all.type = 'checkbox';
  const label = document.createElement('label');
  label.className = 'select-all';
  label.append(all, 'Select all on this page');
  table.before(label);
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
  });
  form.addEventListener('change', (event) => {
    if (event.target !== all) show();
  });
  show();
}
