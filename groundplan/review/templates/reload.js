(function () {
  "use strict";
  var me = document.currentScript;
  var version = me.dataset.version;
  var nonce = me.nonce;
  var place = "groundplan review " + location.pathname;

  function details() {
    var times = {};
    return Array.prototype.map.call(document.querySelectorAll("details"), function (element) {
      var section = element.closest("[id]");
      var summary = element.querySelector("summary");
      var name = [section ? section.id : "", summary ? summary.textContent.trim() : ""].join("\n");
      times[name] = (times[name] || 0) + 1;
      return { name: name + "\n" + times[name], element: element };
    });
  }

  function keep() {
    if (!document.getElementById("filters")) { return; }
    var state = { x: scrollX, y: scrollY, open: {}, chosen: {} };
    details().forEach(function (each) { state.open[each.name] = each.element.open; });
    document.querySelectorAll("select[id]").forEach(function (each) { state.chosen[each.id] = each.value; });
    try { sessionStorage.setItem(place, JSON.stringify(state)); } catch (refused) { return; }
  }

  function restore() {
    var state = null;
    try { state = JSON.parse(sessionStorage.getItem(place)); } catch (refused) { state = null; }
    if (!state || !document.getElementById("filters")) { return; }
    sessionStorage.removeItem(place);
    Object.keys(state.chosen).forEach(function (id) {
      var select = document.getElementById(id);
      if (select && Array.prototype.some.call(select.options, function (each) { return each.value === state.chosen[id]; })) {
        select.value = state.chosen[id];
        select.dispatchEvent(new Event("change"));
      }
    });
    details().forEach(function (each) {
      if (each.name in state.open) { each.element.open = state.open[each.name]; }
    });
    if ("scrollRestoration" in history) { history.scrollRestoration = "manual"; }
    scrollTo(state.x, state.y);
    addEventListener("load", function () { scrollTo(state.x, state.y); });
  }

  window.groundplanNewest = function (newest) {
    if (newest !== version) { keep(); location.reload(); }
  };

  function ask() {
    var script = document.createElement("script");
    script.nonce = nonce;
    script.src = "review.version.js?" + Date.now();
    script.onload = script.onerror = function () { script.remove(); setTimeout(ask, 300); };
    document.head.appendChild(script);
  }

  restore();
  ask();
}());
