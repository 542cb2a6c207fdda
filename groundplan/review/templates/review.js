(function () {
  "use strict";
  var severities = ["blocker", "critical", "major", "minor", "info"];
  var form = document.getElementById("filters");
  var environment = document.getElementById("by-environment");
  var severity = document.getElementById("by-severity");
  var filtered = document.getElementById("filtered");
  form.hidden = false;
  form.addEventListener("submit", function (event) { event.preventDefault(); });

  function apply() {
    var wanted = environment.value;
    var least = severity && severity.value ? severities.indexOf(severity.value) : severities.length;
    var hidden = 0;
    document.querySelectorAll("main [data-environment]").forEach(function (element) {
      var rank = element.dataset.severity ? severities.indexOf(element.dataset.severity) : -1;
      element.hidden = (wanted !== "" && element.dataset.environment !== wanted) || rank > least;
      if (element.hidden && element.tagName === "LI") { hidden += 1; }
    });
    document.querySelectorAll("main [data-group]").forEach(function (group) {
      group.hidden = group.querySelector("li:not([hidden])") === null;
    });
    filtered.textContent = hidden ? hidden + " hidden by the filter" : "";
  }
  environment.addEventListener("change", apply);
  if (severity) { severity.addEventListener("change", apply); }
  apply();

  function open() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", open);
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) { open(); }
  });
  open();

  document.querySelectorAll("[data-box]").forEach(function (box) {
    function mark(on) {
      document.querySelectorAll(".edge").forEach(function (edge) {
        if (edge.dataset.source === box.dataset.box || edge.dataset.target === box.dataset.box) {
          edge.classList.toggle("near", on);
        }
      });
    }
    box.addEventListener("mouseenter", function () { mark(true); });
    box.addEventListener("mouseleave", function () { mark(false); });
    box.addEventListener("focus", function () { mark(true); });
    box.addEventListener("blur", function () { mark(false); });
  });
}());
