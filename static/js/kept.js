/* What this browser keeps for other scripts. Browsers may refuse to store anything; pages work
   without. */
globalThis.kept = {
  read(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  write(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)); return true; } catch { return false; }
  },
  remove(name) { try { localStorage.removeItem(name); } catch { /* so be it */ } },
};
