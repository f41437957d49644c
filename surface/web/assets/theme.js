// Set before the first paint, so that the page never flashes in the other theme.
(() => {
  const kept = localStorage.getItem("andon-theme");
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
})();
